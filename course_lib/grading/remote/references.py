"""What stands in the checker for the student's functions, classes and objects.

A reference answers questions with values. It has no opinion: comparing it with a plain value or
computing with it is refused, unless the instructor's own class of that name defines the operator.
"""

import contextlib
import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from course_lib.grading.remote import objects
from course_lib.grading.remote.decode import PLAIN_TYPES
from course_lib.grading.remote.ends import Questions
from course_lib.grading.remote.wire import ProtocolError

if TYPE_CHECKING:
    from course_lib.grading.remote.decode import Decoder


def number_of(value: Any) -> tuple[str, int] | None:
    """Return what names a value that lives over there; None for the checker's own."""
    cls = type(value)
    if isinstance(cls, objects.RemoteType):
        return ("handle", object.__getattribute__(value, "_remote"))
    if cls is objects.RemoteFunction or cls is objects.RemoteCoroutine:
        return ("handle", value._remote)
    if isinstance(value, objects.RemoteType):
        return ("handle", type.__getattribute__(value, "_remote_class"))
    return None


class References:
    """Every reference of one submission; the same object over there is the same object here."""

    def __init__(
        self,
        session: Questions,
        own_class: Callable[[str], type],
        declared: dict[str, set[str]],
    ) -> None:
        self.session = session
        self.own_class = own_class
        self.declared = declared  # special methods of the instructor's classes, by class name
        self._described: dict[int, dict] = {}  # classes over there, by number
        self._classes: dict[int, type] = {}
        self._objects: dict[int, Any] = {}
        self._networks: weakref.WeakSet[Any] = weakref.WeakSet()

    # -- classes --------------------------------------------------------------------------------

    def learn(self, news: Any) -> None:
        """Keep what a reply tells of classes; what stands for one is made when it is needed."""
        try:
            self._described |= {int(one["h"]): one for one in news}
        except (KeyError, TypeError, ValueError):
            raise ProtocolError("classes that are none") from None

    def class_reference(self, node: dict) -> Any:
        """Return the local class that stands for one over there."""
        if node.get("t") == "type":
            return PLAIN_TYPES.get(node["v"], object)
        if node.get("t") == "ownclass":
            return self.own_class(str(node["v"]))
        handle = int(node["h"])
        if handle in self._classes:
            return self._classes[handle]
        described = self._described[handle]
        trusted = _trusted_class(str(described.get("module")), str(described["name"]))
        made = trusted or self._make_class(handle, described)
        self._classes[handle] = made
        return made

    def _make_class(self, handle: int, node: dict) -> type:
        bases = [self.class_reference(base) for base in node["bases"]]
        name = str(node["name"])
        errors = [base for base in bases if issubclass(base, BaseException)]
        if errors:
            namespace = {"__module__": "__main__", "__getattr__": objects.ask_error}
            return type(name, tuple(errors), namespace | {"_session": self.session})
        namespace = {
            "_remote_class": handle,
            "_session": self.session,
            "__module__": "__main__",
            "__doc__": str(node.get("doc", "")) or None,
        }
        namespace |= objects.special_methods(
            [str(one) for one in node["special"]], self.declared.get(name, set())
        )
        if objects.signature(str(node.get("signature", ""))) is not None:
            namespace["__signature__"] = objects.signature(str(node["signature"]))
        if _is_network(bases):
            return _networks().make_class(name, bases, namespace)
        kept = tuple(base for base in bases if isinstance(base, objects.RemoteType))
        return objects.RemoteType(name, kept or (objects.RemoteObject,), namespace)

    # -- objects --------------------------------------------------------------------------------

    def reference(self, node: dict, decode: Callable[[Any], Any]) -> Any:
        """Return the reference of a handle."""
        handle = int(node["h"])
        if handle in self._objects:
            return self._objects[handle]
        made = self._make_reference(handle, node)
        self._objects[handle] = made
        return made

    def _make_reference(self, handle: int, node: dict) -> Any:
        kind = node.get("kind")
        if kind == "function":
            texts = (str(node.get(key, "")) for key in ("name", "doc", "signature"))
            return objects.RemoteFunction(self.session, handle, *texts, flags=node.get("flags", 0))
        if kind == "iterator":
            return objects.items(self.session, handle)
        if kind == "coroutine":
            return objects.RemoteCoroutine(self.session, handle)
        cls = self.class_reference(node["cls"])
        if kind == "error" and issubclass(cls, BaseException):
            return cls.__new__(cls)
        if isinstance(cls, objects.RemoteType):
            made = object.__new__(cls)
            object.__setattr__(made, "_remote", handle)
        elif kind == "network":
            made = _networks().make(self.session, handle, cls)
        else:  # an instance of a library's class: it stays there, whatever it is
            made = self._library_object(handle, cls)
        if kind == "network":
            _networks().prepare(made)
            self._networks.add(made)
        return made

    def _library_object(self, handle: int, cls: type) -> Any:
        made_class = objects.RemoteType(
            cls.__name__, (objects.RemoteObject,), {"_remote_class": 0, "_session": self.session}
        )
        made = object.__new__(made_class)
        object.__setattr__(made, "_remote", handle)
        return made

    # -- errors ---------------------------------------------------------------------------------

    def error(self, described: Any, decoder: "Decoder") -> BaseException:
        """Return an exception of the same name as the one that the student's code raised."""
        if type(described) is not dict:
            raise ProtocolError("an error that is none")
        text = str(described.get("text", ""))
        cls = decoder.decode(described.get("cls"))
        name = getattr(cls, "__name__", "Error")
        if not (isinstance(cls, type) and issubclass(cls, BaseException)):
            return RuntimeError(f"{name}: {text}")
        if issubclass(cls, StopIteration | StopAsyncIteration) or not issubclass(
            cls, Exception | SystemExit
        ):
            # raised here, these would end a loop of the test in silence, or the checker
            return RuntimeError(f"the student's code raised {name}: {text}")
        error = cls.__new__(cls)
        if cls.__module__ == "__main__" and type(described.get("h")) is int:
            error.__dict__["_remote"] = described["h"]
        try:
            args = decoder.decode(described.get("args"))
            state = decoder.decode(described.get("state"))
        except ProtocolError:
            args = state = None
        for key, value in state.items() if type(state) is dict else ():
            if type(key) is str and key.isidentifier() and not key.startswith("_"):
                with contextlib.suppress(AttributeError, TypeError):
                    setattr(error, key, value)
        error.args = tuple(args) if isinstance(args, list) else (text,)
        try:
            readable = str(error)
        except Exception:
            readable = ""
        if readable != text:
            error.args = (text,)
        return error

    # -- networks -------------------------------------------------------------------------------

    def parameter(self, value: Any) -> tuple | None:
        """Return what names a parameter of a student's network."""
        if not self._networks or type(value).__name__ not in ("Parameter", "Tensor"):
            return None
        return _networks().owner(value)

    def parameters(self, met: list[Any]) -> list[tuple[list, Any]]:
        """Return (description, tensor) of the trainable numbers of the networks among `met`."""
        if not self._networks:
            return []
        return _networks().leaves([self._objects.get(m) if type(m) is int else m for m in met])

    def written(self) -> list[Any]:
        """Return what the test wrote into networks since they were last looked at."""
        return [w for net in list(self._networks) for w in _networks().written(net)]


def _networks() -> Any:
    from course_lib.grading.remote import networks

    return networks


def _is_network(bases: list[Any]) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and any(issubclass(base, torch.nn.Module) for base in bases)


def _trusted_class(module: str, name: str) -> type | None:
    """Return the checker's own class: of networks in torch.nn, and of errors."""
    known = sys.modules.get(module) if module != "__main__" else None
    found = vars(known).get(name) if known is not None else None  # nothing that asks for more
    if not isinstance(found, type):
        return None
    if issubclass(found, BaseException):
        return found
    torch = sys.modules.get("torch")
    inside = module.split(".")[0] in ("torch", "torchvision", "course_lib")
    return found if torch is not None and inside and issubclass(found, torch.nn.Module) else None
