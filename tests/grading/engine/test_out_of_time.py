"""A test that runs out of time ends itself; the student's process stays in step for the others."""

import pytest

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine.worker import Worker
from course_lib.grading.remote.session import OutOfTime, Session
from tests.grading.engine_notebooks import answer, check, grade


@pytest.fixture(scope="module")
def worker():
    with Worker([]) as one:
        yield one


class RingingChannel:
    """The alarm rings between the first question and its answer."""

    def __init__(self):
        self.asked, self.ring = [], None

    def send(self, message, buffers):
        self.asked.append(message["id"])

    def receive(self, seconds):
        if self.ring is not None:
            ring, self.ring = self.ring, None
            ring()
        return {"id": self.asked.pop(0), "value": []}, []


class NoProcess:
    def processor_seconds(self):
        return 0.0


def test_the_answer_is_taken_before_the_test_ends():
    channel = RingingChannel()
    session = Session(channel, NoProcess(), Limits(), lambda name: object, {})
    channel.ring = session.end_test
    with pytest.raises(OutOfTime):
        session.request({"op": "lookup", "name": "x"})
    assert channel.asked == []
    session.overdue = False
    assert session.request({"op": "lookup", "name": "y"})[0]["value"] == []
    with pytest.raises(OutOfTime):
        session.end_test()


@pytest.mark.parametrize(
    ("given_answer", "loop"),
    [
        ("def run(f):\n    return f()", "def forever():\n    while True: pass\nrun(forever)"),
        (
            "def run(f):\n    try:\n        f()\n    except Exception:\n        f()",
            "def forever():\n    while True: pass\nrun(forever)",
        ),
    ],
    ids=["callback", "callback again"],
)
def test_the_next_answers_keep_their_points(worker, given_answer, loop):
    got = grade(
        worker,
        answer(given_answer),
        check(loop, 3),
        answer("def double(x):\n    return 2 * x"),
        check("assert double(2) == 4", 2),
        limits=Limits(cell_seconds=1, memory=1 << 30),
    )
    assert got.points == {"test_1": 0, "test_3": 2}
    assert "CellTimeoutError" in got.messages["test_1"]
    assert not any("no question" in note for note in got.result.notes)
