"""numpy and pandas values as bytes with a dtype and a shape. Runs in the student's process."""

import sys
from typing import Any

from course_lib.grading.remote.ends import Writer


def encode_array(encoder: Writer, value: Any, depth: int) -> dict | None:
    """Return the node of a numpy or pandas value, None for any other."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, numpy.ndarray):
        return _array(encoder, value, depth)
    if isinstance(value, numpy.generic):
        if value.dtype.kind in "OV":
            return None
        data = numpy.asarray(value).tobytes()
        return {"t": "scalar", "dtype": value.dtype.str, "b": encoder.buffer(data)}
    if isinstance(value, numpy.dtype) and value.kind not in "OV":
        return {"t": "dtype", "v": value.str}
    pandas = sys.modules.get("pandas")
    return _table(encoder, pandas, value, depth) if pandas is not None else None


def _array(encoder: Writer, value: Any, depth: int) -> dict:
    import numpy

    number = encoder.remember(value)
    value = numpy.ndarray.view(value, numpy.ndarray)  # a subclass gains nothing
    shape = [int(n) for n in value.shape]
    if value.dtype.kind in "OV":
        items = [encoder.encode(item, depth + 1) for item in value.ravel().tolist()]
        return {"t": "objects", "n": number, "shape": shape, "v": items}
    data = numpy.ascontiguousarray(value)
    return {
        "t": "array",
        "n": number,
        "dtype": data.dtype.str,
        "shape": shape,
        "b": encoder.buffer(data.tobytes()),
    }


def _table(encoder: Writer, pandas: Any, value: Any, depth: int) -> dict | None:
    if isinstance(value, pandas.DataFrame):
        columns = [[encoder.encode(n, depth + 1), _column(encoder, value[n], depth)] for n in value]
        if not value.columns.is_unique or isinstance(value.columns, pandas.MultiIndex):
            return None
        return {"t": "frame", "columns": columns, "index": _index(encoder, value.index, depth)}
    if isinstance(value, pandas.Series):
        return {
            "t": "series",
            "name": encoder.encode(value.name, depth + 1),
            "v": _column(encoder, value, depth),
            "index": _index(encoder, value.index, depth),
        }
    if isinstance(value, pandas.Index):
        return {"t": "index", "v": _index(encoder, value, depth)}
    if isinstance(value, pandas.Timestamp):
        return {"t": "timestamp", "v": value.isoformat()}
    return None


def _column(encoder: Writer, series: Any, depth: int) -> dict:
    """Return values and dtype; what is no plain numpy array travels as a list."""
    array = series.to_numpy()
    if series.dtype.kind in "biufcmM" and array.dtype.kind in "biufcmM":
        return {"dtype": str(series.dtype), "v": _array(encoder, array, depth)}
    items = [None if _is_missing(x) else encoder.encode(x, depth + 1) for x in array.tolist()]
    return {"dtype": str(series.dtype), "list": items}


def _index(encoder: Writer, index: Any, depth: int) -> dict:
    import pandas

    if isinstance(index, pandas.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "name": _name(index)}
    if isinstance(index, pandas.MultiIndex):
        rows = [encoder.encode(tuple(row), depth + 1) for row in index]
        return {"rows": rows, "names": [None if n is None else str(n) for n in index.names]}
    return {"values": _column(encoder, index.to_series(), depth), "name": _name(index)}


def _name(index: Any) -> str | None:
    return None if index.name is None else str(index.name)


def _is_missing(value: Any) -> bool:
    return value is None or value is getattr(sys.modules.get("pandas"), "NA", None)
