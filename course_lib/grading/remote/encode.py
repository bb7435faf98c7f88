"""The student's values as plain JSON and raw bytes. Runs in the student's process.

What this says is a claim, no more: the checker rebuilds plain types from it. Objects that have no
plain form stay here and travel as handles: a number and a description.
"""

import collections
import enum
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from course_lib.grading.remote import beside, walk
from course_lib.grading.remote.encode_arrays import encode_array
from course_lib.grading.remote.encode_torch import encode_torch

DEPTH = 200
BARE = (bool, int, float, str)
AS_TEXT = {
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "time"),
    ("uuid", "UUID"),
    ("pathlib", "PosixPath"),
    ("pathlib", "PurePosixPath"),
}
BUILTIN_TYPES = {getattr(types, n) for n in ("NoneType", "FunctionType", "GeneratorType")} | {
    bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, object,
    range, slice, type,
}  # fmt: skip


class Handles:
    """The objects that the checker knows by number.

    A class is described once, beside the values of the reply that mentions it first: whatever
    becomes of those values over there, later replies may mention it by its number.
    """

    def __init__(self) -> None:
        self.objects: dict[int, Any] = {}
        self.news: list[dict[str, Any]] = []  # descriptions that have yet to be sent
        self._described: set[int] = set()
        self._numbers: dict[int, int] = {}

    def number(self, value: Any) -> int:
        """Return the number of an object; the same one each time."""
        known = self._numbers.get(id(value))
        if known is not None:
            return known
        number = len(self.objects) + 1
        self.objects[number] = value  # a strong reference: the id stays taken
        self._numbers[id(value)] = number
        return number

    def describe(self, number: int, describe: Callable[[], dict[str, Any]]) -> None:
        """Have a class described in the next reply, if it never was."""
        if number not in self._described:
            self.news.append({"h": number} | describe())
            self._described.add(number)


class Encoder:
    """Encode the values of one reply. `memo` numbers the objects that came with the request."""

    def __init__(self, handles: Handles, memo: dict[int, int], own_classes: set[str]) -> None:
        self.handles = handles
        self.memo = dict(memo)
        self.own_classes = own_classes  # classes of given cells that both sides have, by name
        self.buffers: list[Any] = []
        self.grad_tensors: list[Any] = []  # those that a gradient can go back through
        self._open: int | None = None
        self._keep: list[Any] = []  # what was numbered here must not be freed before the reply

    def buffer(self, data: Any) -> int:
        """Add a buffer; return its place."""
        self.buffers.append(data)
        return len(self.buffers) - 1

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return the node of a value."""
        kind = type(value)
        if value is None or kind in (bool, float, str):
            return value
        if kind is int:
            return value if value.bit_length() < 10_000 else {"t": "int", "v": hex(value)}
        if depth > DEPTH:
            raise ValueError(f"a value nested deeper than {DEPTH}")
        known = self.memo.get(id(value))
        if known is not None and id(value) != self._open:
            return {"t": "same", "n": known}
        self._open = None
        plain = self._plain(value, depth)
        if plain is None:
            plain = encode_array(self, value, depth) or encode_torch(self, value)
        return plain if plain is not None else self.handle(value)

    def contents(self, value: Any) -> Any:
        """Return the node of a value that has a number already: what is in it now."""
        self._open = id(value)
        return self.encode(value)

    def remember(self, value: Any) -> int:
        """Return the number by which later nodes name a value."""
        self._keep.append(value)
        return self.memo.setdefault(id(value), len(self.memo))

    def _plain(self, value: Any, depth: int) -> Any:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            return self.encode(_base_value(value), depth)  # a subclass, an IntEnum, a StrEnum
        if isinstance(value, tuple):
            return self._tuple(value, depth)
        if isinstance(value, list | collections.deque):
            return self._list(value, depth)
        if isinstance(value, dict):
            return self._dict(value, depth)
        if isinstance(value, set | frozenset):
            if isinstance(value, frozenset):
                items = [self.encode(item, depth + 1) for item in frozenset.__iter__(value)]
                return {"t": "frozenset", "v": items}
            number = self.remember(value)
            items = [self.encode(item, depth + 1) for item in set.__iter__(value)]
            return {"t": "set", "n": number, "v": items}
        return self._atom(value)

    def _list(self, value: list | collections.deque, depth: int) -> dict:
        number = self.remember(value)
        kind = "deque" if isinstance(value, collections.deque) else "list"
        items: list[Any] = list(list.__iter__(value) if isinstance(value, list) else value)
        if all(type(item) in BARE or item is None for item in items) and not _any_huge(items):
            return {"t": kind, "n": number, "f": items}
        return {"t": kind, "n": number, "v": [self.encode(item, depth + 1) for item in items]}

    def _tuple(self, value: tuple, depth: int) -> dict:
        items = [self.encode(item, depth + 1) for item in tuple.__iter__(value)]
        fields = getattr(type(value), "_fields", None)
        if fields and all(isinstance(name, str) for name in fields):
            node = {"t": "named", "cls": type(value).__name__, "f": list(fields), "v": items}
            return node | {"own": own_name(type(value), self.own_classes)}
        torch = sys.modules.get("torch")
        size = torch is not None and isinstance(value, torch.Size)
        return {"t": "size" if size else "tuple", "v": items}

    def _dict(self, value: dict, depth: int) -> dict:
        number = self.remember(value)
        kinds = {"Counter": collections.Counter, "OrderedDict": collections.OrderedDict}
        kind = next((name for name, cls in kinds.items() if isinstance(value, cls)), "dict")
        items = [
            [self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in dict.items(value)
        ]
        return {"t": kind, "n": number, "v": items}

    def _atom(self, value: Any) -> Any:
        kind = type(value)
        if isinstance(value, bytes | bytearray):
            node = {"t": "bytes", "b": self.buffer(bytes(value))}
            return node | ({"n": self.remember(value)} if kind is bytearray else {})
        if kind is complex:
            return {"t": "complex", "v": [value.real, value.imag]}
        if kind in (range, slice):
            parts = value.start, value.stop, value.step
            return {"t": kind.__name__, "v": [self.encode(part, 1) for part in parts]}
        if value is ... or value is NotImplemented:
            return {"t": "ellipsis" if value is ... else "notimplemented"}
        if (kind.__module__, kind.__name__) in AS_TEXT:
            text = value.isoformat() if hasattr(value, "isoformat") else str(value)
            return {"t": "text", "cls": f"{kind.__module__}.{kind.__name__}", "v": text}
        if kind in (type({}.keys()), type({}.values()), type({}.items())):
            return {"t": "view", "v": [self.encode(item, 1) for item in value]}
        if inspect.ismodule(value):
            known = value.__name__ in beside.OWN or not beside.Beside.holds(value)
            return {"t": "module", "v": value.__name__} if known else None
        if isinstance(value, type) and value in BUILTIN_TYPES:
            return {"t": "type", "v": value.__name__}
        return None

    def handle(self, value: Any) -> dict:
        """Return the node of what stays here: its number, and on first mention what it is."""
        if isinstance(value, type):
            return self.class_node(value)
        own = own_name(type(value), self.own_classes)
        if own is not None and isinstance(value, enum.Enum):
            return {"t": "member", "cls": own, "v": value.name}
        if own is not None:
            number = self.remember(value)
            state = [[k, self.encode(v, 1)] for k, v in walk.plain_state(value).items()]
            return {"t": "own", "n": number, "cls": own, "v": state}
        number = self.handles.number(value)
        node: dict[str, Any] = {"t": "handle", "h": number, "kind": _kind(value)}
        if node["kind"] in ("object", "network", "error"):
            node["cls"] = self.class_node(type(value))
        node["name"] = _text(lambda: getattr(value, "__name__", ""))
        node["doc"] = _text(lambda: inspect.getdoc(value) or "")
        if node["kind"] == "function":
            node["signature"] = _signature(value)
            node["flags"] = getattr(getattr(value, "__code__", None), "co_flags", 0)
        return node

    def class_node(self, cls: type) -> dict:
        """Return the node of a class."""
        if cls in BUILTIN_TYPES:
            return {"t": "type", "v": cls.__name__}
        given = own_name(cls, self.own_classes)
        if given is not None:
            return {"t": "ownclass", "v": given}
        number = self.handles.number(cls)
        self.handles.describe(number, lambda: self._class(cls))
        return {"t": "class", "h": number}

    def _class(self, cls: type) -> dict[str, Any]:
        own = cls.__module__ == "__main__"
        # those of a builtin base too: a student's class may be a tuple
        named = {n: v for base in cls.__mro__[-2::-1] for n, v in vars(base).items()}
        return {
            "name": cls.__name__,
            "module": str(cls.__module__) if _is_library(cls) else "__main__",
            "bases": [self.class_node(base) for base in cls.__bases__],
            "special": [n for n, v in named.items() if n.startswith("__") and callable(v)],
            "doc": _text(lambda: inspect.getdoc(cls) or "") if own else "",
            "signature": _signature(cls) if own else "",
        }


def own_name(cls: type, own_classes: set[str]) -> str | None:
    """Return what both sides call a class of the instructor's: Node, or tools:Node; else None."""
    if cls.__module__ in beside.OWN:
        return f"{cls.__module__}:{cls.__qualname__}"
    return cls.__name__ if cls.__module__ == "__main__" and cls.__name__ in own_classes else None


def _is_library(cls: type) -> bool:
    """Whether the class is what its module has under its name, and no namesake."""
    module = sys.modules.get(cls.__module__) if isinstance(cls.__module__, str) else None
    return getattr(module, cls.__name__, None) is cls


def _kind(value: Any) -> str:
    if isinstance(value, BaseException):
        return "error"
    if inspect.isgenerator(value) or (hasattr(value, "__next__") and hasattr(value, "__iter__")):
        return "iterator"
    if inspect.iscoroutine(value):
        return "coroutine"
    if walk.is_module(value):
        return "network"
    if inspect.isroutine(value) or type(value).__module__ == "functools":
        return "function"
    return "object"


def _base_value(value: Any) -> Any:
    if isinstance(value, int):
        return int.__int__(value)
    return float.__float__(value) if isinstance(value, float) else str.__str__(value)


def _any_huge(items: list) -> bool:
    return any(type(item) is int and item.bit_length() >= 10_000 for item in items)


def _signature(value: Any) -> str:
    return _text(lambda: str(inspect.signature(value)))


def _text(get: Callable[[], Any]) -> str:
    try:
        return str(get())[:2_000]
    except Exception:
        return ""
