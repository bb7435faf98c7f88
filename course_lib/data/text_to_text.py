"""Text to text: a row of a data set becomes a text to read and a text to write, as for T5.

One model with one loss does every task; the first words of the inputs say which.

    row of    inputs                                                    targets
    CoLA      cola sentence: It reads well.                             acceptable
    SST-2     sst2 sentence: a joy                                      positive
    MRPC      mrpc sentence1: It fell. sentence2: It rose.              not_equivalent
    QQP       qqp question1: Who wrote it? question2: By whom is it?    duplicate
    MNLI      mnli hypothesis: It rains. premise: It pours.             entailment
    QNLI      qnli question: Who sleeps? sentence: The cat sleeps.      entailment
    RTE       rte sentence1: It pours. sentence2: It rains.             entailment
    WNLI      wnli sentence1: It fell, so it broke. sentence2: It is.   not_entailment
    STS-B     stsb sentence1: It pours. sentence2: It rains.            3.8
    SQuAD     question: Who sleeps ? context: The cat ( again ) .       The cat
    en to ko  translate English to Korean: The cat sleeps.              고양이가 잔다.

The columns of a row stand in the order of the alphabet, so that MNLI's hypothesis comes first.
Every space is what T5 was trained on, also those that look like slips: the row of SQuAD above ends
with one.

Paper: Raffel et al., 2020, arXiv:1910.10683, sections 2.4 and 3.1.3 and appendix D. The exact
characters: google-research/text-to-text-transfer-transformer, t5/data/preprocessors.py.
Differs from the published code: only inputs and targets are returned, no number of the row.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.errors import CourseError

HIDDEN = "<unk>"  # the targets of a row whose label is not published
# subtle: ASCII alone, in both; Python's \s and \W know more kinds of spaces and signs
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
SPACES = re.compile(r"[ \t\n\f\r]+")
# English names, from babel 2.18: T5's code asks babel; older versions differ in a few
LANGUAGES = """
    aa Afar, ab Abkhazian, af Afrikaans, ak Akan, am Amharic, an Aragonese, ar Arabic, as Assamese,
    az Azerbaijani, ba Bashkir, be Belarusian, bg Bulgarian, bm Bambara, bn Bangla, bo Tibetan,
    br Breton, bs Bosnian, ca Catalan, ce Chechen, co Corsican, cs Czech, cu Church Slavic,
    cv Chuvash, cy Welsh, da Danish, de German, dv Divehi, dz Dzongkha, ee Ewe, el Greek,
    en English, eo Esperanto, es Spanish, et Estonian, eu Basque, fa Persian, ff Fula, fi Finnish,
    fo Faroese, fr French, fy Western Frisian, ga Irish, gd Scottish Gaelic, gl Galician,
    gn Guarani, gu Gujarati, gv Manx, ha Hausa, he Hebrew, hi Hindi, hr Croatian, ht Haitian Creole,
    hu Hungarian, hy Armenian, ia Interlingua, id Indonesian, ie Interlingue, ig Igbo,
    ii Sichuan Yi, io Ido, is Icelandic, it Italian, iu Inuktitut, ja Japanese, jv Javanese,
    ka Georgian, ki Kikuyu, kk Kazakh, kl Kalaallisut, km Khmer, kn Kannada, ko Korean, ks Kashmiri,
    ku Kurdish, kw Cornish, ky Kyrgyz, la Latin, lb Luxembourgish, lg Ganda, ln Lingala, lo Lao,
    lt Lithuanian, lu Luba-Katanga, lv Latvian, mg Malagasy, mi Māori, mk Macedonian, ml Malayalam,
    mn Mongolian, mr Marathi, ms Malay, mt Maltese, my Burmese, nb Norwegian Bokmål,
    nd North Ndebele, ne Nepali, nl Dutch, nn Norwegian Nynorsk, no Norwegian, nr South Ndebele,
    nv Navajo, ny Nyanja, oc Occitan, om Oromo, or Odia, os Ossetic, pa Punjabi, pl Polish,
    ps Pashto, pt Portuguese, qu Quechua, rm Romansh, rn Rundi, ro Romanian, ru Russian,
    rw Kinyarwanda, sa Sanskrit, sc Sardinian, sd Sindhi, se Northern Sami, sg Sango, si Sinhala,
    sk Slovak, sl Slovenian, sn Shona, so Somali, sq Albanian, sr Serbian, ss Swati,
    st Southern Sotho, su Sundanese, sv Swedish, sw Swahili, ta Tamil, te Telugu, tg Tajik, th Thai,
    ti Tigrinya, tk Turkmen, tn Tswana, to Tongan, tr Turkish, ts Tsonga, tt Tatar, ug Uyghur,
    uk Ukrainian, ur Urdu, uz Uzbek, ve Venda, vi Vietnamese, vo Volapük, wa Walloon, wo Wolof,
    xh Xhosa, yi Yiddish, yo Yoruba, za Zhuang, zh Chinese, zu Zulu
"""
LANGUAGE_OF = {entry.strip()[:2]: entry.strip()[3:] for entry in LANGUAGES.split(",")}

Row = Mapping[str, Any]
Pair = dict[str, str]


def glue(
    example: Row,
    benchmark_name: str,
    label_names: Sequence[str],
    *,
    feature_names: Sequence[str] | None = None,
) -> Pair:
    """Write a row of GLUE or SuperGLUE whose label is a class.

    benchmark_name: "cola", "sst2", "mrpc", "qqp", "mnli", "qnli", "rte" or "wnli", as
    `course_lib.data.glue` names them; T5 calls both of MNLI's validation parts "mnli".
    label_names: what to write for the labels 0, 1, …; for -1, a hidden label, it is `<unk>`.
    feature_names: columns to write, in this order; all but `label` and `idx`, in the order of the
    alphabet, if not given. SuperGLUE's WiC and MultiRC need it: ("sentence1", "sentence2", "word")
    and ("question", "answer", "paragraph").

    Raises: ValueError for a label that is neither -1 nor one of the classes.
    """
    columns = sorted(set(example) - {"label", "idx"}) if feature_names is None else feature_names
    inputs = " ".join([benchmark_name, *(f"{own}: {example[own]}" for own in columns)])
    if benchmark_name == "multirc":  # its paragraphs have marks of HTML
        inputs = re.sub("</?b>", "", inputs.replace("<br>", " "))
    label = example["label"]
    if label == -1:
        return {"inputs": inputs, "targets": HIDDEN}
    if label not in range(len(label_names)):
        raise ValueError(
            f"label must be the place of a name, 0 to {len(label_names) - 1}, or -1 where it is "
            f"hidden; received {label!r} (the numbers of STS-B are for `stsb`)"
        )
    return {"inputs": inputs, "targets": label_names[int(label)]}


def stsb(example: Row) -> Pair:
    """Write a row of STS-B; its number from 0 to 5 becomes the nearest of 0.0, 0.2, … 5.0.

    A number halfway between two goes to the one whose fifths are even: 1.7 and 1.5 to 1.6. The
    published test part has -1 for a label; that is written as it is, -1.0.
    """
    inputs = f"stsb sentence1: {example['sentence1']} sentence2: {example['sentence2']}"
    # subtle: whether a number lies halfway is decided in 32 bits, as published
    fifths = np.round(np.float32(example["label"]) * np.float32(5))
    return {"inputs": inputs, "targets": f"{fifths / np.float32(5):.1f}"}


def squad(example: Row) -> Pair:
    """Write a row of SQuAD 1.1; the first answer is the target.

    Each of the 32 ASCII signs of punctuation gets a space on both sides, and a run of spaces, tabs
    and new lines becomes one space. A text that ends with a sign therefore ends with a space.

    Raises: ValueError for a row without an answer, as version 2.0 has and T5 had not.
    """
    answers = example["answers"]["text"]
    if not len(answers):
        raise ValueError(
            "the row must have an answer, received none; leave such rows out, as "
            "`course_lib.data.squad.load` does by itself"
        )
    question, context = _apart(example["question"]), _apart(example["context"])
    inputs = SPACES.sub(" ", f"question: {question} context: {context}")
    return {"inputs": inputs, "targets": _apart(answers[0])}


def _apart(text: str) -> str:
    return SPACES.sub(" ", PUNCTUATION.sub(r" \1 ", text))


def translate(example: Row, source: str, target: str) -> Pair:
    """Write a sentence and its translation.

    example: sentences by the code of their language; of the hub's rows it is row["translation"].
    source, target: codes such as "en" and "de". Of a longer one ("zh-cn") the first two letters
    name the language, with a warning: "fil" would be read as Finnish.

    Raises: CourseError for a code that stands for no language.
    """
    prefix = f"translate {_language(source)} to {_language(target)}: "
    return {"inputs": prefix + example[source], "targets": example[target]}


def _language(code: str) -> str:
    name = LANGUAGE_OF.get(code[:2])
    if name is None:
        raise CourseError(
            "a language's code of two small letters (ISO 639-1), such as 'en', 'de' or 'ko'",
            repr(code),
            "rename the columns of the row, or pick the code that they have",
        )
    if len(code) > 2:
        warnings.warn(f"the language code {code!r} is read as {code[:2]!r}, {name}", stacklevel=3)
    return name
