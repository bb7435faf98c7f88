"""What lies under a file of word vectors: bytes, packed by gzip or not, and what is none of these.

Whoever gives another kind of file learns which kind it is, and what to do with it.
"""

import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_lib.errors import CorruptFileError

GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BY_GENSIM = "read it where it comes from, and write it with gensim's save_word2vec_format"
# how a file begins -> what it is, and what to do; no text in UTF-8 begins like these
FOREIGN = {
    b"\xba\x16\x4f\x2f": (
        "a model of fastText",
        "take the .vec file beside it, or read it with gensim's load_facebook_vectors and write "
        "it with save_word2vec_format",
    ),
    b"PK\x03\x04": ("a zip archive", "unpack it and give the file inside"),
    b"\x80": ("a pickle, such as gensim's own save writes", BY_GENSIM),
    b"\x93NUMPY": ("an array of numpy, without words", BY_GENSIM),
    b"\xff\xfe": ("text in UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW"),
    b"\xfe\xff": ("text in UTF-16", "convert it: iconv -f UTF-16 -t UTF-8 OLD > NEW"),
}


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(GZIP)) == GZIP


def most_bytes(path: Path) -> int:
    """Return how many bytes a file holds at most; gzip packs no better than 1,032 to 1."""
    return path.stat().st_size * (1032 if _is_packed(path) else 1)


@contextmanager
def opened(path: Path) -> Iterator[io.BufferedIOBase]:
    """Open a file of vectors for reading, unpacked where gzip packed it, behind any mark of UTF-8.

    Raises: CorruptFileError where the file is of another kind, or damaged inside gzip.
    """
    with path.open("rb") as raw:
        file = gzip.GzipFile(fileobj=raw) if _is_packed(path) else raw
        try:
            _refuse_foreign(path, file)
            yield file
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CorruptFileError(
                f"all of what gzip packed in {path.name}", str(error), "get the file again"
            ) from error


def _refuse_foreign(path: Path, file: io.BufferedIOBase) -> None:
    """Stop at a file of another kind; else stand at the first byte of the text."""
    start = file.read(max(map(len, FOREIGN)))
    for beginning, (what, action) in FOREIGN.items():
        if start.startswith(beginning):
            raise CorruptFileError(f"word vectors as text or binary in {path.name}", what, action)
    file.seek(len(BYTE_ORDER_MARK) if start.startswith(BYTE_ORDER_MARK) else 0)


@contextmanager
def written_whole(path: Path) -> Iterator[io.BufferedIOBase]:
    """Open a file for writing, packed where its name ends in `.gz`.

    It takes its place when all of it is written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=path.name + ".part") as folder:
        part = Path(folder) / path.name
        with part.open("wb") as raw:
            if path.suffix == ".gz":
                # no name and no time inside: the same vectors are the same bytes
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
                    yield file
            else:
                yield raw
        part.replace(path)
