"""The sandbox as a server: in a thread for tests, in the main thread for `python -m sandbox`."""

import threading
from types import TracebackType
from typing import Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.app import create_sandbox
from sandbox.config import SandboxConfig
from sandbox.web import EXTENSION
from sandbox.world import World


class QuietRequestHandler(WSGIRequestHandler):
    """Handles requests without a log line for each: the phone asks more than once a second."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing; paths can hold a person's number."""


def open_server(config: SandboxConfig) -> tuple[BaseWSGIServer, World]:
    """Return a server that listens and its state; port 0 means any free one."""
    app = create_sandbox(config)
    server = make_server(
        config.host, config.port, app, threaded=True, request_handler=QuietRequestHandler
    )
    world = app.extensions[EXTENSION]
    assert isinstance(world, World)  # noqa: S101 - for the type checker; create_sandbox sets it
    return server, world


class RunningSandbox:
    """A sandbox that serves in a thread until `stop`; also a context manager."""

    def __init__(self, config: SandboxConfig) -> None:
        self._server, self.world = open_server(config)
        self.url = f"http://{config.host}:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            name="sandbox",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Let go of every waiting request, end the threads and close the port."""
        self.world.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def start(config: SandboxConfig) -> RunningSandbox:
    """Start a sandbox; give port 0 for a free one and read `.url`."""
    return RunningSandbox(config)
