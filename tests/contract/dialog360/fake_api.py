"""A real HTTP server on loopback that answers, fails, hangs or cuts as a test tells it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behavior = Callable[["Handler"], None]


@dataclass
class Received:
    """One request as it arrived; `connection` numbers the connection it came over."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int


@dataclass
class FakeAPI:
    """What tests say to the server, and what they hear from it."""

    url: str = ""
    behavior: Behavior = field(default=lambda handler: handler.answer(200, {}))
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    # Gets each body as it came; without it bodies are JSON.
    on_raw: Callable[[bytes], None] | None = None
    is_over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Records each request, then does what the test asked for."""

    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; Nagle's algorithm would hold the second back for 40 ms.
    disable_nagle_algorithm = True
    api: FakeAPI
    connection_number = 0

    def setup(self) -> None:
        super().setup()
        self.api.connections += 1
        self.connection_number = self.api.connections

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if self.api.on_raw:
            self.api.on_raw(raw)
        self.api.received.append(
            Received(
                method=self.command,
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=json.loads(raw) if raw and not self.api.on_raw else None,
                connection=self.connection_number,
            )
        )
        self.api.behavior(self)

    do_GET = handle_any  # noqa: N815
    do_POST = handle_any  # noqa: N815

    def answer(
        self,
        status: int,
        body: Any,
        *,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def cut(self) -> None:
        """Reset the connection without another word."""
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def hang(self) -> None:
        """Say nothing until the test is over."""
        self.api.is_over.wait(10)
        self.close_connection = True

    def drip(self, body: bytes, *, pause: float) -> None:
        """Answer byte by byte."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(pause)

    def log_message(self, *args: object) -> None:
        """Stay silent."""

    def finish(self) -> None:
        # A connection that was cut on purpose has nothing left to flush.
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    # Five would be few for senders that all come at once.
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore what a client does that gave up on us: that is what the tests are about."""


@contextmanager
def run_fake_api() -> Iterator[FakeAPI]:
    """Run the server on a free port until the test is over."""
    api = FakeAPI()
    handler = type("BoundHandler", (Handler,), {"api": api})
    server = QuietServer(("127.0.0.1", 0), handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
