"""Bring what a call changed back into the checker's own objects."""

from typing import TYPE_CHECKING, Any

from course_lib.grading.remote import walk
from course_lib.grading.remote.wire import ProtocolError

if TYPE_CHECKING:
    from course_lib.grading.remote.decode import Decoder


def changes(parts: list[Any], changed: Any, decoder: "Decoder") -> None:
    """Write the new contents into the arguments that the call changed."""
    if type(changed) is not list:
        raise ProtocolError("changes that are no list")
    new = []
    for number, node in changed:
        if type(number) is not int or not 0 <= number < len(parts) or type(node) is not dict:
            raise ProtocolError("a change of nothing")
        if node.get("t") == "state":
            new.append((parts[number], _network_parts(node, decoder), node))
        else:
            node = node | {"n": None}  # the number belongs to the checker's object
            new.append((parts[number], decoder.decode(node), node))
    for target, value, node in new:
        if walk.is_module(target):
            _change_network(target, value, node)
        else:
            _change(target, value)


def _change(target: Any, value: Any) -> None:
    if isinstance(target, list) and isinstance(value, list):
        target[:] = value
    elif isinstance(target, dict | set) and isinstance(value, dict | set):
        target.clear()
        target.update(value)
    elif isinstance(target, bytearray) and isinstance(value, bytes | bytearray):
        target[:] = value
    elif walk.is_array(target) and walk.is_array(value):
        _change_array(target, value)
    elif walk.is_tensor(target) and walk.is_tensor(value):
        _change_tensor(target, value)
    elif walk.is_own_instance(target) and type(value) is type(target):
        vars(target).clear()
        vars(target).update(vars(value))
    else:
        raise ProtocolError("a change of another kind than its argument")


def _change_array(target: Any, value: Any) -> None:
    if target.shape != value.shape:
        target.resize(value.shape, refcheck=False)
    target[...] = value


def _change_tensor(target: Any, value: Any) -> None:
    if target.device.type == "meta" or target.shape != value.shape or target.dtype != value.dtype:
        target.data = value.data
    else:
        target.data.copy_(value.data)
    if target.is_leaf and target.requires_grad != value.requires_grad:
        target.requires_grad_(value.requires_grad)


def _network_parts(node: dict, decoder: "Decoder") -> list[tuple[str, Any]]:
    return [(str(name), decoder.decode(part)) for name, part in node["parts"]]


def _change_network(target: Any, parts: list[tuple[str, Any]], node: dict) -> None:
    """Give a network the parts that it has now: its own ones, or others in their place."""
    import torch

    holders = {"p": target._parameters, "b": target._buffers, "c": target._modules}
    kinds = {"p": torch.nn.Parameter, "b": torch.Tensor, "c": torch.nn.Module}
    found: dict[str, dict[str, Any]] = {"p": {}, "b": {}, "c": {}}
    for full, part in parts:
        kind, _, name = full.partition(".")
        if kind not in kinds or not isinstance(part, kinds[kind]):
            raise ProtocolError("a part of a network that is none")
        found[kind][name] = part
    for kind, holder in holders.items():
        empty = [name for name, part in holder.items() if part is None]
        holder.clear()
        holder.update(found[kind] | {name: None for name in empty if name not in found[kind]})
    for name, value in node["attributes"]:
        if type(value) in (bool, int, float, str) and type(name) is str and name.isidentifier():
            if not name.startswith("_"):
                vars(target)[name] = value
