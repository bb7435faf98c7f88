"""Grade the instructor's own answers first: a test that fails them there would fail everybody.

Three ways for a test, the safest first: with the given variables computed beside it, with them
taken from the student's process, and, as the last, inside the student's process. A way is taken
when the answers pass with every seed: with one seed a die may show what a test hoped for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from course_lib.errors import CourseError
from course_lib.grading.engine.files import (
    code_to_run,
    in_format,
    modules_in,
    written_by_given_cells,
)
from course_lib.grading.engine.names import ANSWER, read_source, role_of
from course_lib.grading.intake.work import Bundle, BundleCell, BundleNotebook, Job, SubmissionResult
from course_lib.grading.notebook.regions import marker_of

Grade = Callable[[Bundle, list[Job]], list[SubmissionResult]]
NOT_REMOTE = "it does not work on values from another process"
SEEDS = (0, 1, 2)  # submissions are graded with the first
HERE, THERE, SHARED = range(3)


@dataclass(frozen=True)
class Calibrated:
    """A bundle with the way of each test, what the instructor should know, the answers' result."""

    bundle: Bundle
    notes: list[str]
    result: SubmissionResult


def calibrate(bundle: Bundle, grade: Grade) -> Calibrated:
    """Return the bundle with a way for each test that its own answers pass.

    grade: grades some jobs with one bundle, in order or at once.
    Raises: CourseError when nothing could be graded.
    """
    trial = _Trial(with_all_names(bundle))
    while True:
        bundle = trial.bundle()
        results = grade(bundle, [solved(bundle, SEEDS[0])])
        if trial.learn(results):
            continue
        more = grade(bundle, [solved(bundle, seed) for seed in SEEDS[1:]])
        if not trial.learn([*results, *more]):
            return Calibrated(trial.bundle(), trial.notes(), results[0])


class _Trial:
    """What is known of each test so far."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._way: dict[str, int] = {}  # of tests that do not run in the safest one
        self._why: dict[str, str] = {}
        self._settled: dict[str, str] = {}  # tests that no way mends, and what to say of them
        self._failed: set[str] = set()  # those that fail, the source's answers being there

    def learn(self, results: list[SubmissionResult]) -> bool:
        """Take in what came of them; return whether the answers are to be tried again."""
        if self._new_products({path for result in results for path in result.products}):
            return True
        again = False
        for name, message in _failures(results).items():
            if name in self._settled:
                continue
            if message == "" or message.startswith("the test "):
                # it ran to its end: it says the same in another way
                self._settled[name] = f"the source's own answers lose points in {name!r}"
            elif self._way.get(name) == SHARED:
                self._settled[name] = f"the source's own answers fail {name!r}: {message}"
                del self._way[name]  # where the answers are wrong, the safe way says no less
                if self._is_answered(name):
                    self._failed.add(name)
            else:
                self._way[name], self._why[name] = self._way.get(name, HERE) + 1, message
                again = True
        return again

    def _new_products(self, written: set[str]) -> bool:
        """Note what the answers write; return whether that changes what a test sees.

        Left over in the source, such a file has stood for what every answer writes; and a module
        that an answer writes is imported from the student's process.
        """
        new = written - set(self._bundle.products) - set(written_by_given_cells(self._bundle))
        products = (*self._bundle.products, *sorted(new))
        self._bundle = replace(self._bundle, products=products)
        if not new:
            return False
        before = self._bundle.notebooks
        self._bundle = with_all_names(self._bundle)  # a given cell may have run such a file
        changed = before != self._bundle.notebooks
        return changed or bool(new & set(self._bundle.files)) or bool(modules_in(new))

    def _is_answered(self, test: str) -> bool:
        """Whether the source has an answer in every place before a test that carries points."""
        places: list[bool] = []
        for cell in (cell for notebook in self._bundle.notebooks for cell in notebook.cells):
            if cell.known is not None and cell.known.name == test and cell.known.points:
                return bool(places) and all(places)
            if role_of(cell) == ANSWER:
                places.append(bool(cell.answer))
        return False

    def bundle(self) -> Bundle:
        """Return the bundle with each test in its way."""

        def cell(one: BundleCell) -> BundleCell:
            way = self._way.get(one.known.name, HERE) if one.known is not None else HERE
            variables = "there" if way >= THERE else one.variables
            shared = NOT_REMOTE if way == SHARED else one.shared
            by_hand = one.known is not None and one.known.name in self._failed
            return replace(one, variables=variables, shared=shared, by_hand=by_hand)

        def notebook(one: BundleNotebook) -> BundleNotebook:
            return replace(one, cells=tuple(cell(c) for c in one.cells))

        return replace(self._bundle, notebooks=tuple(map(notebook, self._bundle.notebooks)))

    def notes(self) -> list[str]:
        """Return what the instructor should know."""
        beside = [
            f"{name!r} runs beside the student's code, not tamper-proof: {self._why[name]}"
            for name, way in self._way.items()
            if way == SHARED
        ]
        return [*self._settled.values(), *beside]


def with_all_names(bundle: Bundle) -> Bundle:
    """Return the bundle with the names of each notebook read."""
    known = code_to_run(bundle)
    return replace(bundle, notebooks=tuple(with_names(one, known) for one in bundle.notebooks))


def with_names(notebook: BundleNotebook, known: dict[str, str] | None = None) -> BundleNotebook:
    """Return the notebook with its names read, so that it need not be done for each submission.

    known: the code of the files that its given cells may run.
    """
    return replace(notebook, names=read_source(notebook, known).to_dict())


def solved(bundle: Bundle, seed: int = SEEDS[0]) -> Job:
    """Return the source as a submission, its answers in place."""
    notebooks = {}
    for notebook in bundle.notebooks:
        notebooks[notebook.name] = in_format(notebook, [_cell(cell) for cell in notebook.cells])
    files = {path: data for path, data in bundle.files.items() if path in bundle.keep_own}
    return Job("instructor", notebooks, files, learn=True, seed=seed)


def _cell(cell: BundleCell) -> dict:
    lines = cell.source.splitlines()
    edges = [(marker_of(line) or ("", ""))[1] for line in lines]
    text = "\n".join(line for line, edge in zip(lines, edges, strict=True) if edge != "SOLUTION")
    meta = {"nbgrader": cell.known.metadata()} if cell.known is not None else {}
    made = {"cell_type": cell.cell_type, "id": cell.cell_id, "metadata": meta, "source": text}
    return made | ({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})


def _failures(results: list[SubmissionResult]) -> dict[str, str]:
    """Return the tests that did not give all their points in each of the results, and why.

    A test of no points fails like others: by what it says.
    Raises: CourseError when nothing could be graded.
    """
    found: dict[str, str] = {}
    for result in results:
        if not result.notebooks:
            raise CourseError(
                "a source that can be graded",
                "; ".join(result.doubts),
                "mend what it names, run again",
            )
        for notebook in result.notebooks.values():
            for cell in notebook.cells:
                if cell.kind != "grade" or (cell.auto_score is None and not cell.message):
                    continue
                if cell.message or cell.auto_score != cell.max_score:
                    found.setdefault(cell.name, cell.message)
    return found
