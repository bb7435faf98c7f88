"""Frames over a socket: a JSON message and raw buffers behind it. Nothing in them is executable.

A frame is two lengths (JSON, all buffers; big-endian 32 and 64 bits), the JSON, the buffers. The
JSON's key "buffers" holds the length of each buffer.
"""

import json
import select
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

HEADER = struct.Struct(">IQ")
LARGEST = 256 << 20  # bytes of one frame
PIECE = 1 << 16  # bytes that are read at once
LARGEST_TEXT = 32 << 20  # bytes of its JSON


class ProtocolError(Exception):
    """Bytes that are no frame of ours."""


class ChannelClosed(Exception):  # noqa: N818  (it is an end, not always an error)
    """The other side is gone."""


class Channel:
    """One end of a socket that carries frames."""

    def __init__(self, sock: socket.socket, largest: int = LARGEST) -> None:
        self.sock = sock
        self.largest = largest
        self._have = bytearray()
        # subtle: one buffer for all; a large piece of memory taken and given back for each message
        # makes malloc tidy its whole heap up, which costs a fork a millisecond of page faults
        self._space = memoryview(bytearray(PIECE))

    def fileno(self) -> int:
        """Return the descriptor, for select."""
        return self.sock.fileno()

    def close(self) -> None:
        """Close this end."""
        self.sock.close()

    def send(self, message: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Send a frame; blocks while the other side does not read.

        Raises: ChannelClosed when it is gone, ProtocolError for a frame that is too large.
        """
        views = [memoryview(buffer).cast("B") for buffer in buffers]
        if views:
            message = message | {"buffers": [len(view) for view in views]}
        text = json.dumps(message).encode()
        head = HEADER.pack(len(text), sum(map(len, views))) + text
        self._check(len(text), sum(map(len, views)))
        try:
            self.sock.sendall(head)
            for view in views:
                self.sock.sendall(view)
        except OSError as error:
            raise ChannelClosed(str(error)) from None

    def receive(self, timeout: float | None = None) -> tuple[dict[str, Any], list[memoryview]]:
        """Return the next frame. After a TimeoutError the call can be repeated: nothing is lost.

        Raises: TimeoutError, ChannelClosed, ProtocolError.
        """
        end = None if timeout is None else time.monotonic() + timeout
        self._fill(HEADER.size, end)
        n_text, n_buffers = HEADER.unpack_from(self._have)
        self._check(n_text, n_buffers)
        total = HEADER.size + n_text + n_buffers
        self._fill(total, end)
        frame = memoryview(bytes(self._have[HEADER.size : total]))
        del self._have[:total]
        try:
            message = json.loads(bytes(frame[:n_text]))
        except (ValueError, RecursionError) as error:
            raise ProtocolError(f"a message that is no JSON: {type(error).__name__}") from None
        if not isinstance(message, dict):
            raise ProtocolError("a message that is no object")
        return message, _split(frame[n_text:], message.get("buffers", []))

    def _check(self, n_text: int, n_buffers: int) -> None:
        if n_text > LARGEST_TEXT or n_text + n_buffers > self.largest:
            raise ProtocolError(f"a value of {n_text + n_buffers:,} bytes; that is too large")

    def _fill(self, wanted: int, end: float | None) -> None:
        while len(self._have) < wanted:
            if end is not None:
                left = max(0.0, end - time.monotonic())
                if not select.select([self.sock], [], [], left)[0]:
                    raise TimeoutError
            try:
                n = self.sock.recv_into(self._space)
            except OSError as error:
                raise ChannelClosed(str(error)) from None
            if not n:
                raise ChannelClosed("the other side closed the channel")
            self._have += self._space[:n]


def _split(data: memoryview, lengths: Any) -> list[memoryview]:
    if not isinstance(lengths, list) or not all(isinstance(n, int) and n >= 0 for n in lengths):
        raise ProtocolError("buffer lengths that are no numbers")
    if sum(lengths) != len(data):
        raise ProtocolError("buffer lengths that do not fit the frame")
    parts, at = [], 0
    for n in lengths:
        parts.append(data[at : at + n])
        at += n
    return parts
