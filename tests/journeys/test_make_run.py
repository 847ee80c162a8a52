"""`make run` starts everything, and ends everything, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stack import ROOT, RunningStack, eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def descendants(pid: int) -> set[int]:
    """Return the processes below one, from /proc."""
    parents: dict[int, set[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), set()).add(int(entry.name))
    found, waiting = set(), [pid]
    while waiting:
        children = parents.get(waiting.pop(), set())
        found |= children
        waiting.extend(children)
    return found


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_ctrl_c_ends_every_part_in_good_order(tmp_path: Path) -> None:
    stack = RunningStack(tmp_path).wait_until_ready()
    parts = descendants(stack.process.pid)

    code = stack.stop()

    assert code == 0, stack.log
    assert len(parts) >= 7
    assert not {pid for pid in parts if is_alive(pid)}
    assert "workers.ended" in stack.log
    assert "Traceback" not in stack.log


@pytest.mark.parametrize("part", ["-m workers", "-m sandbox", "valkey", "gunicorn"])
def test_when_one_part_dies_the_others_end_too(tmp_path: Path, part: str) -> None:
    stack = RunningStack(tmp_path).wait_until_ready()
    parts = descendants(stack.process.pid)
    victim = next(
        pid
        for pid in sorted(parts)
        if part in command_of(pid) and "sandbox.run" not in command_of(pid)
    )

    os.kill(victim, signal.SIGKILL)
    code = stack.process.wait(60)

    stack.stop()
    assert code == 1, stack.log
    assert "ended by itself" in stack.log
    # A process that is killed stays a moment, until somebody has asked for its end.
    eventually(lambda: not {pid for pid in parts if is_alive(pid)}, seconds=10)


def test_no_part_outlives_a_killed_parent(tmp_path: Path) -> None:
    stack = RunningStack(tmp_path).wait_until_ready()
    parts = descendants(stack.process.pid)

    stack.process.kill()

    eventually(lambda: not {pid for pid in parts if is_alive(pid)}, seconds=40)
    stack.stop()


def test_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = {**os.environ, "HEED_VAR": str(tmp_path), "PORT": port}
        ended = subprocess.run(
            [sys.executable, "-m", "sandbox.run"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert f"PORT={port} is taken" in ended.stderr


def test_preferences_outlive_a_restart(tmp_path: Path) -> None:
    first = RunningStack(tmp_path).wait_until_ready()
    first.inbound(**{"from": "447700900123", "text": "STOP"})
    eventually(lambda: first.check("447700900123")["reason"] == "opted_out")
    first.stop()

    second = RunningStack(tmp_path).wait_until_ready()
    reason = second.check("447700900123")["reason"]
    time.sleep(0.1)
    second.stop()

    assert reason == "opted_out"
