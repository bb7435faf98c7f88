"""Answer the checker's requests, one at a time. Runs in the student's process.

Whatever this process says may be a lie: the student's code lives in it. It is asked for values and
never for verdicts.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from course_lib.grading.remote import beside, calls, entropy, randomness
from course_lib.grading.remote.beside import Beside
from course_lib.grading.remote.encode import Encoder, Handles
from course_lib.grading.remote.folder import Folder
from course_lib.grading.remote.shell import Shell, install_streams
from course_lib.grading.remote.wire import Channel, ChannelClosed, ProtocolError

CHUNK = 256  # items of an iterator in one reply


class Service:
    """The student's side of the channel."""

    def __init__(self, channel: Channel, shell: Shell) -> None:
        self.channel = channel
        self.shell = shell
        self.handles = Handles()
        self.own_classes: set[str] = set()
        self.calls = calls.Calls(self.handles, self.own_classes, shell.user_ns, self._callback)
        self.busy = False
        self.streams = install_streams(self._output)
        shell.send = self._shown  # type: ignore[method-assign]
        signal.signal(signal.SIGINT, self._interrupted)
        # a fork of the student's has no say: only one process answers
        os.register_at_fork(after_in_child=channel.close)

    def serve(self) -> None:
        """Answer until the checker closes the channel."""
        while True:
            try:
                message, buffers = self.channel.receive()
                if "op" in message:  # else what an interrupted call no longer waits for
                    self._answer(message, buffers)
            except ChannelClosed:
                return

    def _interrupted(self, signum: int, frame: Any) -> None:
        if self.busy:
            raise KeyboardInterrupt("interrupted: the time for this is over")

    def _output(self, output: dict[str, Any]) -> None:
        if self.channel.fileno() >= 0:
            self.channel.send({"output": output})

    def _shown(self, output: dict[str, Any]) -> None:
        for stream in self.streams:
            stream.flush()
        self._output(output)

    def _answer(self, message: dict[str, Any], buffers: list[memoryview]) -> None:
        try:
            self.busy = True
            try:
                reply, parts = self._operations[message["op"]](self, message, buffers)
            finally:
                self.busy = False
                for stream in self.streams:
                    stream.flush()
        except ChannelClosed:
            raise
        except BaseException as error:
            reply, parts = self._error(error)
        own_id = {"id": message.get("id")}
        try:
            self._send(reply | own_id, parts)
        except (ProtocolError, TypeError, ValueError) as error:  # too large, or of no known form
            reply, parts = self._error(ValueError(str(error)))
            self._send(reply | own_id, parts)

    def _send(self, message: dict[str, Any], parts: list[Any]) -> None:
        """Send a reply, and what it tells of classes."""
        news = self.handles.news
        self.channel.send(message | ({"classes": news} if news else {}), parts)
        self.handles.news = []

    def _error(self, error: BaseException) -> tuple[dict[str, Any], list[Any]]:
        encoder = Encoder(self.handles, {}, self.own_classes)
        try:
            said = str(error)
        except BaseException:
            said = "<the error has no readable message>"
        described: dict[str, Any] = {"text": said[:20_000], "args": None}
        try:
            described["cls"] = encoder.class_node(type(error))
            described["h"] = self.handles.number(error)
            described["args"] = encoder.encode(list(error.args)[:10])
            described["state"] = encoder.encode(
                {name: value for name, value in vars(error).items() if not name.startswith("_")}
            )
        except BaseException:
            described["cls"] = {"t": "type", "v": "object"}
        return {"error": described}, encoder.buffers

    def _value(self, value: Any) -> tuple[dict[str, Any], list[Any]]:
        encoder = Encoder(self.handles, {}, self.own_classes)
        return {"value": encoder.encode(value), "changed": []}, encoder.buffers

    def _start(self, message: dict, buffers: list) -> tuple[dict, list]:
        self.own_classes.update(message["own_classes"])
        beside.OWN.update(message["own_modules"])
        self.folder = Folder(dict(zip(message["files"], map(bytes, buffers), strict=True)))
        self.beside = Beside()
        os.environ.update(message["environment"])
        self.fixed = entropy.fixed(message["seed"])
        self.fixed.__enter__()
        randomness.seed_all(message["seed"])
        return {"value": os.getpid()}, []

    def _cell(self, message: dict, buffers: list) -> tuple[dict, list]:
        if not _can_write(sys.stdout) or not _can_write(sys.stderr):
            sys.stdout, sys.stderr = self.streams  # an earlier cell broke them
        self.beside.look(self.shell.user_ns)
        self.shell.gives_points = not message["store"]
        result = self.shell.run_cell(message["source"], store_history=message["store"])
        for stream in self.streams:
            stream.flush()
        return {"value": result.success, "count": self.shell.execution_count - 1}, []

    def _loaded(self, message: dict, buffers: list) -> tuple[dict, list]:
        found = (sys.modules.get(name) for name in set(sys.modules) - beside.LOADED)
        return {"value": sorted(m.__name__ for m in found if m and not self.beside.holds(m))}, []

    def _written(self, message: dict, buffers: list) -> tuple[dict, list]:
        found, gone, left_out = self.folder.written()
        paths = {"written": list(found), "gone": gone, "left_out": left_out}
        return paths, list(found.values())

    def _lookup(self, message: dict, buffers: list) -> tuple[dict, list]:
        name = message["name"]
        if name not in self.shell.user_ns:
            return {"missing": True}, []
        return self._value(self.shell.user_ns[name])

    def _import(self, message: dict, buffers: list) -> tuple[dict, list]:
        module = importlib.import_module(message["name"])
        names = [name for name in vars(module) if not name.startswith("_")]
        encoder = Encoder(self.handles, {}, self.own_classes)
        reply = {"value": encoder.handle(module), "changed": []}
        return reply | {"names": list(getattr(module, "__all__", names))}, encoder.buffers

    def _call(self, message: dict, buffers: list) -> tuple[dict, list]:
        target = self.handles.objects[message["h"]]
        randomness.restore(message.get("random"), buffers[1:])
        if message.get("method"):
            target = _method(target, message["method"])
        return self.calls.call(
            target,
            buffers[0],
            message["id"],
            message.get("leaves"),
            keep=isinstance(target, type),
        )

    def _attribute(self, message: dict, buffers: list) -> tuple[dict, list]:
        return self._value(getattr(self.handles.objects[message["h"]], message["name"]))

    def _set_attribute(self, message: dict, buffers: list) -> tuple[dict, list]:
        value, _ = self.calls.unpack(buffers[0])
        setattr(self.handles.objects[message["h"]], message["name"], value)
        return {"value": None}, []

    def _next(self, message: dict, buffers: list) -> tuple[dict, list]:
        iterator = self.handles.objects[message["h"]]
        items, end = [], False
        for _ in range(min(message["n"], CHUNK)):
            try:
                items.append(next(iterator))
            except StopIteration as stop:
                end = True
                items.append(stop.value)
                break
        reply, parts = self._value(items)
        return reply | {"end": end}, parts

    def _network(self, message: dict, buffers: list) -> tuple[dict, list]:
        encoder = Encoder(self.handles, {}, self.own_classes)
        network = self.handles.objects[message["h"]]
        state = calls.network_state(encoder, network)
        gradients = [
            [name, encoder.encode(parameter.grad)]
            for name, parameter in network._parameters.items()
            if parameter is not None and parameter.grad is not None
        ]
        return {"value": None, "state": state, "gradients": gradients}, encoder.buffers

    def _write_tensors(self, message: dict, buffers: list) -> tuple[dict, list]:
        import torch

        values, _ = self.calls.unpack(buffers[0])
        with torch.no_grad():
            for handle, tensors, gradients in values:
                network = self.handles.objects[handle]
                for name, value in tensors.items():
                    where = network._parameters if name in network._parameters else None
                    target = (where or network._buffers)[name]
                    target.data = value.data.clone()
                    target.requires_grad_(value.requires_grad)
                for name, value in gradients.items():
                    network._parameters[name].grad = value
        return {"value": None}, []

    def _gradients(self, message: dict, buffers: list) -> tuple[dict, list]:
        return self.calls.gradients(message["call"], buffers[0])

    def _forget(self, message: dict, buffers: list) -> tuple[dict, list]:
        for name in message["names"]:
            self.shell.user_ns.pop(name, None)
        return {"value": None}, []

    def _callback(self, number: int, args: tuple, kwargs: dict) -> Any:
        """Ask the checker to call one of its own functions; answer it meanwhile."""
        encoder = Encoder(self.handles, {}, self.own_classes)
        node = encoder.encode([list(args), kwargs])
        self._send({"callback": number, "value": node}, encoder.buffers)
        while True:
            message, buffers = self.channel.receive()
            if "return" not in message:
                self._answer(message, buffers)
                self.busy = True
                continue
            value, _ = self.calls.unpack(buffers[0])
            if message["return"] == "error":
                raise value
            return value

    def _await(self, message: dict, buffers: list) -> tuple[dict, list]:
        import asyncio

        return self._value(asyncio.run(self.handles.objects[message["h"]]))

    _operations: ClassVar[dict[str, Callable[["Service", dict, list], tuple[dict, list]]]] = {
        "start": _start,
        "cell": _cell,
        "lookup": _lookup,
        "import": _import,
        "written": _written,
        "loaded": _loaded,
        "call": _call,
        "attribute": _attribute,
        "set": _set_attribute,
        "next": _next,
        "await": _await,
        "network": _network,
        "write": _write_tensors,
        "gradients": _gradients,
        "forget": _forget,
    }


def _can_write(stream: Any) -> bool:
    try:
        return callable(stream.write) and callable(stream.flush)
    except BaseException:
        return False


def _method(target: Any, name: str) -> Callable:
    """Return a bound method; special ones are looked up on the class, as Python does."""
    if name.startswith("__") and name.endswith("__") and not isinstance(target, type):
        return getattr(type(target), name).__get__(target)
    return getattr(target, name)
