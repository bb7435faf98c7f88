"""Several byte streams over one connection, beside messages of the two ends' own.

A container has one way in and one way out. A stream is a socket at each end; one that nobody reads
holds back its own sender and never the others: at most WINDOW pieces are under way.
"""

import contextlib
import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from course_lib.grading.remote.wire import Channel, ChannelClosed, ProtocolError

PIECE = 1 << 16  # bytes
WINDOW = 32  # pieces

Take = Callable[[dict[str, Any]], None]


class Mux:
    """One end. `attach` gives a stream its socket, `run` hands on what arrives."""

    def __init__(self, channel: Channel, take: Take) -> None:
        self.channel = channel
        self._take = take  # gets every message that is not a stream's; it must not block
        self._sending = threading.Lock()
        self._streams: dict[int, _Stream] = {}

    def attach(self, number: int, sock: socket.socket) -> None:
        """Carry a stream between this socket and the one that the other end attaches."""
        stream = self._streams[number] = _Stream(sock)
        for work in (self._read, self._write):
            threading.Thread(target=work, args=(number, stream), daemon=True).start()

    def send(self, message: dict[str, Any], buffers: tuple[bytes, ...] = ()) -> None:
        """Send a message.

        Raises: ChannelClosed when the other end is gone.
        """
        with self._sending:
            self.channel.send(message, buffers)

    def run(self) -> None:
        """Hand on what arrives, until the other end is gone."""
        try:
            while True:
                message, buffers = self.channel.receive()
                stream = self._streams.get(message.get("stream", 0))
                if "stream" not in message:
                    self._take(message)
                elif stream is None:
                    pass  # it was closed here while this was under way
                elif "taken" in message:
                    stream.room.release()
                else:
                    stream.waiting.put(bytes(buffers[0]) if buffers else None)
        except (ChannelClosed, ProtocolError):
            pass
        finally:
            for stream in list(self._streams.values()):
                stream.waiting.put(None)
                stream.shut()

    def _read(self, number: int, stream: "_Stream") -> None:
        """Send what comes out of the socket."""
        with contextlib.suppress(ChannelClosed):
            while piece := stream.receive():
                stream.room.acquire()
                self.send({"stream": number}, (piece,))
            self.send({"stream": number, "end": True})
        stream.waiting.put(None)

    def _write(self, number: int, stream: "_Stream") -> None:
        """Put what arrived into the socket."""
        with contextlib.suppress(ChannelClosed, OSError):
            while (piece := stream.waiting.get()) is not None:
                stream.sock.sendall(piece)
                self.send({"stream": number, "taken": True})
        self._streams.pop(number, None)
        stream.shut()


class _Stream:
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.waiting: queue.Queue[bytes | None] = queue.Queue()
        self.room = threading.Semaphore(WINDOW)

    def receive(self) -> bytes:
        try:
            return self.sock.recv(PIECE)
        except OSError:
            return b""

    def shut(self) -> None:
        """End both directions: whoever waits for this stream wakes up."""
        for _ in range(WINDOW):
            self.room.release()
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()
