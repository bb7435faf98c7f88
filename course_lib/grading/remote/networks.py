"""References to networks: torch.nn.Module here, layers and parameters over there.

The parameters here are copies that are brought up to date when they are looked at, and sent back
before the next call when the test wrote into them.
"""

from typing import Any

import torch
from torch import nn

from course_lib.grading.remote import objects
from course_lib.grading.remote.ends import Questions

# methods that change the network: they run over there, and the reference returns itself
OVER_THERE = (
    "train", "eval", "requires_grad_", "zero_grad", "to", "float", "double", "half", "bfloat16",
    "cpu", "load_state_dict", "reset_parameters", "register_buffer", "register_parameter",
    "add_module", "register_module", "append", "extend", "insert", "pop",
)  # fmt: skip
_OWNERS: dict[int, tuple[Any, str]] = {}  # id of a local parameter -> (network, its name)


class _Parts:
    """Look up `_parameters`, `_buffers` or `_modules` where they are: over there."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __get__(self, network: Any, owner: Any = None) -> Any:
        return self if network is None else up_to_date(network)[self.kind]

    def __set__(self, network: Any, value: Any) -> None:
        """Ignore what nn.Module.__init__ wants to set."""


class _Training:
    def __get__(self, network: Any, owner: Any = None) -> Any:
        if network is None:
            return self
        return network._session.attribute(network.__dict__["_remote"], "training")

    def __set__(self, network: Any, value: Any) -> None:
        if network.__dict__.get("_ready"):
            network._session.set_attribute(network.__dict__["_remote"], "training", value)


class RemoteNetwork(nn.Module):
    """A network of the student's."""

    _parameters = _Parts("p")  # type: ignore[assignment]
    _buffers = _Parts("b")  # type: ignore[assignment]
    _modules = _Parts("c")  # type: ignore[assignment]
    training = _Training()  # type: ignore[assignment]
    _session: Questions

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the network over there."""
        return self._session.call(self.__dict__["_remote"], args, kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run its forward method over there."""
        return self._session.call(self.__dict__["_remote"], args, kwargs, "forward")

    def __getattr__(self, name: str) -> Any:
        """Return a part, or any other attribute, of the network over there."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        parts = up_to_date(self)
        for kind in ("p", "b", "c"):
            if name in parts[kind]:
                return parts[kind][name]
        return self._session.attribute(self.__dict__["_remote"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute over there."""
        if not self.__dict__.get("_ready"):
            object.__setattr__(self, name, value)
        else:
            self._session.set_attribute(self.__dict__["_remote"], name, value)


def _over_there(name: str) -> Any:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._session.call(self.__dict__["_remote"], args, kwargs, name)

    method.__name__ = name
    method.__doc__ = f"Call `{name}` of the network over there."
    return method


for _name in OVER_THERE:
    if hasattr(nn.Module, _name):
        setattr(RemoteNetwork, _name, _over_there(_name))


class RemoteNetworkType(objects.RemoteType):
    """A class of networks over there."""


def make_class(name: str, bases: list[Any], namespace: dict[str, Any]) -> Any:
    """Return the local class of a student's class of networks."""
    kept = [base for base in bases if isinstance(base, objects.RemoteType)]
    trusted = [
        base
        for base in bases
        if not isinstance(base, objects.RemoteType) and issubclass(base, nn.Module)
    ]
    first = [] if any(issubclass(base, RemoteNetwork) for base in kept) else [RemoteNetwork]
    trusted = [base for base in trusted if not (base is nn.Module and (first or kept))]
    special = {k: v for k, v in namespace.items() if k not in ("__call__", "__repr__", "__str__")}
    return RemoteNetworkType(name, tuple(first + kept + trusted), special)


def make(session: Questions, handle: int, cls: type) -> Any:
    """Return the reference of a network of a library's class, such as a Linear in the student's."""
    namespace = {"_remote_class": 0, "_session": session, "__module__": cls.__module__}
    made_class = make_class(cls.__name__, [cls], namespace)
    made = object.__new__(made_class)
    object.__setattr__(made, "_remote", handle)
    return made


def prepare(network: Any) -> None:
    """Give a reference what nn.Module expects of an instance."""
    network.__dict__["_epoch"] = -1
    network.__dict__["_parts"] = {"p": {}, "b": {}, "c": {}}
    network.__dict__["_seen"] = {}
    nn.Module.__init__(network)
    network.__dict__["_ready"] = True


def up_to_date(network: Any) -> dict[str, dict[str, Any]]:
    """Return the parts of a network as they are over there now."""
    from course_lib.grading.remote.decode import Decoder
    from course_lib.grading.remote.wire import ProtocolError

    own = network.__dict__
    session = own.get("_session") or type(network)._session
    if not own.get("_ready") or own["_epoch"] == session.epoch:
        return own["_parts"]
    session.push()
    reply, buffers = session.request({"op": "network", "h": own["_remote"]})
    decoder = Decoder(session.references, buffers, {})
    found: dict[str, dict[str, Any]] = {"p": {}, "b": {}, "c": {}}
    try:
        for full, node in reply["state"]["parts"]:
            kind, _, name = str(full).partition(".")
            found[kind][name] = decoder.decode(node)
        gradients = {str(name): decoder.decode(node) for name, node in reply["gradients"]}
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"a network that is none ({error})") from None
    _update(network, found, gradients)
    own["_epoch"] = session.epoch
    return own["_parts"]


def _update(network: Any, found: dict[str, dict[str, Any]], gradients: dict[str, Any]) -> None:
    """Write new numbers into the tensors that the test may already hold."""
    own = network.__dict__
    seen = own["_seen"]
    for kind in ("p", "b"):
        parts = own["_parts"][kind]
        for name, new in found[kind].items():
            old = parts.get(name)
            if old is not None and old.shape == new.shape and old.dtype == new.dtype:
                if not _equal(old, new):
                    old.data.copy_(new.data)
                if old.is_leaf:
                    old.requires_grad_(new.requires_grad)
                found[kind][name] = new = old
            if kind == "p":
                _OWNERS[id(new)] = (network, name)
                new.grad = gradients.get(name)
            seen[name] = _copy(new)
        parts.clear()
        parts.update(found[kind])
    own["_parts"]["c"].clear()
    own["_parts"]["c"].update(found["c"])


def _copy(tensor: Any) -> tuple[Any, Any, bool]:
    gradient = None if tensor.grad is None else tensor.grad.clone()
    return tensor.detach().clone(), gradient, tensor.requires_grad


def _equal(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    with torch.no_grad():
        a, b = a.detach(), b.detach()
        # a number that is none is equal to itself here
        return torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all())


def written(network: Any) -> list[Any]:
    """Return [handle, tensors, gradients] where the test wrote into a network's copies."""
    own = network.__dict__
    if not own["_parts"]["p"] and not own["_parts"]["b"]:
        return []
    tensors, gradients = {}, {}
    for name, tensor in (own["_parts"]["p"] | own["_parts"]["b"]).items():
        value, gradient, trainable = own["_seen"][name]
        if not _equal(tensor, value) or tensor.requires_grad != trainable:
            tensors[name] = tensor.detach().requires_grad_(tensor.requires_grad)
        if name in own["_parts"]["p"] and not _equal(tensor.grad, gradient):
            gradients[name] = tensor.grad
        if name in tensors or name in gradients:
            own["_seen"][name] = _copy(tensor)
    return [(own["_remote"], tensors, gradients)] if tensors or gradients else []


def owner(value: Any) -> tuple | None:
    """Return what names a parameter over there, given its copy here."""
    network, name = _OWNERS.get(id(value), (None, ""))
    if network is None or network.__dict__["_parts"]["p"].get(name) is not value:
        return None
    return ("parameter", network.__dict__["_remote"], name)


def leaves(met: list[Any]) -> list[tuple[list, Any]]:
    """Return (description, tensor) of every trainable parameter of the networks among `met`."""
    found, taken = [], set()
    for one in met:
        if not isinstance(one, RemoteNetwork):
            continue
        for network in one.modules():
            if not isinstance(network, RemoteNetwork):
                continue
            for name, parameter in network._parameters.items():
                if parameter is not None and parameter.requires_grad and id(parameter) not in taken:
                    taken.add(id(parameter))
                    found.append((["parameter", network.__dict__["_remote"], name], parameter))
    return found
