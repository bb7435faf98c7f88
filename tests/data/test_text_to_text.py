"""Is every row written character by character as T5's published code writes it?

"Published" is t5 0.9.4, run under TensorFlow 2.21 with babel 2.18.
"""

import re
import string

import babel
import numpy as np
import pytest
from babel import localedata
from hypothesis import example, given
from hypothesis import strategies as st

from course_lib.data import sample_glue, text_to_text
from course_lib.data.glue import TASKS
from course_lib.data.text_to_text import LANGUAGE_OF, glue, squad, stsb, translate
from course_lib.errors import CourseError

ROWS = {
    "CoLA": {"sentence": "It reads well.", "label": 1, "idx": 3},
    "SST-2": {"sentence": "a joy", "label": 1, "idx": 3},
    "MRPC": {"sentence1": "It fell.", "sentence2": "It rose.", "label": 0, "idx": 3},
    "QQP": {"question1": "Who wrote it?", "question2": "By whom is it?", "label": 1, "idx": 3},
    "MNLI": {"premise": "It pours.", "hypothesis": "It rains.", "label": 0, "idx": 3},
    "QNLI": {"question": "Who sleeps?", "sentence": "The cat sleeps.", "label": 0, "idx": 3},
    "RTE": {"sentence2": "It rains.", "sentence1": "It pours.", "label": 0, "idx": 3},
    "WNLI": {"sentence1": "It fell, so it broke.", "sentence2": "It is.", "label": 0, "idx": 3},
}
OTHERS = {
    "STS-B": stsb({"sentence1": "It pours.", "sentence2": "It rains.", "label": 3.8, "idx": 3}),
    "SQuAD": squad(
        {
            "id": "3",
            "title": "Cats",
            "question": "Who sleeps?",
            "context": "The cat (again).",
            "answers": {"text": ["The cat", "cat"], "answer_start": [0, 4]},
        }
    ),
    "en to ko": translate({"en": "The cat sleeps.", "ko": "고양이가 잔다."}, "en", "ko"),
}


def question(text, answers=("x",)):
    return {"question": text, "context": text, "answers": {"text": list(answers)}}


def single_spaced(text):
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def test_the_table_is_what_the_code_writes():
    """The table of the module's docstring, cut at runs of two spaces or more."""
    lines = text_to_text.__doc__.split("targets\n")[1].split("\n\n")[0].splitlines()
    table = {}
    for line in lines:
        name, inputs, targets = re.split(r" {2,}", line.strip())
        table[name] = {"inputs": inputs, "targets": targets}
    tasks = {task.title: (key, task.labels) for key, task in TASKS.items()}
    found = OTHERS | {name: glue(row, *tasks[name]) for name, row in ROWS.items()}
    assert found.pop("SQuAD") == {
        "inputs": table["SQuAD"]["inputs"] + " ",
        "targets": table.pop("SQuAD")["targets"],
    }
    assert found == table


@pytest.mark.parametrize("task", TASKS)
def test_rows_of_the_sample(task):
    """Each column once, in alphabetical order, behind the name of the task."""
    for row in sample_glue.rows(task, sample_glue.splits_of(task)[-1]):
        written = stsb(row) if task == "stsb" else glue(row, task, TASKS[task].labels)
        columns = sorted(TASKS[task].texts)
        expected = task + "".join(f" {column}: {row[column]}" for column in columns)
        assert written["inputs"] == expected
        if task != "stsb":
            assert written["targets"] == TASKS[task].labels[row["label"]]


@pytest.mark.parametrize("label", [-1, np.int64(-1), -1.0])
def test_a_hidden_label_is_the_unknown_mark(label):
    row = {"sentence": "a joy", "label": label}
    assert glue(row, "sst2", ["negative", "positive"])["targets"] == "<unk>"


@pytest.mark.parametrize("label", [0, np.int64(0), np.int8(0), False])
def test_a_label_of_any_kind_of_integer(label):
    assert glue({"sentence": "a", "label": label}, "sst2", ("no", "yes"))["targets"] == "no"


def test_glue_leaves_spaces_alone():
    row = {"sentence": "  a  b\n", "label": 1}
    assert glue(row, "cola", ["u", "v"])["inputs"] == "cola sentence:   a  b\n"


def test_tasks_of_superglue_name_their_columns():
    """Golden: published; the marks of HTML go, a line break leaves a space."""
    row = {
        "paragraph": "<b>One: </b>A cat.<br><b>Two: </b>It sleeps.",
        "question": "Who?",
        "answer": "A cat",
        "label": 1,
        "idx": {"paragraph": 5, "question": 1, "answer": 3},
    }
    written = glue(
        row, "multirc", ["False", "True"], feature_names=("question", "answer", "paragraph")
    )
    assert written == {
        "inputs": "multirc question: Who? answer: A cat paragraph: One: A cat. Two: It sleeps.",
        "targets": "True",
    }
    assert "<b>" in glue(row, "boolq", ["False", "True"])["inputs"]
    row = {"word": "bank", "sentence1": "A.", "sentence2": "B.", "start1": 4, "label": 0}
    written = glue(row, "wic", ["False", "True"], feature_names=["sentence1", "sentence2", "word"])
    assert written["inputs"] == "wic sentence1: A. sentence2: B. word: bank"


@pytest.mark.parametrize("label", [-2, 2, 3.8])
def test_a_label_without_a_name_is_refused(label):
    """Python would read -2 as the first of two names."""
    with pytest.raises(ValueError, match=rf"0 to 1, or -1 .* received {label}"):
        glue({"sentence": "a", "label": label}, "cola", ["u", "v"])


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (0.0, "0.0"),
        (5.0, "5.0"),
        (2.8, "2.8"),
        (1.66, "1.6"),
        (0.1, "0.0"),  # half of a fifth: to the even number of fifths
        (0.3, "0.4"),
        (0.5, "0.4"),
        (0.7, "0.8"),
        (1.7, "1.6"),
        (2.5, "2.4"),
        (4.7, "4.8"),
        (4.9, "4.8"),
        (0.50000001, "0.4"),  # 0.5 in 32 bits
        (0.5000001, "0.6"),
        (-0.05, "-0.0"),
        (-1.0, "-1.0"),  # the published test part
    ],
)
def test_published_numbers_of_stsb(label, expected):
    row = {"sentence1": "a", "sentence2": "b", "label": label}
    assert stsb(row)["targets"] == expected
    assert stsb(row | {"label": np.float32(label)})["targets"] == expected


@given(st.floats(0, 5))
def test_stsb_takes_the_nearest_fifth(label):
    written = stsb({"sentence1": "a", "sentence2": "b", "label": label})["targets"]
    assert written in {f"{fifth / 5:.1f}" for fifth in range(26)}
    assert abs(float(written) - label) <= 0.1 + 1e-6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x0bb", "a\x0bb"),  # RE2's spaces are five, Python's more
        ("a\u00a0 \u2003b", "a\u00a0 \u2003b"),
        ("a\u2028b\x85c\x1cd", "a\u2028b\x85c\x1cd"),
        ("  x\t\n\r\x0c y ", " x y "),
        ("«a» – 50%", "«a» – 50 % "),
        ("$1,000.00", " $ 1 , 000 . 00"),
        ("~`^_|\\", " ~ ` ^ _ | \\ "),
        ("(a)", " ( a ) "),
        ("é!", "é ! "),
        ("", ""),
    ],
)
def test_published_spaces_of_squad(text, expected):
    assert squad(question("q", [text, "other"]))["targets"] == expected


def test_published_inputs_of_squad():
    row = question(" Who  is\u00a0it? ") | {"context": " ctx. "}
    assert squad(row)["inputs"] == "question: Who is\u00a0it ? context: ctx . "


@given(st.text() | st.text(string.printable + "\u00a0é«", max_size=30))
@example(" ")
def test_squad_letter_by_letter(text):
    """Set every sign apart, then let one space follow another no more."""
    apart = "".join(f" {letter} " if letter in string.punctuation else letter for letter in text)
    for space in "\t\n\f\r":
        apart = apart.replace(space, " ")
    written = squad(question(text, [text]))
    assert written["targets"] == single_spaced(apart)
    assert written["inputs"] == single_spaced(f"question: {apart} context: {apart}")


def test_a_row_without_an_answer_is_refused():
    with pytest.raises(ValueError, match="must have an answer"):
        squad(question("q", []))


@pytest.mark.parametrize("code", sorted(LANGUAGE_OF))
def test_languages_have_babels_names(code):
    assert LANGUAGE_OF[code] == babel.Locale(code).english_name


def test_no_language_of_babel_is_missing():
    known = localedata.locale_identifiers()
    assert set(LANGUAGE_OF) == {code for code in known if len(code) == 2}


def test_translation_goes_both_ways():
    row = {"de": "D.", "en": "E."}
    assert translate(row, "de", "en") == {
        "inputs": "translate German to English: D.",
        "targets": "E.",
    }
    assert translate(row, "en", "de") == {
        "inputs": "translate English to German: E.",
        "targets": "D.",
    }


def test_a_longer_code_is_read_by_its_first_two_letters():
    row = {"zh-cn": "中", "en": "E."}
    with pytest.warns(UserWarning, match="'zh-cn' is read as 'zh', Chinese"):
        written = translate(row, "zh-cn", "en")
    assert written == {"inputs": "translate Chinese to English: 中", "targets": "E."}


@pytest.mark.parametrize("code", ["xx", "", "EN", "e"])
def test_an_unknown_code_is_refused(code):
    """For EN the published code writes "translate None to German: "."""
    with pytest.raises(CourseError, match=rf"two small letters .* received '{code}'"):
        translate({code: "a", "de": "b"}, code, "de")
