"""What the warm process has loaded: a fork of it need not load that again."""

import importlib
import sys
from collections.abc import Sequence

from course_lib.grading.notebook.jsonschema_quickly import import_jsonschema
from course_lib.grading.remote import beside
from course_lib.grading.remote.shell import make_shell

OURS = ("numpy", "pandas", "torch")  # what carries values between the processes


def load(modules: Sequence[str], keep: Sequence[str]) -> list[str]:
    """Import what the course needs and this package with it; return what cannot be imported.

    keep: what the source imports; none of these makes way for a file of the same name.
    """
    make_shell()
    if not beside.KEPT:
        beside.KEPT.update(sys.modules, OURS)
    beside.KEPT.update(name.partition(".")[0] for name in keep)
    import_jsonschema()
    missing = import_all(modules)
    import bleach  # noqa: F401  (all of these: warm for the forks)
    import nbformat.v4.nbjson  # noqa: F401

    from course_lib.grading.engine import checker  # noqa: F401
    from course_lib.grading.remote import service  # noqa: F401

    if "torch" in sys.modules:
        from course_lib.grading.remote import gradients, networks  # noqa: F401

        sys.modules["torch"].set_num_threads(1)
        _without_distributed_tensors()
    beside.LOADED.update(sys.modules)
    return missing


def _without_distributed_tensors() -> None:
    """Spare `torch.testing.assert_close` an import of 500 modules, sympy among them.

    It asks of every pair whether it is distributed. Nothing is in a sandbox without a network.
    """
    comparison = sys.modules.get("torch.testing._comparison")
    if hasattr(comparison, "_HAS_DTENSOR"):
        comparison._HAS_DTENSOR = False  # type: ignore[union-attr]


def import_all(modules: Sequence[str]) -> list[str]:
    """Import modules; return those that are not there."""
    missing = []
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception:
            missing.append(name)
    return missing
