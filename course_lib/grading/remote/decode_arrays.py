"""Arrays, tables and tensors from bytes, a dtype and a shape. Runs in the checker."""

import importlib
import math
from typing import Any

from course_lib.grading.remote.ends import Reader
from course_lib.grading.remote.wire import ProtocolError

UNKNOWN = object()


def decode_array(decoder: Reader, node: dict) -> Any:
    """Return the value of an array's, a table's or a tensor's node; UNKNOWN for any other."""
    read = _READERS.get(node["t"])
    return UNKNOWN if read is None else read(decoder, node)


def _shape(node: dict) -> tuple[int, ...]:
    shape = tuple(node["shape"])
    if not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 32:
        raise ProtocolError("a shape that is none")
    return shape


def _checked(data: memoryview, shape: tuple[int, ...], itemsize: int) -> bytearray:
    if len(data) != math.prod(shape) * itemsize:
        raise ProtocolError("bytes that do not fill the shape")
    return bytearray(data)


def _dtype(node: dict) -> Any:
    dtype = importlib.import_module("numpy").dtype(str(node["dtype"]))
    if dtype.kind in "OV":
        raise ProtocolError("a dtype that holds objects")
    return dtype


def _array(decoder: Reader, node: dict) -> Any:
    numpy = importlib.import_module("numpy")
    dtype, shape = _dtype(node), _shape(node)
    data = _checked(decoder.data(node["b"]), shape, dtype.itemsize)
    return decoder.keep(node, numpy.frombuffer(data, dtype).reshape(shape))


def _scalar(decoder: Reader, node: dict) -> Any:
    numpy = importlib.import_module("numpy")
    dtype = _dtype(node)
    return numpy.frombuffer(_checked(decoder.data(node["b"]), (), dtype.itemsize), dtype)[0]


def _objects(decoder: Reader, node: dict) -> Any:
    numpy = importlib.import_module("numpy")
    value = numpy.empty(len(node["v"]), dtype=object)
    decoder.keep(node, value)
    for at, item in enumerate(node["v"]):
        value[at] = decoder.decode(item)
    return decoder.keep(node, value.reshape(_shape(node)))


def _tensor(decoder: Reader, node: dict) -> Any:
    torch = importlib.import_module("torch")
    kind = getattr(torch, str(node["dtype"]))
    if not isinstance(kind, torch.dtype):
        raise ProtocolError("a dtype that is none")
    shape = _shape(node)
    if node.get("meta"):
        tensor = torch.empty(shape, dtype=kind, device="meta")
    else:
        data = _checked(decoder.data(node["b"]), shape, torch.empty((), dtype=kind).element_size())
        tensor = torch.frombuffer(data, dtype=kind) if data else torch.empty(0, dtype=kind)
        tensor = tensor.reshape(shape)
    if node.get("parameter"):
        tensor = torch.nn.Parameter(tensor, requires_grad=bool(node.get("grad")))
    elif node.get("grad"):
        tensor.requires_grad_()
        if not node.get("leaf"):
            decoder.grad_tensors.append(tensor)
    return decoder.keep(node, tensor)


def _column(decoder: Reader, node: dict) -> Any:
    """Return a pandas array of a column or of an index."""
    pandas = importlib.import_module("pandas")
    dtype = str(node["dtype"])
    if "v" in node:
        return pandas.Series(decoder.decode(node["v"])).astype(dtype).array
    items = [decoder.decode(item) for item in node["list"]]
    return pandas.Series(items, dtype=None if dtype == "category" else dtype).astype(dtype).array


def _index(decoder: Reader, node: dict) -> Any:
    pandas = importlib.import_module("pandas")
    if "range" in node:
        return pandas.RangeIndex(*node["range"], name=node["name"])
    if "rows" in node:
        rows = [decoder.decode(row) for row in node["rows"]]
        return pandas.MultiIndex.from_tuples(rows, names=node["names"])
    return pandas.Index(_column(decoder, node["values"]), name=node["name"])


def _frame(decoder: Reader, node: dict) -> Any:
    pandas = importlib.import_module("pandas")
    index = _index(decoder, node["index"])
    columns = {decoder.decode(name): _column(decoder, column) for name, column in node["columns"]}
    return pandas.DataFrame(columns, index=index)


def _series(decoder: Reader, node: dict) -> Any:
    pandas = importlib.import_module("pandas")
    index = _index(decoder, node["index"])
    return pandas.Series(
        _column(decoder, node["v"]), index=index, name=decoder.decode(node["name"])
    )


def _torch_name(decoder: Reader, node: dict) -> Any:
    torch = importlib.import_module("torch")
    value = getattr(torch, str(node["v"]))
    if not isinstance(value, torch.dtype):
        raise ProtocolError("a dtype that is none")
    return value


_READERS = {
    "array": _array,
    "scalar": _scalar,
    "objects": _objects,
    "dtype": lambda d, n: _dtype({"dtype": n["v"]}),
    "frame": _frame,
    "series": _series,
    "index": lambda d, n: _index(d, n["v"]),
    "timestamp": lambda d, n: importlib.import_module("pandas").Timestamp(str(n["v"])),
    "tensor": _tensor,
    "torchdtype": _torch_name,
    "device": lambda d, n: importlib.import_module("torch").device(str(n["v"])),
}
