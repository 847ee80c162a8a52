"""Redis goes away and comes back, or loses what only RQ knew: workers recover by themselves."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from app.queues import ALL_QUEUES
from benchmarks.bodies import wa_id_of
from benchmarks.people import People
from benchmarks.service import API_HEADERS, Service, eventually

_PEOPLE = range(1, 31)


def assert_all_stopped(people: People, event_ids: dict[int, str]) -> None:
    """Each STOP is applied once, refused by the gate, and answered once."""
    sent = people.sent()
    for person, event_id in event_ids.items():
        assert people.messages(person) == "opted_out"
        assert people.applied(person) == {event_id: 1}
        assert people.check(person)["reason"] == "opted_out"
        assert sent[event_id] == 1


def restart_redis(service: Service) -> None:
    """Cut its power, and start it again on the same data."""
    service.redis.kill()
    service.redis.start()


@pytest.mark.slow
def test_redis_restarts_between_accepting_and_applying(service: Service, people: People) -> None:
    event_ids = {person: people.write(person, "STOP") for person in _PEOPLE}

    restart_redis(service)

    assert all(people.check(person)["reason"] == "held" for person in _PEOPLE)
    service.start_pool()
    people.wait_until_done()
    assert_all_stopped(people, event_ids)


@pytest.mark.slow
def test_redis_restarts_in_the_middle_of_a_burst(service: Service, people: People) -> None:
    """What got its 200 is kept; what got none is delivered again, as 360dialog does."""
    # With `everysec` Redis may answer up to two seconds before it writes, so a kill may lose
    # what was accepted in them (docs/benchmarks.md); this test is about our part of the promise.
    service.store.config_set("appendfsync", "always")
    service.start_pool()
    service.wait_for_workers()
    event_ids: dict[int, str] = {}

    def write_all() -> None:
        with requests.Session() as http:
            for person in range(1, 201):
                event_id, body = people.body(person, "STOP")
                eventually(lambda body=body: people.post(body, http) == 200)  # type: ignore[misc]
                event_ids[person] = event_id

    burst = threading.Thread(target=write_all)
    burst.start()
    for at_least in (40, 120):
        eventually(lambda least=at_least: len(event_ids) >= least)  # type: ignore[misc]
        restart_redis(service)
        service.store.config_set("appendfsync", "always")
    burst.join()

    people.wait_until_done()
    assert_all_stopped(people, event_ids)


@pytest.mark.slow
def test_without_redis_nothing_is_accepted_or_allowed(service: Service, people: People) -> None:
    service.start_pool()
    service.wait_for_workers()
    stopped = people.write(1, "STOP")
    people.wait_until_done()
    service.redis.kill()

    _, body = people.body(2, "STOP")
    assert people.post(body) == 503  # and not the silence that a sender gives up on
    for person in (1, 3):
        answer = service.http.post(
            f"{service.web_url}/v1/check",
            json={"recipients": [wa_id_of(person)], "topic": "offers"},
            headers=API_HEADERS,
            timeout=10,
        )
        assert answer.status_code == 503
        assert "results" not in answer.json()

    time.sleep(2)
    service.redis.start()

    event_id = people.write(2, "STOP")
    people.wait_until_done()
    assert_all_stopped(people, {1: stopped, 2: event_id})


@pytest.mark.slow
def test_a_redis_that_hangs_gives_503_too(service: Service, people: People) -> None:
    _, body = people.body(1, "STOP")
    with frozen(service.redis.process.pid):
        for _ in ("on a connection that was open", "on a new one"):
            assert people.post(body) == 503  # and not the silence that a sender gives up on

    eventually(lambda: people.post(body) == 200, what="a 200 from a Redis that is back")
    assert people.check(1)["reason"] == "held"


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process without ending it: connections stay open and nobody answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", [*(f"rq:queue:{name}" for name in ALL_QUEUES), "rq:*"])
def test_what_was_only_in_the_queues_comes_back(
    service: Service, people: People, pattern: str
) -> None:
    event_ids = {person: people.write(person, "STOP") for person in _PEOPLE}
    for key in list(service.store.scan_iter(pattern)):
        service.store.delete(key)
    # A confirmation that waits when the queues are emptied comes back as well.
    service.start_pool()
    eventually(lambda: people.outbox.size() > 0, what="the first confirmation")
    for key in list(service.store.scan_iter(f"{pattern}*")):
        service.store.delete(key)

    people.wait_until_done()

    assert_all_stopped(people, event_ids)
