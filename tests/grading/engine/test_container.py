"""With containers for a sandbox: are bytes carried, processes ended, options given?

A stand-in takes docker's place; no real engine is asked anything here.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import docker_stand_in
import pytest

from course_lib.grading.engine import open_engine
from course_lib.grading.engine.mux import PIECE, WINDOW, Mux
from course_lib.grading.intake.bundle import make_bundle, make_job
from course_lib.grading.remote.wire import Channel
from course_lib.grading.sandbox import container_engine
from course_lib.grading.sandbox.bubblewrap import SandboxError

HERE = Path(docker_stand_in.__file__).parent
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")
ASKED = (
    "perfect", "wrong_answer", "first_half", "runtime_error", "noisy", "infinite_loop",
    "stubborn_loop", "kernel_killer",
)  # fmt: skip
ALWAYS = {
    "--rm": "",
    "--interactive": "",
    "--read-only": "",
    "--pull": "never",
    "--network": "none",
    "--cap-drop": "ALL",
    "--security-opt": "no-new-privileges",
    "--log-driver": "none",
}


def install(folder, state):
    """Put a program `docker` into a folder and that before all others; return what changes."""
    folder.mkdir()
    state.mkdir()
    program = folder / "docker"
    program.write_text(
        f"#!{sys.executable}\nimport runpy, sys\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "import docker_stand_in\nsys.exit(docker_stand_in.main(sys.argv[1:]))\n"
    )
    program.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "STAND_IN": str(state)}


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    for name, value in install(tmp_path / "bin", tmp_path / "state").items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(container_engine.IMAGE, raising=False)
    return tmp_path / "state"


@pytest.fixture(scope="module")
def graded(graded_class, tmp_path_factory):
    """Return (results by student, the engine's calls, what was left of containers)."""
    course, _ = graded_class
    folder = tmp_path_factory.mktemp("docker")
    bundle = make_bundle(course, "counting")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in install(folder / "bin", folder / "state").items():
            patch.setenv(name, value)
        patch.delenv(container_engine.IMAGE, raising=False)
        with open_engine(bundle, sandbox="container") as pool:
            jobs = [make_job(course, "counting", student) for student in ASKED]
            results = {result.student: result for result in pool.grade(jobs)}
    calls = [json.loads(line) for line in (folder / "state" / "calls").read_text().splitlines()]
    left = [path.name for path in (folder / "state").iterdir() if path.name != "calls"]
    return results, calls, left


def points(result):
    return sum(c.auto_score or 0 for n in result.notebooks.values() for c in n.cells)


@needs_sandbox
def test_scores_are_those_of_the_other_sandbox(graded, graded_class):
    results, _, _ = graded
    _, outcomes = graded_class
    assert {name: points(result) for name, result in results.items()} == {
        name: outcomes[name].score for name in ASKED
    }
    assert not [result.doubts for result in results.values() if result.doubts]


@needs_sandbox
def test_why_a_process_ended_is_said(graded):
    results, _, _ = graded
    said = {name: " ".join(results[name].notes) for name in ASKED}
    assert "longer than 4 s" in said["infinite_loop"]
    assert "deaf to interrupts" in said["stubborn_loop"]
    assert "the process ended itself with exit code 1" in said["kernel_killer"]


@needs_sandbox
def test_every_container_is_shut_in_and_students_share_nothing_with_the_checker(graded):
    _, calls, _ = graded
    runs = [docker_stand_in.options(call[1:]) for call in calls if call[0] == "run"]
    roles = [command[-2] for _, _, command in runs]
    assert roles.count("checker") == 1
    assert roles.count("student") >= len(ASKED)
    for found, _, _ in runs:
        assert {key: found[key][0] for key in ALWAYS} == ALWAYS
        assert int(found["--memory"][0]) == int(found["--memory-swap"][0]) > 1 << 30
        assert int(found["--pids-limit"][0]) > 0
        assert "size=" in found["--tmpfs"][0]
    users = {role: {f["--user"][0] for f, _, c in runs if c[-2] == role} for role in roles}
    assert len(users["checker"]) == len(users["student"]) == 1
    assert not users["checker"] & users["student"]
    assert not any(one.startswith("0:") for one in users["checker"] | users["student"])
    assert len({found["--name"][0] for found, _, _ in runs}) == len(runs)


@needs_sandbox
def test_no_container_is_left(graded):
    assert graded[2] == []


@needs_sandbox
def test_a_grader_that_is_killed_leaves_no_container(stand_in):
    code = (
        "import time\nfrom course_lib.grading.engine.worker import Worker\n"
        "worker = Worker([], 'container')\nworker.start()\nprint('ready', flush=True)\n"
        "time.sleep(600)"
    )
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with grader:
        assert grader.stdout.readline() == "ready\n"
        (name,) = [path for path in stand_in.iterdir() if path.name != "calls"]
        pid = int(name.read_text())
        assert Path(f"/proc/{pid}").exists()
        grader.kill()
    wait_for(lambda: not Path(f"/proc/{pid}").exists())
    wait_for(lambda: not name.exists())


def test_no_engine_is_one_clear_error(stand_in, graded_class):
    (stand_in / "no-engine").touch()
    bundle = make_bundle(graded_class[0], "counting")
    with pytest.raises(SandboxError, match=r"docker: Cannot connect .* no program podman"):
        open_engine(bundle, sandbox="container")


def test_no_image_says_how_to_build_one(stand_in):
    (stand_in / "no-image").touch()
    with pytest.raises(SandboxError, match=r"an image 'course-grading' .* docker build -t"):
        container_engine.require()


@pytest.fixture
def ends():
    """Return two ends of a Mux and what messages came to the second."""
    here, there = socket.socketpair()
    came = []
    first, second = Mux(Channel(here), lambda message: None), Mux(Channel(there), came.append)
    for one in (first, second):
        threading.Thread(target=one.run, daemon=True).start()
    yield first, second, came
    here.close()
    there.close()


def stream(first, second, number):
    """Attach a stream at both ends; return the outer sockets."""
    (a, inner_a), (b, inner_b) = socket.socketpair(), socket.socketpair()
    first.attach(number, inner_a)
    second.attach(number, inner_b)
    for sock in (a, b):
        sock.settimeout(20)
    return a, b


def receive(sock, size):
    data = b""
    while len(data) < size and (piece := sock.recv(1 << 20)):
        data += piece
    return data


def test_streams_carry_bytes_both_ways_and_do_not_mix(ends):
    first, second, came = ends
    (a, b), (c, d) = stream(first, second, 1), stream(first, second, 2)
    large = os.urandom(3 * WINDOW * PIECE)
    threading.Thread(target=a.sendall, args=(large,), daemon=True).start()
    c.sendall(b"short")
    assert receive(d, 5) == b"short"
    assert receive(b, len(large)) == large
    b.sendall(b"back")
    assert receive(a, 4) == b"back"
    first.send({"hello": 1})
    wait_for(lambda: came == [{"hello": 1}])


def test_a_stream_that_nobody_reads_holds_back_its_sender_alone(ends):
    first, second, _ = ends
    (a, b), (c, d) = stream(first, second, 1), stream(first, second, 2)
    a.settimeout(1)
    with pytest.raises(TimeoutError):
        a.sendall(bytes(4 * WINDOW * PIECE))
    c.sendall(b"still there")
    assert receive(d, 11) == b"still there"
    assert b.recv(10) == bytes(10)


def test_what_was_sent_before_the_end_arrives_before_it(ends):
    a, b = stream(*ends[:2], 1)
    a.sendall(b"last words")
    a.close()
    assert receive(b, 100) == b"last words"


def test_an_end_that_is_gone_closes_the_streams(ends):
    first, second, _ = ends
    a, _ = stream(first, second, 1)
    second.channel.sock.shutdown(socket.SHUT_RDWR)
    assert a.recv(1) == b""


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()
