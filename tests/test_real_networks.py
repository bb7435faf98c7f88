"""Are tests of a network left out where it is not here, and only there?"""

from types import SimpleNamespace

import pytest
from real_networks import header, leave_out

from course_lib.training.published import published, workplace_of


class Item:
    def __init__(self, *needs: str) -> None:
        self.marks = {"needs_model": [pytest.mark.needs_model(name).mark for name in needs]}

    def iter_markers(self, name: str):
        return self.marks.get(name, [])


@pytest.fixture
def minilm(tmp_path, monkeypatch):
    """A cache that holds one network, by its files' sizes, and half of another."""
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    folder = tmp_path / "models" / "minilm"
    folder.mkdir(parents=True)
    for file in published("minilm").files:
        with (folder / file.name).open("wb") as empty:
            empty.truncate(file.size)  # takes no room on the disk
    workplace_of("smollm2").mkdir()


def test_what_needs_an_absent_network_is_deselected_and_the_head_names_it(minilm):
    plain, here, absent, both = Item(), Item("minilm"), Item("smollm2"), Item("minilm", "smollm2")
    gone = []
    config = SimpleNamespace(
        hook=SimpleNamespace(pytest_deselected=lambda items: gone.extend(items))
    )
    items = [plain, absent, here, both]
    leave_out(config, items)  # pyright: ignore[reportArgumentType]
    assert items == [plain, here]
    assert gone == [absent, both]
    assert header() == ["no smollm2 here: its tests are left out; course model get smollm2"]


def test_the_marker_is_known(request):
    assert any(line.startswith("needs_model(name)") for line in request.config.getini("markers"))
