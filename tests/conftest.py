"""Shapes are types: under pytest, every annotated call in course_lib is checked against them.

The hook has to be in place before course_lib is imported, hence here and not in a fixture. It
covers the modules whose public functions take tensors.
"""

import os
import sys

import pytest
import real_networks
import torch
from hypothesis import settings
from jaxtyping import config, install_import_hook
from work_units import Units, rank_of

ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ
if ONE_OF_SEVERAL:  # each has a core: more threads would take it from the others
    os.environ.setdefault("OMP_NUM_THREADS", "1")

CHECKED = [
    f"course_lib.{floor}" for floor in ("layers", "data.images", "embeddings", "vision", "models")
]
early = [name for name in sys.modules if name.startswith(tuple(CHECKED))]
assert not early, f"imported before their shapes could be checked: {early}"
install_import_hook(CHECKED, "beartype.beartype")

# how long an example takes depends on what else the machine does; pytest-timeout watches the rest
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", real_networks.MARKER)


def pytest_report_header() -> list[str]:
    """Say which tests are left out, and what brings them in."""
    return real_networks.header()


def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Deal out whole units, the longest first."""
    config.option.loadscopereorder = False
    return Units(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a network that is not here.

    Put what takes longest first where several processes share the tests.
    """
    real_networks.leave_out(config, items)
    if ONE_OF_SEVERAL:
        items.sort(key=lambda item: rank_of(item.nodeid))


@pytest.fixture(autouse=True)
def same_random_numbers_in_any_order():
    """A test draws what it draws, whatever ran before it in its process."""
    torch.manual_seed(0)


@pytest.fixture
def as_users_run_it():
    """Switch the checking of types off: the code's own errors come up then."""
    config.update("jaxtyping_disable", True)
    yield
    config.update("jaxtyping_disable", False)
