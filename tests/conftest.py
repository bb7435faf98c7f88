"""Shapes are types: under pytest, every annotated call in course_lib is checked against them.

The hook has to be in place before course_lib is imported, hence here and not in a fixture. It
covers the modules whose public functions take tensors.
"""

import sys

import pytest
from hypothesis import settings
from jaxtyping import config, install_import_hook

CHECKED = [
    f"course_lib.{floor}" for floor in ("layers", "data.images", "embeddings", "vision", "models")
]
early = [name for name in sys.modules if name.startswith(tuple(CHECKED))]
assert not early, f"imported before their shapes could be checked: {early}"
install_import_hook(CHECKED, "beartype.beartype")

# how long an example takes depends on what else the machine does; pytest-timeout watches the rest
settings.register_profile("course", deadline=None)
settings.load_profile("course")


@pytest.fixture
def as_users_run_it():
    """Switch the checking of types off: the code's own errors come up then."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)
