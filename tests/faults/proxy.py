"""A small TCP proxy that stands between a program and Redis and does what networks do."""

import socket
import struct
import threading
import time
from types import TracebackType
from typing import Self

_CHUNK = 65536
# Ends a connection by a reset instead of a goodbye.
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards to one port; each request of a fault happens once and then the line is well again.

    A request is one packet from the client: a command or a pipeline, as redis-py writes them.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = threading.Lock()
        self._fault: tuple[str, bytes] | None = None
        self.hits = 0
        self.delay_seconds = 0.0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def lose_reply(self, containing: bytes) -> None:
        """Deliver the next request that contains this, and cut the line before its answer."""
        self._set("lose_reply", containing)

    def reset(self, containing: bytes) -> None:
        """Cut the line instead of delivering the next request that contains this."""
        self._set("reset", containing)

    def _set(self, kind: str, containing: bytes) -> None:
        with self._lock:
            self._fault, self.hits = (kind, containing), 0

    def _take(self, data: bytes) -> str | None:
        with self._lock:
            if self._fault is None or self._fault[1] not in data:
                return None
            kind, self._fault = self._fault[0], None
            self.hits += 1
            return kind

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return  # closed
            upstream = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, upstream]
            cut = threading.Event()
            for work, arguments in (
                (self._forward, (client, upstream, cut)),
                (self._return, (upstream, client, cut)),
            ):
                threading.Thread(target=work, args=arguments, daemon=True).start()

    def _forward(
        self, client: socket.socket, upstream: socket.socket, cut: threading.Event
    ) -> None:
        try:
            while data := client.recv(_CHUNK):
                time.sleep(self.delay_seconds)
                kind = self._take(data)
                if kind == "lose_reply":
                    cut.set()
                    upstream.sendall(data)
                    # Redis does it; then nobody hears of it.
                    time.sleep(0.2)
                if kind:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    return
                upstream.sendall(data)
        except OSError:
            return
        finally:
            close(upstream)
            close(client)

    @staticmethod
    def _return(upstream: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        try:
            while data := upstream.recv(_CHUNK):
                if cut.is_set():
                    return
                client.sendall(data)
        except OSError:
            return

    def stop(self) -> None:
        """Cut every line."""
        self._server.close()
        for one in self._sockets:
            close(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def close(one: socket.socket) -> None:
    """Close a socket whose other user may be reading from it."""
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        one.close()
        return
    one.close()
