"""Hostile and broken submissions; `CASES` has all of them by name."""

from suites.hostile import (
    accidents_cells,
    accidents_files,
    accidents_formats,
    accidents_habits,
    breaking_process,
    breaking_python,
    exhausting_output,
    exhausting_space,
    exhausting_time,
    forging_inside,
    forging_metadata,
    forging_objects,
    forging_patches,
    forging_shell,
    forging_values,
    forging_wire,
    looking_files,
    looking_network,
    looking_process,
)
from suites.hostile.case import Hostile

_MODULES = (
    forging_patches,
    forging_shell,
    forging_values,
    forging_wire,
    forging_inside,
    forging_metadata,
    forging_objects,
    looking_files,
    looking_network,
    looking_process,
    exhausting_time,
    exhausting_space,
    exhausting_output,
    breaking_python,
    breaking_process,
    accidents_cells,
    accidents_files,
    accidents_formats,
    accidents_habits,
)
CASES: dict[str, Hostile] = {case.name: case for module in _MODULES for case in module.CASES}
assert len(CASES) == sum(len(module.CASES) for module in _MODULES), "two cases share a name"
