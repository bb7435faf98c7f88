"""Do plain nbgrader and ours grade the same small class from the same start?"""

from pathlib import Path

from click.testing import CliRunner

from course_lib.bench import small_classes
from course_lib.bench.course import make_course
from course_lib.cli.bench import command

NOTHING_ELSE = [f"--no-{part.name}" for part in command.params if part.default is True]


def test_both_begin_where_the_other_began(tmp_path, monkeypatch):
    make_course(tmp_path / "courses" / "one", 1)
    monkeypatch.setattr(small_classes, "find_assignments", lambda folder: [])
    seen = []

    def stand_in(line, folder):
        at = Path(folder)
        handed_in = sorted(path.name for path in (at / "submitted").iterdir())
        marks = (at / "gradebook.db").read_bytes()
        seen.append((Path(line[0]).name, handed_in, marks, (at / "autograded").exists()))
        (at / "gradebook.db").write_bytes(b"graded")
        for student in handed_in[: 3 - len(seen)]:
            (at / "autograded" / student).mkdir(parents=True)
        return 8.0 if len(seen) == 1 else 2.0

    monkeypatch.setattr(small_classes, "_seconds", stand_in)
    args = [*NOTHING_ELSE, "--rounds", "1", "--small-class", "3", "--courses"]
    done = CliRunner().invoke(command, [*args, str(tmp_path / "courses")])
    assert done.exit_code == 0, done.output
    assert [name for name, *_ in seen] == ["nbgrader", "course"]
    assert seen[0][1:] == seen[1][1:]
    assert seen[0][1] == ["s0", "s1", "s2"]
    assert not seen[0][3]
    line = done.output.splitlines()[-1].split()
    assert line == ["one", "8.0s", "2.0s", "4.0x", "2", "and", "1", "of", "3"]
