"""A webhook for tests: answers 200 (or what it is told to) and records every body."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class RecordingWebhook:
    """A small server on a free port of this machine; a context manager."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._requests: list[tuple[dict[str, str], bytes]] = []
        self._answers: list[int] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                status = recorder.record(dict(self.headers.items()), raw)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/360dialog"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def record(self, headers: dict[str, str], raw: bytes) -> int:
        with self._arrived:
            self._requests.append((headers, raw))
            self._arrived.notify_all()
            return self._answers.pop(0) if self._answers else 200

    def answer_next(self, *statuses: int) -> None:
        with self._lock:
            self._answers += statuses

    def requests(self) -> list[tuple[dict[str, str], bytes]]:
        with self._lock:
            return list(self._requests)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _, raw in self.requests()]

    def wait_for(self, count: int, seconds: float = 5.0) -> list[dict[str, Any]]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self._requests) >= count, seconds)
        return self.bodies()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
