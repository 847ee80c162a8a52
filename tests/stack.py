"""The whole of Heed as `make run` starts it, for tests: real processes, real HTTP, real Redis."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests

from sandbox.embedded_redis import free_port
from tests.builders import API_HEADERS, API_SECRET, WEBHOOK_HEADERS, WEBHOOK_TOKEN

ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 60
_END_SECONDS = 40

T = TypeVar("T")


class RunningStack:
    """One `make run`, on free ports and with its data in a folder of its own."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.web = f"http://127.0.0.1:{(port := free_port())}"
        self.sandbox = f"http://127.0.0.1:{(sandbox_port := free_port())}"
        self.redis_port = free_port()
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._environ = environ
        self._log = (folder / "stack.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.run"],
            cwd=ROOT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={
                **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
                "HEED_VAR": str(folder),
                "PORT": str(port),
                "SANDBOX_PORT": str(sandbox_port),
                "REDIS_PORT": str(self.redis_port),
                "WEBHOOK_TOKEN": WEBHOOK_TOKEN,
                "API_TOKENS": f"tests:read+write+send+admin:{API_SECRET}",
                **environ,
            },
        )
        self._session = requests.Session()

    @property
    def log(self) -> str:
        """What all the parts have said so far."""
        return (self.folder / "stack.log").read_text(encoding="utf-8", errors="replace")

    def wait_until_ready(self) -> "RunningStack":
        """Wait until the addresses are printed."""
        eventually(lambda: "Ctrl-C ends everything" in self.log or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        return self

    def stop(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self._session.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(_END_SECONDS)
        self._log.close()
        return code

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command beside the stack, as `make flask` does."""
        written = shlex.split((self.folder / "local.env").read_text(encoding="utf-8"))
        local = dict(line.split("=", 1) for line in written)
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", *arguments],
            cwd=ROOT,
            env={**os.environ, **local, **self._environ},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def notify(self, body: dict[str, Any]) -> requests.Response:
        """Post a notification as 360dialog does."""
        url = f"{self.web}/webhooks/360dialog"
        return self._session.post(url, json=body, headers=WEBHOOK_HEADERS, timeout=10)

    def inbound(self, **message: Any) -> dict[str, Any]:
        """Let a person of the sandbox write or tap."""
        return self.post_sandbox("/inbound", message)

    def post_sandbox(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Tell the sandbox something."""
        answer = self._session.post(f"{self.sandbox}{path}", json=body, timeout=20)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def sent_to(self, recipient: str) -> list[dict[str, Any]]:
        """Return the messages that were accepted for one person, the oldest first."""
        bodies = self._session.get(f"{self.sandbox}/sent", timeout=10).json()
        return [
            body
            for body in bodies
            if body.get("to", "").removeprefix("+") == recipient
            or body.get("recipient") == recipient
        ]

    def check(self, recipient: str, topic: str = "offers", **question: Any) -> dict[str, Any]:
        """Ask the gate."""
        body = {"recipients": [recipient], "topic": topic, **question}
        url = f"{self.web}/v1/check"
        answer = self._session.post(url, json=body, headers=API_HEADERS, timeout=10)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()["results"][0]
        return result

    def get(self, path: str) -> Any:
        """Read from the API."""
        answer = self._session.get(f"{self.web}{path}", headers=API_HEADERS, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def history(self, recipient: str) -> list[dict[str, Any]]:
        """Return the evidence of one person."""
        entries: list[dict[str, Any]] = self.get(f"/v1/recipients/{recipient}/history")["entries"]
        return entries


def text_of(body: dict[str, Any]) -> str:
    """Return the words of a sent message, plain or with buttons."""
    if body["type"] == "text":
        return str(body["text"]["body"])
    return str(body["interactive"]["body"]["text"])


def eventually(get: Callable[[], T], *, seconds: float = _READY_SECONDS) -> T:
    """Ask again and again until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := get()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found
