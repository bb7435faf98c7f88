"""The pages in a real browser: nbgrader's formgrader on our files, and our own pages."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from hostile_pages import scripted
from nbformat import from_dict, write
from written_class import Written, write_class

from course_lib.grading.course.gradesheet import GradeSheet
from course_lib.grading.notebook.tame import tame
from course_lib.grading.reports.feedback import _nbgrader_config, feedback
from course_lib.grading.reports.feedback_page import PageMaker
from course_lib.grading.reports.report import class_report

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDER = "() => document.documentElement.scrollWidth > innerWidth"
SMALL_TEXT = """() => [...document.querySelectorAll("svg text")].filter(
  t => t.getBoundingClientRect().height < 8).length"""
POLICY = r'<meta http-equiv="Content-Security-Policy"[^>]*>'


@pytest.fixture(scope="module")
def page():
    """One page of one browser; closed with this file, since other tests start event loops."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        say = "no Chromium to look at the pages with; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser.new_page()
        browser.close()


@pytest.fixture(scope="module")
def written(counting, tmp_path_factory):
    """Return a graded class whose third student's outputs attack whoever looks at them."""
    wrong = {"test_count_words": "case must not matter"}
    students = [Written("ada"), Written("bob", wrong), Written("mallory")]
    course = write_class(tmp_path_factory.mktemp("seen") / "course", counting, students)
    path = course.folder("autograded", "counting", "mallory") / "counting.ipynb"
    import nbformat

    notebook = nbformat.read(path, 4)
    attack = from_dict(scripted())
    attack.cells.pop(2)
    notebook.cells += attack.cells
    tame(notebook)
    path.chmod(0o644)
    write(notebook, path)
    return course


@pytest.fixture(scope="module")
def jupyter(written, tmp_path_factory):
    """Return the address of a Jupyter with formgrader on the course."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = ["--no-browser", "--allow-root", "--ServerApp.port_retries=0"]
    options += [
        f"--port={port}",
        "--IdentityProvider.token=t",
        f"--ServerApp.root_dir={written.root}",
    ]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "notebook", *options],
            cwd=written.root,
            env={**os.environ, **own, "HOME": str(home), "JUPYTER_PREFER_ENV_PATH": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address, server, home / "log")
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(address, server, log):
    for _ in range(400):
        try:
            urllib.request.urlopen(f"{address}/api?token=t", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.25)
    pytest.fail(log.read_text()[-3000:])


@pytest.fixture
def errors(page):
    """Collect what a page throws and what it asks its reader."""
    found = []
    own = {
        "pageerror": lambda error: found.append(str(error)),
        "dialog": lambda dialog: (found.append(dialog.message), dialog.dismiss()),
    }
    for event, listener in own.items():
        page.on(event, listener)
    yield found
    for event, listener in own.items():
        page.remove_listener(event, listener)


def submission(written, student):
    with written.gradebook() as gradebook:
        found = gradebook.find_submission_notebook("counting", "counting", student)
        rows = {grade.name: (grade.auto_score, grade.manual_score) for grade in found.grades}
        return SimpleNamespace(address=f"/formgrader/submissions/{found.id}/", grades=rows)


def test_formgrader_lists_the_class_with_its_scores(page, jupyter, errors):
    page.goto(f"{jupyter}/formgrader/?token=t")
    page.wait_for_selector("text=counting")
    row = page.locator("tbody tr", has_text="counting").first
    assert row.locator("td.num-submissions").inner_text().strip() == "3"
    page.goto(f"{jupyter}/formgrader/gradebook/counting/counting")
    page.wait_for_selector("tbody tr:nth-child(3)")
    scores = sorted(page.locator("tbody td.score").all_inner_texts())
    assert scores == ["10 / 10", "10 / 10", "8 / 10"]
    assert not errors


def test_a_score_that_is_entered_there_stands_in_the_gradebook_and_the_feedback(
    page, jupyter, written
):
    page.goto(jupyter + submission(written, "bob").address)
    page.wait_for_selector("input.score")
    assert (
        "case must not matter" in page.locator(".output_error, .output_text").all_inner_texts()[0]
    )
    shown = [box.get_attribute("placeholder") for box in page.locator("input.score").all()]
    assert shown == ["1", "0", "2", "2", "3"]
    box = page.locator("input.score").nth(1)
    box.fill("1.25")
    with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
        box.press("Tab")
    assert submission(written, "bob").grades["test_count_words"] == (0.0, 1.25)
    (one,) = feedback(written, "counting", ["bob"], progress=False)
    page.goto(one.pages[0].as_uri())
    assert "9.25 / 10" in page.locator("main > p").first.inner_text()


def test_no_output_of_a_student_runs_inside_formgrader(page, jupyter, written):
    """There it could do in Jupyter whatever the instructor can."""
    page.goto(jupyter + submission(written, "mallory").address)
    page.wait_for_selector("input.score")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.pwned") is None
    assert "window.pwned=1" in page.locator("body").inner_text(), (
        "the attack is on the page, as text"
    )


def test_no_output_of_a_student_runs_on_a_feedback_page(page, written, tmp_path, errors):
    """Twice: as it is, and without the policy, so that the cleaning is tried by itself."""
    import re

    maker = PageMaker(_nbgrader_config(written, "counting"))
    text = maker.page(from_dict(scripted()), GradeSheet("mallory", "counting"))
    bare = re.sub(POLICY, "", text)
    assert bare != text
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for name, content in (("whole", text), ("bare", bare)):
        path = tmp_path / f"{name}.html"
        path.write_text(content)
        page.goto(path.as_uri())
        for link in page.locator("a").all():
            link.click(timeout=2000, no_wait_after=True)
        page.wait_for_timeout(300)
        assert page.evaluate("() => window.pwned") is None
        assert page.title() == "counting: feedback for mallory"
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]
    assert not errors


def test_our_pages_fit_a_telephone_and_can_be_read_in_the_dark(page, written):
    from axe_playwright_python.sync_playwright import Axe

    (one,) = feedback(written, "counting", ["bob"], progress=False)
    report = class_report(written, "counting", progress=False)
    for path in (one.pages[0], report):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": 390, "height": 800})
            page.goto(path.as_uri())
            assert not page.evaluate(WIDER), path
            found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
            serious = [
                (one["id"], one["nodes"][0]["html"][:200])
                for one in found.response["violations"]
                if one["impact"] in ("serious", "critical")
            ]
            assert not serious, (path.name, scheme, serious)
    assert page.evaluate(SMALL_TEXT) == 0
