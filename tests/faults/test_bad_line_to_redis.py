"""The line to Redis loses answers, breaks or is slow: nothing happens twice, nothing is lost."""

from collections.abc import Iterator

import pytest

from benchmarks.people import People
from benchmarks.service import Part, Service, eventually
from sandbox.embedded_redis import free_port
from tests.faults.proxy import Proxy

_ACCEPT = b"heed:{inbox}:entries"
# What the commands of each step have in them, as they go over the line.
_STEPS = {
    "claim": b"heed:{inbox}:attempts",
    "commit": b"Writes one record with its evidence",
    "open": b"heed:{outbox}:due",
    "take": b"Replaces a record if nobody else has",
    "evidence of the answer": b'"kind":"confirmation"',
}


@pytest.fixture
def proxy(service: Service) -> Iterator[Proxy]:
    with Proxy(service.redis.port) as running:
        yield running


@pytest.fixture
def workers(service: Service, proxy: Proxy) -> Part:
    """Give workers behind the bad line."""
    pool = service.start_pool(redis_url=f"redis://127.0.0.1:{proxy.port}/0")
    service.wait_for_workers()
    return pool


@pytest.mark.slow
def test_whatever_breaks_happens_once(
    service: Service, people: People, proxy: Proxy, workers: Part
) -> None:
    """Answers are lost and lines reset at each step; each case has a person of its own."""
    event_ids = {}
    cases = [(step, fault) for step in _STEPS for fault in ("lose_reply", "reset")]
    for person, (step, fault) in enumerate(cases, 1):
        getattr(proxy, fault)(_STEPS[step])
        event_ids[person] = people.write(person, "STOP")
        eventually(lambda: proxy.hits, seconds=20, what=f"{fault} at {step}")
        eventually(
            lambda one=event_ids[person]: not people.waits(one),  # type: ignore[misc]
            seconds=30,
            what=f"applying after {fault} at {step}",
        )

    people.wait_until_done()

    for person, event_id in event_ids.items():
        assert people.applied(person) == {event_id: 1}, cases[person - 1]
        assert people.sent()[event_id] == 1, cases[person - 1]
        answers = [one for one in people.evidence(person) if one["kind"] == "confirmation"]
        assert len(answers) == 1, cases[person - 1]


@pytest.mark.slow
def test_web_on_a_bad_line_accepts_once(service: Service, people: People, proxy: Proxy) -> None:
    port = free_port()
    service.start_web(port=port, redis_url=f"redis://127.0.0.1:{proxy.port}/0")
    behind = People(service, web_url=f"http://127.0.0.1:{port}")
    event_ids = {}
    for person, fault in enumerate(("lose_reply", "reset"), 1):
        getattr(proxy, fault)(_ACCEPT)
        event_ids[person], body = behind.body(person, "STOP")
        # Written again on a new line, within the same request.
        assert behind.post(body) == 200
        assert proxy.hits == 1
        assert people.check(person)["reason"] == "held"
    proxy.delay_seconds = 0.3
    event_ids[3], body = behind.body(3, "STOP")
    assert behind.post(body) == 200

    service.start_pool()
    people.wait_until_done()

    for person, event_id in event_ids.items():
        assert people.applied(person) == {event_id: 1}
        assert people.sent()[event_id] == 1


@pytest.mark.slow
def test_a_slow_line_delays_and_doubles_nothing(
    service: Service, people: People, proxy: Proxy, workers: Part
) -> None:
    proxy.delay_seconds = 0.05
    event_ids = {person: people.write(person, "STOP") for person in range(1, 4)}

    people.wait_until_done(seconds=90)

    for person, event_id in event_ids.items():
        assert people.applied(person) == {event_id: 1}
        assert people.sent()[event_id] == 1
