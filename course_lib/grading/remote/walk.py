"""Number the mutable objects inside a call's arguments, the same way on both sides.

The checker walks the arguments that it sends, the student's process the copies that arrived. Equal
numbers name the same object, so a function may change its argument in place, or return it, and the
checker's own object follows.
"""

import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from course_lib.grading.remote import beside

MAX_OBJECTS = 200_000


def mutable_parts(root: Any, is_leaf: Callable[[Any], bool]) -> list[Any]:
    """Return every list, dict, set, array, tensor, network and instance within `root`, once.

    is_leaf: says what lives on one side only and is therefore not looked into.
    """
    found: list[Any] = []
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or type(value) in _LEAVES or is_leaf(value):
            continue
        seen.add(id(value))
        if is_mutable(value):
            found.append(value)
            if len(found) > MAX_OBJECTS:
                raise ValueError(f"arguments of more than {MAX_OBJECTS} objects")
        waiting += reversed(list(_inside(value)))
    return found


_LEAVES = {type(None), bool, int, float, str, bytes, complex}


def is_mutable(value: Any) -> bool:
    """Whether a change to the value in one process must reach its twin in the other."""
    if isinstance(value, list | dict | set | bytearray):
        return True
    return is_array(value) or is_tensor(value) or is_module(value) or is_own_instance(value)


def is_array(value: Any) -> bool:
    """Whether it is a numpy array."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def is_tensor(value: Any) -> bool:
    """Whether it is a torch tensor."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_module(value: Any) -> bool:
    """Whether it is a network of torch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def is_own_instance(value: Any) -> bool:
    """Whether its class was written in a notebook, or by the instructor beside it."""
    module = type(value).__module__
    if module != "__main__" and module not in beside.OWN:
        return False
    return not isinstance(value, type | types.FunctionType)


def plain_state(value: Any) -> dict[str, Any]:
    """Return the attributes of an instance, those in slots included."""
    state = dict(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        for name in _slots(cls):
            if hasattr(value, name):
                state.setdefault(name, getattr(value, name))
    return state


def _slots(cls: type) -> tuple[str, ...]:
    names = cls.__dict__.get("__slots__", ())
    names = (names,) if isinstance(names, str) else tuple(names)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield item
    elif is_module(value):
        for _, part in module_parts(value):
            yield part
        for name, kept in vars(value).items():
            if isinstance(kept, list | dict | set) and not name.startswith("_"):
                yield kept  # a diary that the network keeps
    elif is_own_instance(value):
        yield from plain_state(value).values()


def module_parts(module: Any) -> list[tuple[str, Any]]:
    """Return (kind.name, part) for parameters, buffers and children of one network."""
    parts = [(f"p.{name}", part) for name, part in module._parameters.items()]
    parts += [(f"b.{name}", part) for name, part in module._buffers.items()]
    parts += [(f"c.{name}", part) for name, part in module._modules.items()]
    return [(name, part) for name, part in parts if part is not None]
