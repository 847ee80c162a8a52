"""Receivers of events, as other systems would write one: a real HTTP server that verifies."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEXT_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD+Zb0aHJZ3Rg="


@dataclass
class Receiver:
    """What one endpoint got. `answer` says how it answers an event: status and headers."""

    secret: str = SECRET
    answer: Callable[[dict[str, Any]], tuple[int, dict[str, str]]] = lambda _: (204, {})
    got: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    refused: int = 0
    requests: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://localhost:{self.port}/heed"

    @property
    def states(self) -> dict[str, dict[str, Any]]:
        """The state of each person as a receiver keeps it: the greatest revision counts."""
        found: dict[str, dict[str, Any]] = {}
        for event in self.got:
            known = found.get(event["recipient"])
            if known is None or event["revision"] >= known["revision"]:
                found[event["recipient"]] = event["after"]
        return found


@contextmanager
def running(receiver: Receiver, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Let a receiver listen, on the port that it had before or on a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.lock:
                receiver.requests += 1
            try:
                event = Webhook(receiver.secret).verify(raw, dict(self.headers))
            except WebhookVerificationError:
                receiver.refused += 1
                answer: tuple[int, dict[str, str]] = (401, {})
            else:
                answer = receiver.answer(event)
                if 200 <= answer[0] < 300:
                    with receiver.lock:
                        receiver.got.append(event)
                        receiver.ids.append(self.headers["webhook-id"])
            status, headers = answer
            body = b"" if status == 204 else json.dumps({"status": status}).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    server.daemon_threads = True
    if tls:
        # The handshake in the thread of the request: one that fails must not end the server.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
