"""The ends of the channel as their parts see them: what writes values, what reads, what asks."""

from collections.abc import Callable
from typing import Any, Protocol


class Writer(Protocol):
    """What turns the student's values into nodes and buffers."""

    grad_tensors: list[Any]  # those that a gradient can go back through

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Return the node of a value."""

    def buffer(self, data: Any) -> int:
        """Add a buffer; return its place."""
        ...

    def remember(self, value: Any) -> int:
        """Return the number by which later nodes name a value."""
        ...


class ReferenceTable(Protocol):
    """What makes references to objects that stay in the student's process."""

    def reference(self, node: dict, decode: Callable[[Any], Any]) -> Any:
        """Return the reference of a handle."""

    def class_reference(self, node: dict) -> Any:
        """Return the local class that stands for a class over there."""

    @property
    def own_class(self) -> Callable[[str], type]:
        """Returns the instructor's class of a name."""
        ...


class Reader(Protocol):
    """What turns nodes and buffers into the checker's values."""

    grad_tensors: list[Any]  # those that a gradient can go back through

    def decode(self, node: Any) -> Any:
        """Return the value of a node."""

    def data(self, place: Any) -> memoryview:
        """Return a buffer of the frame."""
        ...

    def keep(self, node: dict, value: Any) -> Any:
        """Remember a value under its number: later nodes may mean the same object."""


class Questions(Protocol):
    """What a reference can ask of the student's process."""

    epoch: int  # grows with everything that may change something over there

    @property
    def references(self) -> ReferenceTable:
        """Returns what makes references of the answers."""
        ...

    def attribute(self, handle: int, name: str) -> Any:
        """Return an attribute of an object over there."""

    def set_attribute(self, handle: int, name: str, value: Any) -> None:
        """Set an attribute of an object over there."""

    def next_items(self, handle: int, n: int) -> tuple[list[Any], bool]:
        """Return up to n items of an iterator, and whether it has ended (then its return value)."""
        ...

    def wait_for(self, handle: int) -> Any:
        """Run a coroutine to its end."""

    def call(self, handle: int, args: tuple, kwargs: dict, method: str = "") -> Any:
        """Call an object over there."""

    def push(self) -> None:
        """Send what the test wrote into tensors of the student's networks."""

    def request(self, message: dict[str, Any]) -> tuple[dict[str, Any], list[memoryview]]:
        """Return the answer to a request."""
        ...
