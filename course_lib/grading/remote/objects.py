"""References to the student's functions, iterators and instances."""

import ast
import inspect
import types
from collections.abc import Callable, Iterator
from typing import Any

from course_lib.grading.remote.ends import Questions

MOST_ITEMS = 1_000_000
FIRST_ITEMS = 1  # then twice as many each time: a test may look at one item of an endless iterator

# what only leads to values, never to a verdict about another value
HARMLESS = {
    "__len__", "__iter__", "__next__", "__getitem__", "__setitem__", "__delitem__", "__call__",
    "__str__", "__repr__", "__format__", "__float__", "__int__", "__index__", "__complex__",
    "__bool__", "__enter__", "__exit__", "__reversed__", "__abs__", "__neg__", "__pos__",
    "__invert__", "__round__", "__bytes__", "__array__",
}  # fmt: skip
ORDER = {"__lt__", "__le__", "__gt__", "__ge__"}
LOCAL = {"__init__", "__new__", "__getattribute__", "__getattr__", "__setattr__", "__delattr__",
         "__class_getitem__", "__init_subclass__", "__class__", "__reduce__", "__reduce_ex__",
         "__del__", "__dir__", "__subclasshook__", "__getstate__", "__setstate__", "__sizeof__",
         "__set_name__", "__prepare__", "__instancecheck__", "__subclasscheck__"}  # fmt: skip


class RemoteType(type):
    """A class whose instances live in the student's process."""

    _remote_class: int
    _session: Questions

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make an instance over there."""
        return cls._session.call(cls._remote_class, args, kwargs)

    def __getattr__(cls, name: str) -> Any:
        """Return an attribute of the class over there."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return cls._session.attribute(type.__getattribute__(cls, "_remote_class"), name)


class RemoteObject:
    """An instance of a class of the student's."""

    _remote: int
    _session: Questions

    def __getattr__(self, name: str) -> Any:
        """Return an attribute over there."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._session.attribute(object.__getattribute__(self, "_remote"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute over there."""
        self._session.set_attribute(object.__getattribute__(self, "_remote"), name, value)

    def __repr__(self) -> str:
        """Name the class; where the student wrote a __repr__, that one is asked."""
        return f"<an instance of {type(self).__name__}>"


class RemoteFunction:
    """A function, method or other callable of the student's."""

    def __init__(
        self,
        session: Questions,
        handle: int,
        name: str,
        doc: str,
        signature_text: str,
        flags: Any = 0,
    ) -> None:
        self._session = session
        self._remote = handle
        self.__name__ = self.__qualname__ = name
        self.__doc__ = doc or None
        self.__module__ = "__main__"
        # enough for inspect to say whether it is a generator's or async; no code, no source
        flags = flags if type(flags) is int else 0
        self.__code__ = types.SimpleNamespace(co_flags=flags, co_name=name)
        found = signature(signature_text)
        if found is not None:
            self.__signature__ = found

    @property
    def __class__(self) -> type:  # type: ignore[override]
        """Look like a function to isinstance; there is no code to look into."""
        return types.FunctionType

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it over there."""
        return self._session.call(self._remote, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute over there, such as a counter that a decorator keeps."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._session.attribute(self._remote, name)

    def __repr__(self) -> str:
        """Name the function."""
        return f"<function {self.__name__}>"


class RemoteCoroutine:
    """What an async function returned."""

    def __init__(self, session: Questions, handle: int) -> None:
        self._session = session
        self._remote = handle

    def __await__(self) -> Any:
        """Run it over there."""
        return self._session.wait_for(self._remote)
        yield  # makes this a generator, as await wants it


def ask_error(error: BaseException, name: str) -> Any:
    """Return an attribute of a student's exception, such as a property, from over there."""
    handle = error.__dict__.get("_remote")
    if handle is None or name.startswith("_"):
        raise AttributeError(name)
    return type(error)._session.attribute(handle, name)  # type: ignore[attr-defined]


def items(session: Questions, handle: int) -> Iterator[Any]:
    """Yield the items of an iterator over there, to a bound."""
    n, total = FIRST_ITEMS, 0
    while True:
        found, end = session.next_items(handle, n)
        if end:
            last = found.pop()
            yield from found
            return last
        yield from found
        total += len(found)
        if total > MOST_ITEMS:
            raise RuntimeError(f"an iterator of more than {MOST_ITEMS:,} items")
        n = min(2 * n, 256)


def special_methods(names: list[str], declared: set[str]) -> dict[str, Callable]:
    """Return the special methods that a reference hands on."""
    if declared & ORDER:
        declared = declared | ORDER  # Python takes a > b for b < a
    made = {
        name: _hand_on(name)
        for name in names
        if name in HARMLESS or (name in declared and name not in LOCAL)
    }
    if "__exit__" in made:
        made["__exit__"] = _exit
    if "__eq__" in made:
        made.setdefault(
            "__hash__", _hand_on("__hash__") if "__hash__" in names else object.__hash__
        )
    return made


def _hand_on(name: str) -> Callable:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._session.call(object.__getattribute__(self, "_remote"), args, kwargs, name)

    method.__name__ = name
    return method


def _exit(self: Any, kind: Any, error: Any, traceback: Any) -> bool:
    """Leave a context of the student's; a failed assertion is never swallowed by it."""
    handle = object.__getattribute__(self, "_remote")
    swallow = self._session.call(handle, (kind, error, None), {}, "__exit__")
    return swallow is True and not issubclass(kind or Exception, AssertionError)


def signature(text: str) -> inspect.Signature | None:
    """Return a signature from its text; defaults only where they are literals."""
    if not text.startswith("(") or len(text) > 2_000:
        return None
    try:
        tree = ast.parse(f"def f{text}: pass").body[0]
    except (SyntaxError, ValueError, RecursionError):
        return None
    if not isinstance(tree, ast.FunctionDef):
        return None
    a, kinds = tree.args, inspect.Parameter
    plain = [(arg, kinds.POSITIONAL_ONLY) for arg in a.posonlyargs]
    plain += [(arg, kinds.POSITIONAL_OR_KEYWORD) for arg in a.args]
    defaults = [None] * (len(plain) - len(a.defaults)) + list(a.defaults)
    found = [_parameter(arg, kind, d) for (arg, kind), d in zip(plain, defaults, strict=True)]
    if a.vararg:
        found.append(_parameter(a.vararg, kinds.VAR_POSITIONAL, None))
    pairs = zip(a.kwonlyargs, a.kw_defaults, strict=True)
    found += [_parameter(arg, kinds.KEYWORD_ONLY, d) for arg, d in pairs]
    if a.kwarg:
        found.append(_parameter(a.kwarg, kinds.VAR_KEYWORD, None))
    try:
        return inspect.Signature(found)
    except ValueError:
        return None


def _parameter(arg: ast.arg, kind: Any, default: ast.expr | None) -> inspect.Parameter:
    value: Any = inspect.Parameter.empty
    if default is not None:
        try:
            value = ast.literal_eval(default)
        except ValueError:
            value = ast.unparse(default)
    note = inspect.Parameter.empty if arg.annotation is None else ast.unparse(arg.annotation)
    return inspect.Parameter(arg.arg, kind, default=value, annotation=note)
