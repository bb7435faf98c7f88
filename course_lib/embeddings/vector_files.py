"""word2vec's two file formats, text and binary, with the quirks of those who write them.

Both begin with a line `V D`. Text: a line a word, `word x₁ … x_D`. Binary: the word, a space, and
D little-endian 32-bit floats; word2vec.c adds a newline, gensim does not. word2vec.c leaves a space
at the end of a text line. GloVe's text files have no first line. Axes: V words, D numbers a word.

Either may be packed by gzip; `vector_bytes` opens them, and names what is no file of vectors.
"""

import warnings
from collections.abc import Sequence
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from course_lib.embeddings.vector_bytes import most_bytes, opened, written_whole
from course_lib.errors import CorruptFileError

Content = tuple[list[str], Float32[np.ndarray, "V D"]]
LONGEST_WORD = 10_000  # bytes; more than that without a space is no vector file


def _checked(words: Sequence[str]) -> None:
    for word in words:
        # subtle: only these end a word in the formats; a no-break space inside a word is fine, but
        # gensim strips all white space from the ends of a line or a word
        if not word or any(c in word for c in " \n\r") or word != word.strip():
            raise ValueError(f"the word2vec formats cannot hold the word {word!r}")
        try:
            word.encode()
        except UnicodeEncodeError:
            raise ValueError(f"the word {word!r} cannot be written in UTF-8") from None


def write_text(path: Path, words: Sequence[str], matrix: Float32[np.ndarray, "V D"]) -> None:
    """Write text; nine digits give back every 32-bit number exactly.

    Raises: ValueError for a word that is empty or holds white space.
    """
    _checked(words)
    with written_whole(path) as file:
        file.write(f"{len(words)} {matrix.shape[1]}\n".encode())
        for word, row in zip(words, matrix, strict=True):
            file.write(f"{word} {' '.join([f'{x:.9g}' for x in row.tolist()])}\n".encode())


def write_binary(path: Path, words: Sequence[str], matrix: Float32[np.ndarray, "V D"]) -> None:
    """Write binary, with the newline after each vector that word2vec.c writes.

    Raises: ValueError for a word that is empty or holds white space.
    """
    _checked(words)
    with written_whole(path) as file:
        file.write(f"{len(words)} {matrix.shape[1]}\n".encode())
        for word, row in zip(words, matrix.astype("<f4"), strict=True):
            file.write(word.encode() + b" " + row.tobytes() + b"\n")


AGAIN = "get the file again, or say binary=True or False"


def _corrupt(path: Path, expected: str, received: str, action: str = AGAIN) -> CorruptFileError:
    return CorruptFileError(f"{expected} in {path.name}", received, action)


def _sizes(path: Path, line: bytes) -> tuple[int, int]:
    parts = line.split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts) or int(parts[1]) < 1:
        raise _corrupt(path, "two numbers, words and width, in the first line", repr(line[:60]))
    return int(parts[0]), int(parts[1])


def read_text(path: Path) -> Content:
    """Read text, with or without the line `V D`.

    Of a word that occurs twice the first vector is kept, with a warning, as gensim does.

    Raises: CorruptFileError where a line has another number of columns, or lines are missing.
    """
    words, rows, size = [], [], None
    with opened(path) as file:
        start = file.tell()
        first = file.readline()
        if len(first.split()) == 2:
            size = _sizes(path, first)
        else:
            file.seek(start)
        # subtle: lines end at b"\n" alone; str.splitlines would cut at rarer characters too
        for number, line in enumerate(file):
            if not line.strip(b" \r\n"):
                continue
            if size is not None and len(words) >= size[0]:
                raise _corrupt(path, f"the end after {size[0]} words", "more lines")
            # only GloVe's files, without the first line, have words with spaces inside
            word, numbers = _text_line(path, line, number, len(rows[0]) if rows and not size else 0)
            width = size[1] if size else len(rows[0] if rows else numbers)
            if len(numbers) != width:
                raise _corrupt(path, f"{width} numbers a word", f"{len(numbers)} for {word!r}")
            words.append(word)
            rows.append(numbers)
    if size is not None and len(words) != size[0]:
        raise _corrupt(path, f"{size[0]} words", f"the end after {len(words)}")
    if not words:
        raise _corrupt(path, "a line for each word", "an empty file")
    return _without_repeats(path, words, np.stack(rows))


def _text_line(path: Path, line: bytes, number: int, width: int) -> tuple[str, np.ndarray]:
    """Return the word and its numbers; width: how many to count from the end, 0 for all."""
    here = f"line {number + 1}: {line[:60]!r}"
    try:
        # subtle: words may hold other white space than the space that ends them
        parts = line.rstrip(b" \r\n").decode("utf-8").split(" ")
        if len(parts) < 2:
            raise ValueError("a word alone")
        first = max(1, len(parts) - width) if width and not _number(parts[1]) else 1
        if "" in parts[1:] or (first > 1 and not parts[0]):
            raise ValueError("a space too many")
        return " ".join(parts[:first]), np.array(parts[first:], dtype=np.float32)
    except UnicodeDecodeError as error:
        if any(byte < 32 and byte not in b"\t\r\n" for byte in line):
            raise _corrupt(
                path, "text", f"bytes that are none, {here}", "say binary=True"
            ) from error
        action = f"convert it, for Latin-1 with: iconv -f LATIN1 -t UTF-8 {path.name} > NEW"
        raise _corrupt(path, "text in UTF-8", here, action) from error
    except ValueError as error:
        if (fault := _between_columns(line)) is None:
            raise _corrupt(path, "a word and numbers", here) from error
        action = f"replace {fault}: one space stands between columns"
        raise _corrupt(path, "columns that one space parts", f"{fault}, {here}", action) from error


def _between_columns(line: bytes) -> str | None:
    """Name what stands where one space should, or None."""
    if b"\t" in line:
        return "the tabs"
    if b"  " in line.rstrip():
        return "the double spaces"
    return "the space in front" if line.startswith(b" ") else None


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_binary(path: Path) -> Content:
    """Read binary, with or without a newline after each vector.

    Raises: CorruptFileError where the file ends early or is something else.
    """
    with opened(path) as file:
        n_words, width = _sizes(path, file.readline(200))
        if most_bytes(path) < n_words * (4 * width + 1):
            raise _corrupt(path, f"{n_words} words of {width} numbers", "too few bytes")
        words = []
        matrix = np.empty((n_words, width), dtype=np.float32)
        for i in range(n_words):
            words.append(_word(path, file))
            numbers = file.read(4 * width)
            if len(numbers) < 4 * width:
                raise _corrupt(path, f"{n_words} words", f"the end after {i}")
            matrix[i] = np.frombuffer(numbers, dtype="<f4")
        if file.read(2).strip(b"\n"):
            raise _corrupt(path, f"the end after {n_words} words", "more bytes")
    return _without_repeats(path, words, matrix)


def _word(path: Path, file: BufferedIOBase) -> str:
    letters = bytearray()
    while (letter := file.read(1)) != b" ":
        if letter == b"" or len(letters) > LONGEST_WORD:
            raise _corrupt(path, "a word and a space", f"{bytes(letters[:60])!r}")
        letters += letter
    try:
        return letters.lstrip(b"\n").decode("utf-8")
    except UnicodeDecodeError as error:
        raise _corrupt(path, "words in UTF-8", f"{bytes(letters[:60])!r}") from error


def _without_repeats(path: Path, words: list[str], matrix: np.ndarray) -> Content:
    if not np.isfinite(matrix).all():
        row = int(np.isfinite(matrix).all(axis=1).argmin())
        raise _corrupt(path, "finite numbers", f"{matrix[row].tolist()[:4]} for {words[row]!r}")
    first = {word: i for i, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return words, matrix
    warnings.warn(
        f"{path.name}: {len(words) - len(first)} words occur again; their first vector is kept",
        stacklevel=2,
    )
    rows = sorted(first.values())
    return [words[i] for i in rows], matrix[rows]
