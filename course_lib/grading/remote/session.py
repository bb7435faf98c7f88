"""The checker's end of the channel: ask the student's process for values.

Nothing that arrives is executed or unpickled. A request has a limit; a process that ends or does
not answer in time ends the test that asked.
"""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.remote import apply, beside, pack, randomness, walk
from course_lib.grading.remote.clock import Clock, Watch
from course_lib.grading.remote.decode import Decoder
from course_lib.grading.remote.references import References, number_of
from course_lib.grading.remote.wire import Channel, ChannelClosed, ProtocolError

SLICE = 0.2  # seconds between two looks at the clock
READING = ("lookup", "network", "gradients", "written")  # requests that change nothing over there


class StudentGone(BaseException):
    """The student's process has ended or was ended; no test may catch this as its own error."""


class OutOfTime(BaseException):
    """The test itself used all its processor time."""


class Session:
    """Requests and answers. `said` takes what the student's code prints meanwhile."""

    def __init__(
        self,
        channel: Channel,
        watch: Watch,
        limits: Limits,
        own_class: Callable[[str], type],
        declared: dict[str, set[str]],
    ) -> None:
        self.channel = channel
        self.watch = watch
        self.limits = limits
        self.references = References(self, own_class, declared)
        self.said: Callable[[dict], None] = lambda output: None
        self.gone = ""  # why the process is no more
        self.in_test = False  # only a running test's own functions may be called back
        self.interrupted = False  # whether a limit was reached since this was last set to False
        self.overdue = False  # the test's time is over, and a request has yet to be answered
        self.look: Callable[[], None] | None = None  # called before each call of a test
        self.epoch = 0  # grows with everything that may change something over there
        self._id = 0
        self._asking = False
        self._callbacks: list[Callable] = []
        self._random = randomness.States()

    # -- requests -------------------------------------------------------------------------------

    def start(
        self, files: dict[str, bytes], own_classes: list[str], environment: dict, seed: int
    ) -> None:
        """Prepare the process: its files, the names of the instructor's classes, its seed."""
        message = {"op": "start", "files": list(files), "own_classes": own_classes}
        message |= {"environment": environment, "seed": seed, "own_modules": sorted(beside.OWN)}
        self._run(message, list(files.values()))

    def run_cell(self, source: str, *, store: bool = True) -> int | None:
        """Run a cell of the student's; what it shows goes to `said`. Return its number."""
        reply = self._run({"op": "cell", "source": source, "store": store}, [])
        count = reply.get("count")
        return count if type(count) is int else None

    def _run(self, message: dict[str, Any], buffers: list[Any]) -> dict[str, Any]:
        """Ask for what cannot fail while the process is sound: it is of no use otherwise."""
        try:
            return self.request(message, buffers)[0]
        except Exception as error:
            self.give_up(f"the student's process is broken ({type(error).__name__}: {error})"[:300])
            raise

    def loaded(self) -> list[str]:
        """Return the modules that were loaded over there since the process began."""
        return [str(name) for name in self.request({"op": "loaded"})[0]["value"]]

    def written(self) -> tuple[dict[str, bytes], list[str], list[str]]:
        """Return the files that were written over there, what is gone, what was left out."""
        reply, buffers = self.request({"op": "written"})
        found = dict(zip(reply["written"], map(bytes, buffers), strict=True))
        return found, list(reply["gone"]), list(reply["left_out"])

    def import_module(self, name: str) -> tuple[Any, list[str]]:
        """Import a module of the student's over there; return its reference, its public names."""
        reply, buffers = self.request({"op": "import", "name": name})
        return self._value(reply, buffers, []), [str(one) for one in reply["names"]]

    def lookup(self, name: str) -> Any:
        """Return a variable of the student's.

        Raises: NameError when there is none.
        """
        reply, buffers = self.request({"op": "lookup", "name": name})
        if reply.get("missing"):
            raise NameError(f"name '{name}' is not defined", name=name)
        return self._value(reply, buffers, [])

    def attribute(self, handle: int, name: str) -> Any:
        """Return an attribute of an object over there."""
        return self._value(*self.request({"op": "attribute", "h": handle, "name": name}), [])

    def set_attribute(self, handle: int, name: str, value: Any) -> None:
        """Set an attribute of an object over there."""
        self.push()
        self.request({"op": "set", "h": handle, "name": name}, [self._pack(value)])

    def next_items(self, handle: int, n: int) -> tuple[list[Any], bool]:
        """Return up to n items of an iterator, and whether it has ended (then its return value)."""
        reply, buffers = self.request({"op": "next", "h": handle, "n": n})
        items = self._value(reply, buffers, [])
        if type(items) is not list:
            raise ProtocolError("items that are no list")
        return items, bool(reply.get("end"))

    def wait_for(self, handle: int) -> Any:
        """Run a coroutine to its end."""
        return self._value(*self.request({"op": "await", "h": handle}), [])

    def call(self, handle: int, args: tuple, kwargs: dict, method: str = "") -> Any:
        """Call an object over there; arguments that it changes are changed here too."""
        if self.look is not None:
            self.look()
        self.push()
        parts = walk.mutable_parts((args, kwargs), lambda value: number_of(value) is not None)
        met: list[Any] = []
        data = self._pack((args, kwargs), met)
        states, buffers = self._random.changed()
        message: dict[str, Any] = {"op": "call", "h": handle, "random": states}
        if method:
            message["method"] = method
        leaves = self._leaves(handle, parts, met)
        if leaves:
            message["leaves"] = [leaf for leaf, _ in leaves]
        reply, arrived = self.request(message, [data, *buffers])
        return self._value(reply, arrived, parts, [tensor for _, tensor in leaves])

    def gradients(self, call_id: int, arriving: list[Any]) -> list[Any]:
        """Return the gradients of an earlier call's inputs."""
        message = {"op": "gradients", "call": call_id}
        return self._value(*self.request(message, [self._pack(arriving)]), [])

    def request(
        self, message: dict[str, Any], buffers: list[Any] | None = None
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """Return the answer to a request.

        Raises: the student's own error, by its name; StudentGone; ProtocolError.
        """
        if self.gone:
            raise StudentGone(self.gone)
        self._id += 1
        own_id = message["id"] = self._id
        self.epoch += message["op"] not in READING
        try:
            self._asking = True
            self.channel.send(message, buffers or [])
            reply, arrived = self._answer(own_id)
        except ChannelClosed:
            self.give_up("the student's process ended", patient=True)
        except ProtocolError as error:
            self.give_up(f"the student's process sent {error}")
        finally:
            self._asking = False
        if self.overdue:
            raise OutOfTime
        if "error" in reply:
            raise self.references.error(reply["error"], Decoder(self.references, arrived, {}))
        return reply, arrived

    def end_test(self) -> None:
        """End the running test: now, or when the answer is here that it waits for.

        A question without its answer would leave the process out of step for the cells to come.
        Raises: OutOfTime.
        """
        self.overdue = True
        if not self._asking:
            raise OutOfTime

    # -- answers --------------------------------------------------------------------------------

    def _answer(self, own_id: int) -> tuple[dict[str, Any], list[memoryview]]:
        clock = Clock(self.watch, self.limits)
        while True:
            try:
                reply, buffers = self.channel.receive(SLICE)
            except TimeoutError:
                self._look_at(clock)
                continue
            if "classes" in reply:
                self.references.learn(reply["classes"])
            if "output" in reply:
                if isinstance(reply["output"], dict):
                    self.said(reply["output"])
                self._look_at(clock, SLICE)
            elif "callback" in reply:
                self._call_back(reply, buffers)
                self._look_at(clock, SLICE)
            elif reply.get("id") == own_id:
                return reply, buffers
            else:
                raise ProtocolError("an answer to no question")

    def _look_at(self, clock: Clock, every: float = 0.0) -> None:
        deaf = clock.tick(every)
        self.interrupted |= clock.over
        if deaf:
            self.give_up(deaf)

    def _call_back(self, reply: dict[str, Any], buffers: list[memoryview]) -> None:
        """Run a function of the test that the student's code calls."""
        number = reply["callback"]
        if type(number) is not int or not 0 <= number < len(self._callbacks):
            raise ProtocolError("a call of no function")
        args, kwargs = Decoder(self.references, buffers, {}).decode(reply["value"])
        try:
            if self.overdue or not self.in_test:
                raise RuntimeError("a function of a test was called when the test was over")
            self._asking = False
            answer, kind = self._callbacks[number](*args, **kwargs), "value"
        except OutOfTime:
            answer, kind = RuntimeError("the test ran out of time"), "error"
        except Exception as error:
            answer, kind = type(error)(*error.args), "error"
        finally:
            self._asking = True
        try:
            data = self._pack(answer)
        except TypeError as error:
            data, kind = self._pack(TypeError(str(error))), "error"
        self.channel.send({"return": kind}, [data])

    def _value(
        self,
        reply: dict[str, Any],
        buffers: list[memoryview],
        parts: list[Any],
        leaves: list[Any] | None = None,
    ) -> Any:
        decoder = Decoder(self.references, buffers, dict(enumerate(parts)))
        try:
            apply.changes(parts, reply.get("changed", []), decoder)
            value = decoder.decode(reply.get("value"))
        except (ProtocolError, KeyError, TypeError, ValueError) as error:
            # the frame was whole: the process is of use for the tests to come
            raise TypeError(f"the student's code gave {error}") from None
        if leaves and decoder.grad_tensors:
            from course_lib.grading.remote.gradients import attach

            ask = partial(self.gradients, reply["id"])
            return attach(ask, value, decoder.grad_tensors, leaves)
        return value

    def give_up(self, why: str, *, patient: bool = False) -> Any:
        """End the process. Raises: StudentGone."""
        self.gone = self.watch.kill(patient=patient) or why
        raise StudentGone(self.gone) from None

    # -- arguments ------------------------------------------------------------------------------

    def _pack(self, value: Any, met: list[Any] | None = None) -> bytes:
        def number(obj: Any) -> Any:
            found = number_of(obj) or self.references.parameter(obj)
            if found is not None and met is not None:
                met.append(obj)
            return found

        return pack.pack(value, number, self._register)

    def _register(self, function: Callable) -> int:
        self._callbacks.append(function)
        return len(self._callbacks) - 1

    def _leaves(self, handle: int, parts: list[Any], met: list[Any]) -> list[tuple[list, Any]]:
        """Return (description, tensor) of everything that a gradient could go back to."""
        torch = sys.modules.get("torch")
        if torch is None or not torch.is_grad_enabled():
            return []
        tensors = [
            (["part", number], part)
            for number, part in enumerate(parts)
            if isinstance(part, torch.Tensor) and part.requires_grad
        ]
        return tensors + self.references.parameters([handle, *met])

    def push(self) -> None:
        """Send what the test wrote into tensors of the student's networks."""
        written = self.references.written()
        if written:
            self.request({"op": "write"}, [self._pack(written)])
