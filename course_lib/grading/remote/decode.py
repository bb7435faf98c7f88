"""Nodes of the student's process as plain values. Runs in the checker; trusts nothing it reads.

Only types that stand here are ever built, with the sizes that the bytes have. A subclass, a proxy
or a clever object comes back as a plain value or as a reference that answers questions.
"""

import collections
import enum
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any

from course_lib.grading.remote import beside, decode_arrays
from course_lib.grading.remote.ends import ReferenceTable
from course_lib.grading.remote.wire import ProtocolError

PLAIN_TYPES = {
    t.__name__: t
    for t in (bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset,
              object, range, slice, type, type(None), types.FunctionType, types.GeneratorType)
}  # fmt: skip
TEXT = {
    "decimal.Decimal": lambda text: importlib.import_module("decimal").Decimal(text),
    "fractions.Fraction": lambda text: _fraction(text),
    "datetime.datetime": lambda text: _datetime().datetime.fromisoformat(text),
    "datetime.date": lambda text: _datetime().date.fromisoformat(text),
    "datetime.time": lambda text: _datetime().time.fromisoformat(text),
    "uuid.UUID": lambda text: importlib.import_module("uuid").UUID(text),
    "pathlib.PosixPath": lambda text: importlib.import_module("pathlib").PosixPath(text),
    "pathlib.PurePosixPath": lambda text: importlib.import_module("pathlib").PurePosixPath(text),
}


class Decoder:
    """Decode one reply. `memo` holds the checker's own objects by number."""

    def __init__(
        self, references: ReferenceTable, buffers: list[memoryview], memo: dict[int, Any]
    ) -> None:
        self.references = references
        self.buffers = buffers
        self.memo = memo
        self.grad_tensors: list[Any] = []  # those that a gradient can go back through

    def decode(self, node: Any) -> Any:
        """Return the value of a node.

        Raises: ProtocolError for one that no encoder of ours writes.
        """
        if node is None or type(node) in (bool, int, float, str):
            return node
        try:
            return self._decode(node)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError,
                RecursionError, MemoryError) as error:  # fmt: skip
            reason = f"{type(error).__name__}: {error}"[:200]
            raise ProtocolError(f"a value that cannot be read ({reason})") from None

    def data(self, place: Any) -> memoryview:
        """Return a buffer of the frame."""
        if type(place) is not int or not 0 <= place < len(self.buffers):
            raise ProtocolError("a buffer that is not there")
        return self.buffers[place]

    def keep(self, node: dict, value: Any) -> Any:
        """Remember a value under its number: later nodes may mean the same object."""
        number = node.get("n")
        if number is not None:
            self.memo[int(number)] = value
        return value

    def _decode(self, node: Any) -> Any:
        if type(node) is not dict:
            raise ProtocolError("a node of no known form")
        kind = node.get("t")
        read = _READERS.get(kind) if isinstance(kind, str) else None
        if read is not None:
            return read(self, node)
        if kind in ("class", "handle", "own", "ownclass"):
            return self._reference(node)
        value = decode_arrays.decode_array(self, node)
        if value is decode_arrays.UNKNOWN:
            raise ProtocolError(f"a node of kind {kind!r}")
        return value

    def _reference(self, node: dict) -> Any:
        if node["t"] == "class":
            return self.references.class_reference(node)
        if node["t"] == "ownclass":
            return self.references.own_class(str(node["v"]))
        if node["t"] == "own":
            return self._own(node)
        return self.references.reference(node, self.decode)

    def _own(self, node: dict) -> Any:
        cls = self.references.own_class(str(node["cls"]))
        instance = self.keep(node, object.__new__(cls))
        for name, value in node["v"]:
            object.__setattr__(instance, str(name), self.decode(value))
        return instance


def _same(decoder: Decoder, node: dict) -> Any:
    return decoder.memo[int(node["n"])]


def _items(decoder: Decoder, node: dict) -> list:
    if "f" in node:
        if not all(item is None or type(item) in (bool, int, float, str) for item in node["f"]):
            raise ProtocolError("a flat list that is not flat")
        return list(node["f"])
    return [decoder.decode(item) for item in node["v"]]


def _list(decoder: Decoder, node: dict) -> Any:
    value = decoder.keep(node, [] if node["t"] == "list" else collections.deque())
    value.extend(_items(decoder, node))
    return value


def _dict(decoder: Decoder, node: dict) -> Any:
    kinds = {"Counter": collections.Counter, "OrderedDict": collections.OrderedDict}
    value = decoder.keep(node, kinds.get(node["t"], dict)())
    for key, item in node["v"]:
        value[decoder.decode(key)] = decoder.decode(item)
    return value


def _set(decoder: Decoder, node: dict) -> Any:
    value = decoder.keep(node, set())
    value.update(decoder.decode(item) for item in node["v"])
    return value


def _named(decoder: Decoder, node: dict) -> Any:
    names = [str(name) for name in node["f"]]
    if not all(map(str.isidentifier, names)):
        raise ProtocolError("fields without a name")
    # what renamed a keyword over there does so here
    made: Any = collections.namedtuple(str(node["cls"]), names, rename=True)
    if node.get("own") is not None:
        given = decoder.references.own_class(str(node["own"]))
        made = given if issubclass(given, tuple) else made
    return tuple.__new__(made, [decoder.decode(item) for item in node["v"]])


def _bytes(decoder: Decoder, node: dict) -> Any:
    data = bytes(decoder.data(node["b"]))
    return decoder.keep(node, bytearray(data)) if "n" in node else data


def _size(decoder: Decoder, node: dict) -> Any:
    return importlib.import_module("torch").Size(int(n) for n in node["v"])


def _module(decoder: Decoder, node: dict) -> Any:
    """Return the checker's own module of that name; it is trusted, the name decides nothing."""
    name = str(node["v"])
    return importlib.import_module(name) if name in beside.OWN else sys.modules[name]


def _member(decoder: Decoder, node: dict) -> Any:
    found = decoder.references.own_class(str(node["cls"]))
    if not issubclass(found, enum.Enum):
        raise ProtocolError("a member of no enumeration")
    return found[str(node["v"])]


def _fraction(text: str) -> Any:
    above, _, below = text.partition("/")  # Fraction itself would work "1e999999999" out
    return importlib.import_module("fractions").Fraction(int(above), int(below or "1"))


def _datetime() -> Any:
    return importlib.import_module("datetime")


_READERS: dict[str, Callable[[Decoder, dict], Any]] = {
    "same": _same,
    "int": lambda d, n: int(n["v"], 16),
    "list": _list,
    "deque": _list,
    "tuple": lambda d, n: tuple(_items(d, n)),
    "size": _size,
    "dict": _dict,
    "Counter": _dict,
    "OrderedDict": _dict,
    "set": _set,
    "frozenset": lambda d, n: frozenset(d.decode(item) for item in n["v"]),
    "named": _named,
    "bytes": _bytes,
    "complex": lambda d, n: complex(*n["v"]),
    "range": lambda d, n: range(*map(d.decode, n["v"])),
    "slice": lambda d, n: slice(*map(d.decode, n["v"])),
    "ellipsis": lambda d, n: ...,
    "notimplemented": lambda d, n: NotImplemented,
    "text": lambda d, n: TEXT[n["cls"]](str(n["v"])),
    "view": lambda d, n: [d.decode(item) for item in n["v"]],
    "module": _module,
    "member": _member,
    "type": lambda d, n: PLAIN_TYPES[n["v"]],
}
