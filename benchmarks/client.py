"""The load: a process of its own that posts over a few kept-alive connections.

`python -m benchmarks.client` reads an order a line as JSON and answers with a line. It speaks
HTTP by hand, since a library would cost more than the server that it measures.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from benchmarks.bodies import make_bodies
from benchmarks.service import ROOT, WEBHOOK_TOKEN


@dataclass(frozen=True, slots=True)
class Order:
    """So many requests of one kind to a port of this machine; `first` numbers their messages."""

    port: int
    kind: str
    requests: int
    connections: int
    first: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How long each took (milliseconds), how long all took (seconds), and answers but 200."""

    milliseconds: list[float]
    seconds: float
    failures: int


class LoadProcess:
    """The other process, seen from here."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.client"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, order: Order) -> Outcome:
        """Let it work, and wait for the result.

        Raises:
            ChildProcessError: it has died.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise ChildProcessError("the load process has no pipes")
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ChildProcessError("the load process has died")
        return Outcome(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()


def main() -> None:
    """Carry out orders until standard input ends."""
    for line in sys.stdin:
        outcome = carry_out(Order(**json.loads(line)))
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
        sys.stdout.flush()


def carry_out(order: Order) -> Outcome:
    """Post everything over the connections at once; each waits for its answer before the next."""
    bodies = make_bodies(order.kind, order.requests, first=order.first)
    requests = [_request(order.port, body) for body in bodies]
    shares = [requests[start :: order.connections] for start in range(order.connections)]
    milliseconds: list[list[float]] = [[] for _ in shares]
    failures = [0] * len(shares)
    # Open all connections before the clock runs.
    lines = [socket.create_connection(("127.0.0.1", order.port), timeout=30) for _ in shares]

    def work(position: int) -> None:
        line = lines[position]
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in shares[position]:
            began = time.perf_counter()
            line.sendall(request)
            status = _read_answer(line)
            milliseconds[position].append(1000 * (time.perf_counter() - began))
            failures[position] += status != b"200"

    threads = [threading.Thread(target=work, args=(position,)) for position in range(len(shares))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return Outcome([one for share in milliseconds for one in share], seconds, sum(failures))


def _request(port: int, body: bytes) -> bytes:
    head = (
        "POST /webhooks/360dialog HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {WEBHOOK_TOKEN}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _read_answer(line: socket.socket) -> bytes:
    """Read one whole answer and return its status."""
    data = line.recv(65536)
    while b"\r\n\r\n" not in data:
        data += _receive(line)
    head, _, body = data.partition(b"\r\n\r\n")
    lower = head.lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    length = int(lower[start:].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_receive(line))
    return head[9:12]


def _receive(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


if __name__ == "__main__":
    main()
