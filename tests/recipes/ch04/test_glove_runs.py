"""Is GloVe compared with the recorded skip-gram of the same seed, section by section?"""

from types import SimpleNamespace

from course_lib.recipes.ch04 import glove


def test_the_sections_of_a_seed_are_its_own(monkeypatch):
    sections = {"plural": {"correct": [5, 7], "total": [9, 9], "skipped": [0, 1]}}
    record = SimpleNamespace(seeds=[0, 2], metrics={"skip_gram": {"sections": sections}})
    monkeypatch.setattr(glove, "load_result", lambda name: record)
    found = glove.skip_gram_sections(2)
    assert found == {"sections": {"plural": {"correct": 7, "total": 9, "skipped": 1}}}
