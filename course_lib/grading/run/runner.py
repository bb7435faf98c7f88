"""The loop of a run: submissions go to an engine, results come back in the order they are done.

All that touches the gradebook, the journal and autograded/ happens in the thread that called; an
engine may pull submissions from another one. Only those in flight are in memory.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading.course.gradebook_errors import GradebookError, explain_os
from course_lib.grading.ledger.autograded import deliver, is_delivered, tidy
from course_lib.grading.ledger.journal import Entry, entry_of
from course_lib.grading.ledger.ledger import Score, score_notes, unknown_student
from course_lib.grading.ledger.outcome import Outcome

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course
    from course_lib.grading.course.nbgrader_settings import Settings
    from course_lib.grading.intake.work import Bundle, Job, SubmissionResult
    from course_lib.grading.ledger.journal import Journal
    from course_lib.grading.ledger.ledger import Ledger
    from course_lib.grading.run.one_run import Stop

STRIKES = 2  # times that an engine may fall over a submission before it goes on without it
DEAD_ENGINES = 3  # engines in a row that ended before they gave one result


class Desk:
    """Where submissions go out and results come in."""

    def __init__(
        self,
        course: "Course",
        assignment: str,
        bundle: "Bundle",
        settings: "Settings",
        ledger: "Ledger",
        journal: "Journal",
        stop: "Stop",
    ) -> None:
        self.course, self.assignment, self.bundle = course, assignment, bundle
        self.settings, self.ledger, self.journal, self.stop = settings, ledger, journal, stop
        self.bundle_key = bundle.key()
        self.outcomes: list[Outcome] = []
        self.counts: Counter[str] = Counter()
        self.notes: list[str] = []  # what the engine says about the assignment
        self.in_flight: dict[str, tuple[Job, str, str | None, list[str]]] = {}
        self._scores = ledger.scores()
        # asked once: an engine may read submissions from a thread that must not see the gradebook
        self._students = None if settings.create_student else ledger.students()
        self._folders = course.directory(assignment)

    def resume(self, wanted: Sequence[str]) -> list[str]:
        """Take over what an earlier run has done; return who is still to be graded."""
        return [student for student in wanted if not self._resumed(student)]

    def _resumed(self, student: str) -> bool:
        entry = self.journal.read(student)
        tidy(self.autograded(student))
        if entry is None or not is_delivered(self.autograded(student), list(entry.notebooks)):
            return False
        try:
            _, key, _, _ = self._read(student)
        except (CourseError, OSError, ValueError):
            return False  # the reason is found again, and said, when it is sent
        score = self._scores.get(student)
        if key != entry.key or (entry.state == "recorded" and (score is None or score.missing)):
            return False
        with self.stop.held():
            if entry.state == "graded":
                score = self._record(entry)
            if score is not None:
                self._add(self._outcome(entry, score, "unchanged"))
        return True

    def jobs(self, students: Sequence[str]) -> "Iterator[Job]":
        """Read submissions, each when the engine asks for it; the unreadable get their reason."""
        for student in students:
            try:
                paths = sorted(self.submitted(student).glob("*.ipynb"))
                self.settings.hook("pre", student, paths)
                self.in_flight[student] = self._read(student)
            except CourseError as error:
                self._refuse(student, f"{error.received} ({error.action})")
            except Exception as error:
                # one bad submission never stops the batch
                self._refuse(student, f"{type(error).__name__}: {error}"[:200])
            else:
                yield self.in_flight[student][0]

    def take(self, result: "SubmissionResult") -> None:
        """Keep one result: files, journal, gradebook, journal; its job is forgotten."""
        if result.student not in self.in_flight:
            return  # given twice
        with self.stop.held():
            job, key, stamp, doubts = self.in_flight.pop(result.student)
            result.doubts += doubts
            if not result.notebooks:
                why = result.doubts or ["nothing could be graded, and the engine gave no reason"]
                self._refuse(result.student, *why, result=result)
                return
            entry = entry_of(result, key, [*job.notebooks, *result.handed_in], stamp)
            try:
                self.journal.forget(result.student)
                self._deliver(result, job)
                self.journal.write(entry)
            except Exception as error:
                # a full disk ends the run; a name or a text that no file can have, one submission
                known = isinstance(error, OSError) and explain_os(
                    error, self.autograded(result.student)
                )
                if known:
                    raise known from None
                self._refuse(result.student, f"{type(error).__name__}: {error}"[:200])
                return
            score = self._record(entry)
            if score is not None:
                self._add(self._outcome(entry, score, "graded"))
                self.settings.hook(
                    "post", result.student, sorted(self.submitted(result.student).glob("*.ipynb"))
                )

    def give_up(self, student: str, reason: str) -> None:
        """Leave a submission in flight without a grade."""
        del self.in_flight[student]
        self._refuse(student, reason)

    def submitted(self, student: str) -> Path:
        """Return a student's folder below submitted/."""
        step = self._folders.submitted_directory
        return Path(self._folders.format_path(step, student, self.assignment))

    def autograded(self, student: str) -> Path:
        """Return a student's folder below autograded/."""
        step = self._folders.autograded_directory
        return Path(self._folders.format_path(step, student, self.assignment))

    def _read(self, student: str) -> "tuple[Job, str, str | None, list[str]]":
        """Return a job, its key, when it was handed in (ISO, UTC), and doubts about that."""
        from course_lib.grading.intake.bundle import make_job

        if self._students is not None and student not in self._students:
            raise unknown_student(student)
        doubts, stamp = [], None
        try:
            when = self.settings.timestamp(self.submitted(student))
            stamp = when.isoformat() if when else None
        except ValueError as error:
            doubts.append(f"{error}: whether it came late is not known")
        job = make_job(self.course, self.assignment, student)
        return job, f"{job.key(self.bundle_key)} {stamp or ''}".strip(), stamp, doubts

    def _deliver(self, result: "SubmissionResult", job: "Job") -> None:
        source = {
            name: content
            for name, content in self.bundle.files.items()
            if name not in self.bundle.keep_own
        }
        deliver(
            self.autograded(result.student),
            {name: one.text for name, one in result.notebooks.items()},
            source,
            job.files,
            ignore=self.settings.ignore,
            mode=self.settings.mode,
            group=self.settings.group,
        )

    def _record(self, entry: Entry) -> Score | None:
        """Enter the grades; None where only this submission cannot be entered."""
        try:
            score = self.ledger.record(entry)
        except (GradebookError, OSError):
            raise
        except CourseError as error:
            self._refuse(entry.student, f"{error.received} ({error.action})")
            return None
        except Exception as error:
            self._refuse(entry.student, f"{type(error).__name__}: {error}"[:200])
            return None
        entry.state = "recorded"
        self.journal.write(entry)
        return score

    def _outcome(self, entry: Entry, score: Score, state: str) -> Outcome:
        notes = list(entry.notes)
        wanted = {one.name for one in self.bundle.notebooks if not one.is_helper}
        for name in sorted(wanted - set(entry.handed_in)):
            if not any(note.startswith(f"{name}.ipynb") for note in notes):
                notes.append(f"{name}.ipynb was not handed in: 0 points")
        notes += score_notes(score.waiting, score.penalty)
        outcome = Outcome(
            entry.student,
            state,
            score.final,
            self.ledger.max_score,
            notes,
            list(entry.doubts),
            entry.seconds if state == "graded" else 0.0,
            list(entry.flags),
            entry.tamper_proof,
        )
        if entry.by_hand and score.waiting:
            listed = ", ".join(entry.by_hand)
            outcome.doubts.append(f"the source's own answers fail {listed}: points by hand")
        if score.missing:
            outcome.state = "ungraded"
            outcome.doubts.append(f"no score for {score.missing} of its tests")
        return outcome

    def _add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.counts[outcome.state] += 1
        self.counts["person"] += outcome.needs_person

    def _refuse(
        self, student: str, *reasons: str, result: "SubmissionResult | None" = None
    ) -> None:
        doubts = list(reasons)
        if student in self._scores:
            doubts.append("the score of an earlier submission stands in the gradebook")
        outcome = Outcome(student, "ungraded", doubts=doubts)
        if result:
            outcome.notes, outcome.flags = list(result.notes), list(result.flags)
            outcome.seconds = result.seconds
        self._add(outcome)


def run_engine(
    desk: Desk,
    todo: Sequence[str],
    total: int,
    engine_factory: Callable[[Any, int], Any],
    workers: int,
    progress: bool,
) -> None:
    """Grade `todo`. An engine that breaks is opened anew; who broke it twice is left out."""
    from tqdm import tqdm

    strikes, dead = Counter(), 0
    desc = desk.assignment
    with tqdm(
        total=total, initial=total - len(todo), desc=desc, unit="student", disable=not progress
    ) as bar:
        while todo:
            before = len(desk.outcomes)
            # whoever was in flight when an engine broke is sent alone: then it is clear who did it
            batch = [student for student in todo if not strikes[student]] or todo[:1]
            try:
                with engine_factory(desk.bundle, workers) as engine:
                    _tell(bar, desk, getattr(engine, "notes", []))
                    for result in engine.grade(desk.jobs(batch)):
                        desk.take(result)
                        _show(bar, desk)
                reason = "the engine gave no result for it"
            except CourseError:
                raise
            except Exception as error:
                reason = f"the engine broke: {type(error).__name__}: {error}"[:200]
                dead = dead + 1 if len(desk.outcomes) == before else 0
                if dead >= DEAD_ENGINES:
                    raise CourseError(
                        "an engine that grades",
                        reason,
                        "run `course doctor`; then the same command again goes on",
                    ) from error
            strikes.update(desk.in_flight.keys())
            for student in [name for name in desk.in_flight if strikes[name] >= STRIKES]:
                desk.give_up(student, reason)
            desk.in_flight.clear()
            done = {outcome.student for outcome in desk.outcomes}
            todo = [student for student in todo if student not in done]
            _show(bar, desk)


def _tell(bar: Any, desk: Desk, notes: Sequence[str]) -> None:
    """Pass on what the engine found out about the assignment, once."""
    for note in notes:
        if note not in desk.notes:
            desk.notes.append(note)
            if not bar.disable:
                bar.write(note, file=sys.stderr)


def _show(bar: Any, desk: Desk) -> None:
    counts = desk.counts
    bar.set_postfix_str(
        f"{counts['graded']} graded, {counts['unchanged']} resumed, "
        f"{counts['person']} need a person, {counts['ungraded']} failed",
        refresh=False,
    )
    bar.update(len(desk.outcomes) - bar.n)
