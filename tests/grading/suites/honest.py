"""All honest submissions by name, and where our scores differ from plain nbgrader's on purpose."""

from suites import (
    honest_basics,
    honest_classes,
    honest_data,
    honest_habits,
    honest_tensors,
    honest_wild,
)
from suites.handed import Honest

_MODULES = (
    honest_tensors,
    honest_basics,
    honest_classes,
    honest_data,
    honest_habits,
    honest_wild,
)
CASES: dict[str, Honest] = {
    case.name: case
    for module in (
        honest_tensors,
        honest_basics,
        honest_classes,
        honest_data,
        honest_habits,
        honest_wild,
    )
    for case in module.CASES
}

_IMPORTS = "tests have the imports of the source, whatever the student deleted from the cell"
_STDERR = "what the student's code writes on stderr must not cost points"
# case -> (reason, the cells that differ with our points)
ON_PURPOSE: dict[str, tuple[str, dict[str, float]]] = {
    "h_stderr_call": (
        _STDERR,
        {"tensors/check_standardise": 1.0, "tensors/test_standardise": 1.0},
    ),
    "h_warning_call": (_STDERR, {"second/test_scale": 2.0}),
    "h_divides": (_STDERR, {"second/test_scale": 2.0}),
    "h_logging": (_STDERR, {"first/check_mean": 1.0, "first/test_mean": 2.0}),
    "h_no_imports": (
        _IMPORTS,
        {"first/test_mean": 2.0, "second/test_hot_days": 3.0, "second/test_scale": 2.0},
    ),
    "h_alias_imports": (_IMPORTS, {"second/test_hot_days": 3.0, "second/test_scale": 2.0}),
    "b_variables_class": (
        "a subclass of str comes back as a plain str, so that its methods gain nothing",
        {"first/test_variables": 3.0},
    ),
}
