"""Does a module of the folder come before a loaded one of its name, and the kernel's own stay?"""

import sys
from types import ModuleType

import pytest

from course_lib.grading.remote import beside
from course_lib.grading.remote.beside import Beside


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return an empty folder that is the current one; what a test imports is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(beside, "KEPT", set())
    monkeypatch.setattr(Beside, "root", "")
    loaded = dict(sys.modules)
    yield tmp_path
    sys.modules.clear()
    sys.modules.update(loaded)


def loaded(name):
    sys.modules[name] = ModuleType(name)
    return sys.modules[name]


def test_a_module_of_the_folder_makes_loaded_ones_forgotten(folder):
    loaded("zz_tool"), loaded("zz_tool.part"), loaded("zz_other")
    (folder / "zz_tool.py").write_text("x = 1")
    Beside().look({})
    assert "zz_tool" not in sys.modules
    assert "zz_tool.part" not in sys.modules
    assert "zz_other" in sys.modules
    import zz_tool  # pyright: ignore

    assert zz_tool.x == 1
    assert Beside.holds(zz_tool)


def test_one_in_use_and_one_of_the_kernel_stay(folder):
    used, kernels = loaded("zz_used"), loaded("zz_kernel")
    beside.KEPT.add("zz_kernel")
    for name in ("zz_used", "zz_kernel"):
        (folder / f"{name}.py").write_text("x = 1")
    Beside().look({"alias": used})
    assert sys.modules["zz_used"] is used
    assert sys.modules["zz_kernel"] is kernels


def test_a_folder_is_a_module_only_as_a_package(folder):
    kept, gone = loaded("zz_data"), loaded("zz_pkg")
    (folder / "zz_data").mkdir()
    (folder / "zz_pkg").mkdir()
    (folder / "zz_pkg" / "__init__.py").write_text("")
    Beside().look({})
    assert sys.modules.get("zz_data") is kept
    assert sys.modules.get("zz_pkg") is not gone


def test_a_module_that_the_folder_gave_stays(folder):
    (folder / "zz_mine.py").write_text("x = 1")
    place = Beside()
    place.look({})
    import zz_mine  # pyright: ignore

    (folder / "zz_new.py").write_text("")
    place.look({})
    assert sys.modules["zz_mine"] is zz_mine
