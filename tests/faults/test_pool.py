"""The pool of workers: it mends itself, ends in time, and never lets a STOP wait."""

import os
import signal
import time
from pathlib import Path

import pytest

from app.domain.confirmations import ConfirmationState
from benchmarks.people import People
from benchmarks.service import Service, eventually


def hang_at_360dialog(service: Service, people: People) -> list[str]:
    """Let confirmations take every process that sends them; returns their ids."""
    number = len(service.worker_pids("confirmations"))
    faults = service.sandbox.world.faults
    fault = faults.add({"kind": "hang", "seconds": 60})
    event_ids = [people.write(person, "STOP") for person in range(101, 101 + number)]
    eventually(lambda: fault.hits >= number, what="sends that hang")
    return event_ids


@pytest.mark.slow
def test_dead_members_are_replaced(service: Service, people: People) -> None:
    pool = service.start_pool()
    service.wait_for_workers()
    first = pool.members()

    for pid in first:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(set(pool.members()) - set(first)) == len(first), what="new members")

    assert not set(pool.members()) & set(first)
    event_id = people.write(1, "STOP")
    people.wait_until_done()
    assert people.applied(1) == {event_id: 1}
    assert people.sent()[event_id] == 1


@pytest.mark.slow
def test_a_stop_does_not_wait_for_confirmations_that_hang(service: Service, people: People) -> None:
    service.start_pool()
    service.wait_for_workers()
    hang_at_360dialog(service, people)

    event_id = people.write(1, "STOP")
    # Long before anything lets go of what hangs.
    eventually(lambda: people.applied(1)[event_id], seconds=10, what="applying")

    assert people.check(1)["reason"] == "opted_out"


@pytest.mark.slow
@pytest.mark.parametrize("told", ["by the pool", "by the platform, again and again"])
def test_sigterm_ends_the_pool_in_time_while_a_confirmation_hangs(
    service: Service, people: People, told: str
) -> None:
    pool = service.start_pool()
    service.wait_for_workers()
    hanging = hang_at_360dialog(service, people)
    members = pool.members()

    if told == "by the pool":
        os.kill(pool.pid, signal.SIGTERM)
    else:
        for _ in range(3):
            pool.terminate()
            time.sleep(0.2)

    # A platform kills after 30 s. The pool promises 20 to its members; the rest is a busy machine.
    assert pool.process.wait(25) == 0
    assert not [pid for pid in members if is_alive(pid)]
    # Nobody was cut off in the middle of a request: each outcome is known to be unknown.
    for event_id in hanging:
        found = people.outbox.load(event_id)
        assert found is not None
        assert found[0].state is ConfirmationState.UNKNOWN


@pytest.mark.slow
def test_members_end_when_their_pool_is_gone(service: Service, people: People) -> None:
    pool = service.start_pool()
    service.wait_for_workers()
    members = pool.members()

    os.kill(pool.pid, signal.SIGKILL)
    pool.process.wait()

    eventually(
        lambda: not [pid for pid in members if is_alive(pid)],
        seconds=30,
        what="the end of the members",
    )


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
