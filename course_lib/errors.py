"""What a user can get wrong. Each error says what was expected, what came and what to do."""


class CourseError(Exception):
    """A mistake that the user can mend: the command line prints its message and no traceback."""

    def __init__(self, expected: str, received: str, action: str) -> None:
        self.expected = expected
        self.received = received
        self.action = action
        super().__init__(f"expected {expected}; received {received}; {action}")

    def report(self) -> str:
        """Return the message over three lines, for a terminal."""
        return f"expected: {self.expected}\nreceived: {self.received}\nto do:    {self.action}"


class UnknownNameError(CourseError):
    """A name that stands in no table: an experiment, a checkpoint, an assignment, a data set."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "take one of the names above"
        names = ", ".join(known) or "there is none yet"
        super().__init__(f"the name of a {kind}: {names}", repr(name), hint)


class UnknownWordError(CourseError):
    """A word without a vector."""

    def __init__(self, word: str, known: list[str]) -> None:
        from difflib import get_close_matches

        # words that begin alike, so that a vocabulary of a million is no matter
        alike = [k for k in known if k[:1].lower() == word[:1].lower()][:20_000]
        near = get_close_matches(word.lower(), alike, n=3)
        hint = "did you mean " + " or ".join(map(repr, near)) + "?" if near else "take another word"
        super().__init__(f"one of the {len(known):,} words that have a vector", repr(word), hint)


class CorruptFileError(CourseError):
    """A file whose bytes are not the ones that were written (checksum, truncation)."""


class OfflineError(CourseError):
    """A source that needs the network, where there is none."""


class CourseDirectoryError(CourseError):
    """A folder that is not an nbgrader course, or lacks the assignment asked for."""


class NotebookError(CourseError):
    """A file that should be a Jupyter notebook and is not."""


class SubmissionError(CourseError):
    """One submission that cannot be entered; the others can."""


class ReleaseLeakError(CourseError):
    """A student's notebook that would show an answer or a hidden test."""
