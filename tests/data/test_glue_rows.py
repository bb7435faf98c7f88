"""Do the nine tasks come in their published columns, from the sample, a folder, or not at all?"""

import pytest

from course_lib.data import glue, sample_glue
from course_lib.data.hub import PUBLISHED
from course_lib.errors import CourseError, UnknownNameError
from course_lib.metrics.glue import TASKS as SCORED

CASES = [(task, split) for task in glue.TASKS for split in sample_glue.splits_of(task)]


def test_the_tasks_are_those_that_are_scored():
    assert set(glue.TASKS) == set(SCORED) == {
        name.removeprefix("glue/") for name in PUBLISHED if name.startswith("glue/")
    }  # fmt: skip
    assert len(glue.TASKS) == 9


@pytest.mark.parametrize(("task", "split"), CASES)
def test_sample_has_the_published_columns(task, split):
    rows, facts = glue.load(task, split), glue.TASKS[task]
    assert set(rows.column_names) == {*facts.texts, "label", "idx"}
    assert set(rows.column_names) == set(PUBLISHED[f"glue/{task}"].columns)
    assert rows["idx"] == list(range(len(rows)))
    assert all(isinstance(text, str) and text for name in facts.texts for text in rows[name])
    if facts.labels:
        assert rows.features["label"].names == list(facts.labels)
        assert set(rows["label"]) == set(range(len(facts.labels)))
    else:
        assert 0 <= min(rows["label"]) < max(rows["label"]) <= 5


def test_names_of_classes_are_the_published_ones():
    """In RTE and QNLI 0 is entailment; in WNLI it is the other way round."""
    assert glue.TASKS["rte"].labels == glue.TASKS["qnli"].labels == ("entailment", "not_entailment")
    assert glue.TASKS["wnli"].labels == ("not_entailment", "entailment")
    assert glue.TASKS["mnli"].labels == ("entailment", "neutral", "contradiction")
    assert glue.TASKS["cola"].labels[1] == "acceptable"


def test_a_folder_of_one_task_and_a_folder_of_all(tmp_path):
    rows = glue.load("rte", "validation")
    (tmp_path / "rte").mkdir()
    rows.to_parquet(tmp_path / "rte" / "validation.parquet")
    for source in (tmp_path, tmp_path / "rte"):
        assert list(glue.load("rte", "validation", source)) == list(rows)


def test_unknown_task_and_split_are_told():
    with pytest.raises(UnknownNameError, match="did you mean 'sst2'"):
        glue.load("sst-2")
    with pytest.raises(CourseError, match="validation_matched, validation_mismatched"):
        glue.load("mnli", "validation")


def test_the_sample_is_the_same_every_time():
    assert sample_glue.rows("qqp", "train") == sample_glue.rows("qqp", "train")
