"""Call the student's functions with the checker's arguments. Runs in the student's process."""

import io
import json
from collections.abc import Callable
from typing import Any

from course_lib.grading.remote import walk
from course_lib.grading.remote.encode import Encoder, Handles
from course_lib.grading.remote.encode_torch import bare_state
from course_lib.grading.remote.pack import Unpacker

KEPT_GRAPHS = 256


class Calls:
    """Arguments in, result out: with what the call changed, and the way back for gradients."""

    def __init__(
        self,
        handles: Handles,
        own_classes: set[str],
        namespace: dict[str, Any],
        callback: Callable[[int, tuple, dict], Any],
    ) -> None:
        self.handles = handles
        self.own_classes = own_classes
        self.namespace = namespace
        self.callback = callback
        self.graphs: dict[int, tuple[list[Any], list[Any]]] = {}

    def unpack(self, data: Any) -> tuple[Any, set[int]]:
        """Return what the checker packed, and the ids of the objects that live here."""
        resident: list[Any] = []

        def resolve(pid: tuple) -> Any:
            found = self._resolve(pid)
            resident.append(found)
            return found

        value = Unpacker(io.BytesIO(data), resolve).load()
        return value, {id(one) for one in resident}

    def _resolve(self, pid: tuple) -> Any:
        kind, *rest = pid
        if kind == "handle":
            return self.handles.objects[rest[0]]
        if kind == "class":
            return self.namespace[rest[0]]
        if kind == "module":
            import importlib

            return importlib.import_module(rest[0])
        if kind == "parameter":
            return dict(self.handles.objects[rest[0]].named_parameters())[rest[1]]
        if kind == "callback":
            return lambda *args, **kwargs: self.callback(rest[0], args, kwargs)
        raise ValueError(f"unknown kind {kind!r}")

    def call(
        self, function: Callable, data: Any, call_id: int, leaves: list | None, keep: bool = False
    ) -> tuple[dict[str, Any], list[Any]]:
        """Return (reply, buffers) of one call.

        keep: an instance that the call makes stays an object, even of a plain type's subclass.
        """
        (args, kwargs), resident = self.unpack(data)
        parts = walk.mutable_parts((args, kwargs), lambda value: id(value) in resident)
        memo = {id(part): number for number, part in enumerate(parts)}
        # subtle: what is looked at stays in `before`, so no other object can get its id meanwhile
        before = [self._contents(part, memo) for part in parts]
        result = function(*args, **kwargs)
        encoder = Encoder(self.handles, memo, self.own_classes)
        made = keep and type(result).__module__ == "__main__" and id(result) not in memo
        node = encoder.handle(result) if made else encoder.encode(result)
        if leaves is not None and encoder.grad_tensors:
            self._keep_graph(call_id, encoder.grad_tensors, leaves, parts)
        changed = [
            [number, _state(encoder, part)]
            for number, part in enumerate(parts)
            if self._contents(part, memo)[0] != before[number][0]
        ]
        return {"value": node, "changed": changed}, encoder.buffers

    def _contents(self, part: Any, memo: dict[int, int]) -> tuple[Any, Any]:
        """Return what is another once the part was changed, and what must stay alive for it."""
        if walk.is_module(part):
            inside = walk.module_parts(part)
            return ([(name, id(one)) for name, one in inside], json.dumps(attributes(part))), inside
        if walk.is_tensor(part) and (bare := bare_state(part)) is not None:
            return bare, None
        encoder = Encoder(self.handles, memo, self.own_classes)
        node = _state(encoder, part)
        return (json.dumps(node), b"".join(encoder.buffers)), None

    def _keep_graph(self, call_id: int, outputs: list, leaves: list, parts: list) -> None:
        found = []
        for kind, *rest in leaves:
            if kind == "part":
                found.append(parts[rest[0]])
            else:
                found.append(dict(self.handles.objects[rest[0]].named_parameters())[rest[1]])
        self.graphs[call_id] = outputs, found
        while len(self.graphs) > KEPT_GRAPHS:
            del self.graphs[next(iter(self.graphs))]

    def gradients(self, call_id: int, data: Any) -> tuple[dict[str, Any], list[Any]]:
        """Return the gradients of an earlier call's leaves, given those of its outputs."""
        import torch

        if call_id not in self.graphs:
            raise RuntimeError("the gradient of a call that is too long ago, or was asked twice")
        outputs, leaves = self.graphs[call_id]
        arriving, _ = self.unpack(data)
        pairs = [(o, g) for o, g in zip(outputs, arriving, strict=True) if g is not None]
        grads = torch.autograd.grad(
            [o for o, _ in pairs],
            leaves,
            [g for _, g in pairs],
            allow_unused=True,
            retain_graph=True,
        )
        encoder = Encoder(self.handles, {}, self.own_classes)
        return {"value": encoder.encode(list(grads)), "changed": []}, encoder.buffers


def _state(encoder: Encoder, part: Any) -> Any:
    return network_state(encoder, part) if walk.is_module(part) else encoder.contents(part)


def network_state(encoder: Encoder, network: Any) -> dict[str, Any]:
    """Return what a network is made of now; nothing in it is executable."""
    parts = [[name, encoder.encode(part)] for name, part in walk.module_parts(network)]
    return {"t": "state", "parts": parts, "attributes": attributes(network)}


def attributes(network: Any) -> list[list[Any]]:
    """Return the plain attributes of a network, such as its mode."""
    return [
        [name, value]
        for name, value in vars(network).items()
        if type(value) in (bool, int, float, str) and not name.startswith("_")
    ]
