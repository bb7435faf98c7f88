"""The checker's arguments as pickle, one way only: what the trusted side wrote, the other reads.

Nothing that comes from the student's process is ever unpickled.
"""

import collections
import functools
import importlib
import io
import pickle
import sys
import types
from collections.abc import Callable
from typing import Any

from course_lib.grading.remote import walk

_PLAIN = {
    *(str, int, float, bool, bytes, type(None)),
    *(list, tuple, dict, set, frozenset, collections.OrderedDict),
}


class Packer(pickle.Pickler):
    """Write arguments; what lives over there goes as its number, what is written here by name.

    remote_number: returns a description of what lives in the student's process, else None.
    callback: registers a function of the checker's, returns its number.
    """

    def __init__(
        self,
        file: io.BytesIO,
        remote_number: Callable[[Any], Any],
        callback: Callable[[Callable], int],
    ) -> None:
        super().__init__(file, protocol=5)
        self.remote_number = remote_number
        self.callback = callback

    def persistent_id(self, obj: Any) -> Any:
        """Name what has no copy: remote objects, own classes, functions of a test."""
        if type(obj) in _PLAIN:  # most of what is packed, and asked for each
            return None
        number = self.remote_number(obj)
        if number is not None:
            return number
        if isinstance(obj, type) and obj.__module__ == "__main__":
            return ("class", obj.__name__)
        if isinstance(obj, types.FunctionType | types.MethodType) and not _importable(obj):
            return ("callback", self.callback(obj))
        if isinstance(obj, types.ModuleType):
            return ("module", obj.__name__)
        return None

    def reducer_override(self, obj: Any) -> Any:
        """Write tensors as raw bytes."""
        return _reduce_tensor(obj) if walk.is_tensor(obj) else NotImplemented


def pack(
    value: Any, remote_number: Callable[[Any], Any], callback: Callable[[Callable], int]
) -> bytes:
    """Return a value as bytes.

    Raises: TypeError for what cannot leave the checker.
    """
    file = io.BytesIO()
    try:
        Packer(file, remote_number, callback).dump(value)
    except (pickle.PicklingError, AttributeError, RecursionError) as error:
        raise TypeError(f"this value cannot be handed to the student's code: {error}") from None
    return file.getvalue()


class Unpacker(pickle.Unpickler):
    """Read arguments in the student's process; `resolve` finds what was sent by name or number."""

    def __init__(self, file: io.BytesIO, resolve: Callable[[tuple], Any]) -> None:
        super().__init__(file)
        self.resolve = resolve

    def persistent_load(self, pid: Any) -> Any:
        """Return the object of this process."""
        return self.resolve(pid)


def _reduce_tensor(value: Any) -> tuple:
    import torch

    from course_lib.grading.remote.encode_torch import tensor_bytes

    if value.layout != torch.strided or value.is_quantized:
        raise TypeError(f"a tensor of layout {value.layout} cannot be handed over")
    meta = value.device.type == "meta"
    data = None if meta else bytes(tensor_bytes(value))
    kind = isinstance(value, torch.nn.Parameter)
    shape, dtype = tuple(value.shape), str(value.dtype).removeprefix("torch.")
    return build_tensor, (data, dtype, shape, value.requires_grad, kind)


def build_tensor(
    data: Any, dtype: str, shape: tuple[int, ...], requires_grad: bool, parameter: bool
) -> Any:
    """Return a tensor of its own memory; without data one of the meta device."""
    torch = importlib.import_module("torch")
    kind = getattr(torch, dtype)
    if data is None:
        tensor = torch.empty(shape, dtype=kind, device="meta")
    elif len(data):
        tensor = torch.frombuffer(bytearray(data), dtype=kind).reshape(shape)
    else:
        tensor = torch.empty(shape, dtype=kind)
    if parameter:
        return torch.nn.Parameter(tensor, requires_grad=requires_grad)
    return tensor.requires_grad_() if requires_grad else tensor


def _importable(function: Any) -> bool:
    """Whether the other side finds the function by module and name."""
    module = getattr(function, "__module__", None)
    found: Any = sys.modules.get(module or "")
    if found is None or module == "__main__":
        return False
    try:
        found = functools.reduce(getattr, function.__qualname__.split("."), found)
    except AttributeError:
        return False
    return found is function
