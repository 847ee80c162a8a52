"""`make run`: Redis, web, workers and the sandbox on this machine, until Ctrl-C."""

import contextlib
import fcntl
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from sandbox.embedded_redis import EmbeddedRedis, end_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent
# Tests run a stack of their own beside the one that somebody may be looking at.
VAR = Path(os.environ.get("HEED_VAR") or ROOT / "var")

_READY_SECONDS = 60.0
_WATCH_SECONDS = 0.3
_STOP_SECONDS = 25.0
_GROUP_SECONDS = 10.0
_DEFAULT_PORT = 8000
# The password is "local-console-password"; this server listens on loopback alone.
_LOCAL_CONSOLE_USER = (
    "local:admin:scrypt:32768:8:1.62Az96gKQNY7dS6O."
    "17076f02d73c420c717be5d989ca9a30989a8e2e3b657ec3e057cbcf2fd466f5"
    "15ae9c15f8ba68a3446e20f5208c352a485b69842b3dcfed2482c2082859ff6a"
)
_DEFAULT_SANDBOX_PORT = 8360
_DEFAULT_REDIS_PORT = 6390


class StartError(Exception):
    """Something is in the way; the message says what to do."""


def main() -> int:
    """Start everything, wait, end everything; returns the exit code."""
    VAR.mkdir(exist_ok=True)
    lock = (VAR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return _say_error("`make run` is running in this checkout already; end it first.")
    stack = Stack()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stack.request_stop)
    try:
        stack.start()
        return stack.watch()
    except (StartError, OSError) as error:
        return _say_error(str(error))
    finally:
        stack.stop()


class Stack:
    """The parts, in the order in which they start; they end in the opposite order."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._redis: EmbeddedRedis | None = None
        self._stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End at the next look."""
        self._stopping = True

    def start(self) -> None:
        """Start every part and wait until the whole answers.

        Raises:
            StartError: a port is taken, or a part did not come up.
        """
        environ = dict(os.environ)
        if not environ.get("REDIS_URL"):
            port = _port(environ, "REDIS_PORT", _DEFAULT_REDIS_PORT)
            self._redis = EmbeddedRedis(VAR / "redis", port=port).start()
            environ["REDIS_URL"] = self._redis.url
        environ = _local_environment(environ)
        _write_environment(environ)
        self._start_part(
            "web",
            ["-m", "gunicorn", "-c", "config/gunicorn.py", "app:create_app()"],
            {**environ, "GUNICORN_CMD_ARGS": "--log-level warning"},
        )
        self._start_part("workers", ["-m", "workers"], environ)
        self._start_part("sandbox", ["-m", "sandbox"], environ)
        self._wait_until_ready(environ)
        if not self._stopping:
            _print_addresses(environ)

    def watch(self) -> int:
        """Wait for Ctrl-C, or for a part that ends by itself."""
        while not self._stopping:
            dead = self._find_dead()
            if dead:
                return _say_error(
                    f"{dead} ended by itself; ending the others. Its words are above."
                )
            time.sleep(_WATCH_SECONDS)
        return 0

    def stop(self) -> None:
        """End every part: web first, so that nothing new comes in, and Redis last."""
        for _, process in self._parts:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for _, process in self._parts:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for _, process in self._parts:
            _end_group(process.pid)
        if self._redis:
            self._redis.stop()
        sys.stdout.write("Everything has ended.\n")
        sys.stdout.flush()

    def _start_part(self, name: str, arguments: list[str], environ: dict[str, str]) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            # A session of its own: Ctrl-C reaches this program alone, which ends the parts in order.
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, no Python threads
        )
        self._parts.append((name, process))

    def _find_dead(self) -> str | None:
        for name, process in self._parts:
            if process.poll() is not None:
                return name
        if self._redis and self._redis.process.poll() is not None:
            return "the embedded Redis"
        return None

    def _wait_until_ready(self, environ: dict[str, str]) -> None:
        addresses = [
            f"http://127.0.0.1:{environ['PORT']}/readyz",
            f"http://127.0.0.1:{environ['SANDBOX_PORT']}/sent",
        ]
        deadline = time.monotonic() + _READY_SECONDS
        while not self._stopping:
            dead = self._find_dead()
            if dead:
                raise StartError(f"{dead} did not start; its words are above.")
            if all(_answers(address) for address in addresses):
                return
            if time.monotonic() > deadline:
                raise StartError(f"not ready after {_READY_SECONDS:.0f} s: see {addresses[0]}")
            time.sleep(_WATCH_SECONDS)


def _end_group(group: int) -> None:
    """End what a part has left behind, where it died before it could end its own processes."""
    deadline = time.monotonic() + _GROUP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGTERM)
        while time.monotonic() < deadline:
            time.sleep(0.05)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)


def _local_environment(environ: dict[str, str]) -> dict[str, str]:
    """Add harmless local values for whatever is not set."""
    port = str(_port(environ, "PORT", _DEFAULT_PORT))
    sandbox_port = str(_port(environ, "SANDBOX_PORT", _DEFAULT_SANDBOX_PORT))
    local = {
        "BIND_HOST": "127.0.0.1",
        "D360_API_KEY": "local-d360-key",
        "D360_BASE_URL": f"http://127.0.0.1:{sandbox_port}",
        "WEBHOOK_TOKEN": "local-webhook-token",
        "API_TOKENS": "local:read+write+send+admin:local-api-token",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "CONSOLE_USERS": _LOCAL_CONSOLE_USER,
        "LOG_FORMAT": "text",
        "WEB_CONCURRENCY": "2",
        "WORKER_PROCESSES": "3",
        "PYTHONUNBUFFERED": "1",
    }
    merged = {**environ, **{name: value for name, value in local.items() if not environ.get(name)}}
    merged.update(PORT=port, SANDBOX_PORT=sandbox_port)
    merged.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    # The demo website is a page of the sandbox.
    merged.setdefault("WEBSITE_ORIGINS", f"http://127.0.0.1:{sandbox_port}")
    merged.setdefault("WEBHOOK_URL", f"http://127.0.0.1:{port}/webhooks/360dialog")
    return merged


def _port(environ: dict[str, str], name: str, default: int) -> int:
    """Return the port that is asked for, or the usual one, or any free one.

    Raises:
        StartError: the port that was asked for is no number, or taken.
    """
    asked = environ.get(name, "")
    if asked and not asked.isdigit():
        raise StartError(f"{name} must be a number, not {asked!r}")
    if asked and not _is_free(int(asked)):
        raise StartError(f"{name}={asked} is taken; choose another, or leave {name} unset.")
    if asked:
        return int(asked)
    return default if _is_free(default) else free_port()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _write_environment(environ: dict[str, str]) -> None:
    """Keep what the parts run with, so that `make flask` talks to the same Redis."""
    names = (
        "REDIS_URL",
        "PORT",
        "SANDBOX_PORT",
        "D360_API_KEY",
        "D360_BASE_URL",
        "WEBHOOK_TOKEN",
        "API_TOKENS",
        "CONSOLE_USERS",
        "PUBLIC_URL",
        "WEBSITE_ORIGINS",
        "SECRET_KEY",
        "LOG_FORMAT",
        "WEB_CONCURRENCY",
        "WORKER_PROCESSES",
    )
    path = VAR / "local.env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(environ[name])}\n" for name in names))


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - loopback
            return bool(response.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def _print_addresses(environ: dict[str, str]) -> None:
    web = f"http://127.0.0.1:{environ['PORT']}"
    name, _, secret = environ["API_TOKENS"].split(",")[0].split(":", 2)
    is_local = environ["CONSOLE_USERS"] == _LOCAL_CONSOLE_USER
    console = "   (user local, password local-console-password)" if is_local else ""
    sys.stdout.write(
        f"""
Heed is running; Ctrl-C ends everything.

  the phone     http://127.0.0.1:{environ["SANDBOX_PORT"]}/
  a website     http://127.0.0.1:{environ["SANDBOX_PORT"]}/website
  the webhook   {web}/webhooks/360dialog   (Authorization: Bearer {environ["WEBHOOK_TOKEN"]})
  the API       {web}/v1/check   (Authorization: Bearer {secret})
  the console   {web}/console{console}
  RQ dashboard  {web}/rq   (user {name}, password {secret})
  try the API   {web}/docs
  readiness     {web}/readyz
  command line  make flask ARGS="recipients show +447700900123"

""",
    )
    sys.stdout.flush()


def _say_error(message: str) -> int:
    sys.stderr.write(f"make run: {message}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
