"""Heed as it runs in production, in parts that can be killed one by one: for measuring and tests.

Real processes, a real Redis on a free port, a real sandbox over HTTP. Everything is on loopback.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import requests
from redis import Redis
from redis.exceptions import RedisError

from sandbox.config import BusinessNumber, SandboxConfig
from sandbox.embedded_redis import EmbeddedRedis, end_with_parent, free_port
from sandbox.server import RunningSandbox

ROOT = Path(__file__).resolve().parent.parent
WEBHOOK_TOKEN = "a-webhook-token-of-the-bench"
API_SECRET = "an-api-secret-of-the-bench"
WEBHOOK_HEADERS = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}
API_HEADERS = {"Authorization": f"Bearer {API_SECRET}"}
_API_KEY = "a-360dialog-key-of-the-bench"
_PHONE_NUMBER_ID = "200300400500600"
_READY_SECONDS = 60.0
_END_SECONDS = 30.0

T = TypeVar("T")


def eventually(
    get: Callable[[], T],
    *,
    seconds: float = _READY_SECONDS,
    what: str = "it",
    every_seconds: float = 0.02,
) -> T:
    """Ask again and again until the answer is true, and return it.

    Raises:
        TimeoutError: it was never true.
    """
    deadline = time.monotonic() + seconds
    while not (found := get()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(every_seconds)
    return found


class Part:
    """One process of ours with its children, which can be ended in every way there is."""

    def __init__(self, arguments: list[str], environ: dict[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, no Python threads
            )

    @property
    def pid(self) -> int:
        """The id of the parent of all."""
        return self.process.pid

    def members(self) -> list[int]:
        """Return the ids of the processes that do the work."""
        return [pid for pid in _children_of(self.pid) if "resource_tracker" not in _command(pid)]

    def kill_all(self) -> None:
        """Kill all at once, like a machine that goes away."""
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def terminate(self) -> None:
        """Send SIGTERM to all, as a platform does at a deploy; returns at once."""
        self._signal_all(signal.SIGTERM)

    def stop(self) -> int:
        """End all in good order, and return the exit code."""
        if self.process.poll() is None:
            self.terminate()
        try:
            return self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_all()
            return self.process.wait()

    def _signal_all(self, signum: signal.Signals) -> None:
        try:
            os.killpg(self.pid, signum)
        except ProcessLookupError:
            return  # the last one has just ended


class Service:
    """Redis, the sandbox, web and workers; each starts and ends on its own."""

    def __init__(
        self, folder: Path, *, worker_processes: int = 4, status_delay_seconds: float = 0.2
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.web_url = f"http://127.0.0.1:{self.port}"
        self.redis = EmbeddedRedis(folder / "redis").start()
        self.store = Redis.from_url(self.redis.url, socket_timeout=10)
        self.sandbox = RunningSandbox(
            SandboxConfig(
                port=0,
                webhook_url=f"{self.web_url}/webhooks/360dialog",
                webhook_token=WEBHOOK_TOKEN,
                numbers=(BusinessNumber(_PHONE_NUMBER_ID, "15550102030", _API_KEY),),
                status_delay_seconds=status_delay_seconds,
            )
        )
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("D360_")},
            "REDIS_URL": self.redis.url,
            "BIND_HOST": "127.0.0.1",
            "PORT": str(self.port),
            "D360_API_KEY": _API_KEY,
            "D360_BASE_URL": self.sandbox.url,
            "WEBHOOK_TOKEN": WEBHOOK_TOKEN,
            "API_TOKENS": f"bench:read+write+send+admin:{API_SECRET}",
            "SECRET_KEY": "a-secret-key-of-the-bench",
            "LOG_FORMAT": "json",
            "WEB_CONCURRENCY": "2",
            "WORKER_PROCESSES": str(worker_processes),
            "GUNICORN_CMD_ARGS": "--log-level warning",
        }
        self.http = requests.Session()
        self.http.trust_env = False
        self.parts: list[Part] = []
        self._pools: list[Part] = []

    def start_part(self, name: str, *arguments: str, **environ: str) -> Part:
        """Start a process of ours with the environment of this service."""
        part = Part(list(arguments), {**self.environ, **environ}, self.folder / f"{name}.log")
        self.parts.append(part)
        return part

    def start_web(
        self,
        app: str = "app:create_app()",
        *,
        port: int | None = None,
        redis_url: str | None = None,
    ) -> Part:
        """Start gunicorn as the Procfile does, and wait until it answers."""
        port = port or self.port
        arguments = ("-m", "gunicorn", "-c", "config/gunicorn.py", app)
        redis_url = redis_url or self.redis.url
        part = self.start_part("web", *arguments, PORT=str(port), REDIS_URL=redis_url)

        def answers() -> bool:
            if part.process.poll() is not None:
                raise ChildProcessError(f"web did not start: see {self.folder / 'web.log'}")
            try:
                self.http.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
            except requests.RequestException:
                return False
            return True

        eventually(answers, what="the start of web")
        return part

    def start_pool(self, *arguments: str, redis_url: str | None = None) -> Part:
        """Start a pool of workers; `python -m workers` unless told otherwise."""
        arguments = arguments or ("-m", "workers")
        pool = self.start_part("workers", *arguments, REDIS_URL=redis_url or self.redis.url)
        self._pools.append(pool)
        return pool

    def stop_pools(self) -> None:
        """End all workers."""
        self.sandbox.world.faults.clear()
        for pool in self._pools:
            pool.stop()
        self._pools.clear()

    def reset(self) -> None:
        """Forget everything that was stored and sent."""
        self.store.flushall()
        with self.sandbox.world.lock:
            self.sandbox.world.sent.clear()

    def wait_for_workers(self, *queues: str) -> None:
        """Wait until somebody works on each of these queues."""
        wanted = queues or ("commands", "confirmations")
        eventually(
            lambda: all(self.worker_pids(queue) for queue in wanted), what="the start of workers"
        )

    def worker_pids(self, queue: str) -> list[int]:
        """Return the processes that work on a queue and are alive."""
        try:
            names = self.store.smembers(f"rq:workers:{queue}")
            found = [self.store.hget(name, "pid") for name in names]
        except RedisError:
            return []
        return [int(pid) for pid in found if pid and Path(f"/proc/{int(pid)}").exists()]

    def log_of(self, name: str) -> str:
        """Return what a part has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End every part, Redis last."""
        for part in self.parts:
            part.stop()
        self.http.close()
        self.sandbox.stop()
        self.store.close()
        self.redis.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _children_of(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in text.split()]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return "resource_tracker"  # gone, so no member either
