"""Analogies about the English of documentation, written for this course.

Sections of word pairs; within a section every pair is asked against every other, as in
questions-words.txt: "array arrays row rows". The words were chosen before any vector was seen.
"""

from pathlib import Path

PAIRS = {
    "plural": [
        ("array", "arrays"), ("row", "rows"), ("column", "columns"), ("value", "values"),
        ("file", "files"), ("function", "functions"), ("axis", "axes"), ("index", "indices"),
        ("class", "classes"), ("string", "strings"),
    ],
    "ing-form": [
        ("read", "reading"), ("write", "writing"), ("compute", "computing"), ("use", "using"),
        ("parse", "parsing"), ("pass", "passing"), ("call", "calling"), ("set", "setting"),
        ("train", "training"), ("sort", "sorting"),
    ],
    "third-person": [
        ("return", "returns"), ("raise", "raises"), ("take", "takes"), ("contain", "contains"),
        ("create", "creates"), ("apply", "applies"), ("use", "uses"), ("compute", "computes"),
        ("convert", "converts"), ("remove", "removes"),
    ],
    "participle": [
        ("compute", "computed"), ("return", "returned"), ("define", "defined"), ("use", "used"),
        ("raise", "raised"), ("pass", "passed"), ("write", "written"), ("give", "given"),
        ("create", "created"), ("convert", "converted"),
    ],
    "adverb": [
        ("explicit", "explicitly"), ("automatic", "automatically"), ("direct", "directly"),
        ("internal", "internally"), ("random", "randomly"), ("previous", "previously"),
        ("typical", "typically"), ("correct", "correctly"), ("separate", "separately"),
        ("implicit", "implicitly"),
    ],
    "opposite": [
        ("first", "last"), ("left", "right"), ("upper", "lower"), ("minimum", "maximum"),
        ("true", "false"), ("start", "end"), ("before", "after"), ("input", "output"),
        ("encode", "decode"), ("row", "column"), ("top", "bottom"), ("read", "write"),
    ],
    "comparative": [
        ("small", "smaller"), ("large", "larger"), ("fast", "faster"), ("long", "longer"),
        ("short", "shorter"), ("old", "older"), ("new", "newer"), ("high", "higher"),
    ],
    "negation": [
        ("valid", "invalid"), ("known", "unknown"), ("supported", "unsupported"),
        ("signed", "unsigned"), ("sorted", "unsorted"), ("empty", "non-empty"),
        ("negative", "non-negative"), ("zero", "non-zero"),
    ],
}  # fmt: skip


def questions() -> dict[str, list[tuple[str, str, str, str]]]:
    """Return for each section the questions (a, b, c, d): a is to b as c is to d."""
    return {
        section: [(a, b, c, d) for a, b in pairs for c, d in pairs if (a, b) != (c, d)]
        for section, pairs in PAIRS.items()
    }


def write(path: Path) -> Path:
    """Write the questions in the format of questions-words.txt; return the path."""
    lines = []
    for section, asked in questions().items():
        lines.append(f": {section}")
        lines += [" ".join(question) for question in asked]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
