"""When a delivery is tried again, and when an endpoint is left alone: rules without a network."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.deliveries import (
    SCHEDULE_SECONDS,
    Answer,
    EndpointState,
    Health,
    Tries,
    Verdict,
    after_failure,
    after_success,
    health_from_json,
    health_to_json,
    may_attempt,
    next_attempt,
    take_probe,
)

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
FAILED = Answer(503)
_ELEVEN = [*["a", "b"] * 5, "a"]


@pytest.mark.parametrize(
    ("answer", "verdict", "summary"),
    [
        (Answer(200), Verdict.DELIVERED, "status_200"),
        (Answer(299), Verdict.DELIVERED, "status_299"),
        (Answer(199), Verdict.FAILED, "status_199"),
        (Answer(302), Verdict.FAILED, "status_302"),
        (Answer(410), Verdict.GONE, "status_410"),
        (Answer(None, "timeout"), Verdict.FAILED, "timeout"),
    ],
)
def test_what_an_answer_means(answer: Answer, verdict: Verdict, summary: str) -> None:
    assert (answer.verdict, answer.summary) == (verdict, summary)


@pytest.mark.parametrize(("attempts", "seconds"), list(enumerate(SCHEDULE_SECONDS, start=1)))
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_each_wait_is_of_the_schedule_and_up_to_a_fifth_longer(
    attempts: int, seconds: int, chance: float
) -> None:
    until = next_attempt(Tries(attempts), NOW, chance=chance)

    assert until is not None
    assert until - NOW == timedelta(seconds=seconds * (1 + 0.2 * chance))


def test_after_the_last_attempt_comes_none() -> None:
    assert next_attempt(Tries(len(SCHEDULE_SECONDS) + 1), NOW, chance=0.0) is None


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [(1, timedelta(seconds=5)), (90, timedelta(seconds=90)), (10**6, timedelta(days=1.2))],
)
def test_an_endpoint_may_ask_for_more_time_and_not_for_less(
    retry_after: float, waits: timedelta
) -> None:
    until = next_attempt(Tries(1), NOW, chance=0.0, retry_after=retry_after)

    assert until is not None
    assert until - NOW == waits


def fail(health: Health, *lanes: str, every: timedelta = timedelta(minutes=6)) -> Health:
    for number, lane in enumerate(lanes):
        health = after_failure(health, FAILED, NOW + number * every, lane=lane)
    return health


def test_an_endpoint_is_paused_after_an_hour_of_nothing_but_failures() -> None:
    assert fail(Health(), *_ELEVEN[:10]).state is EndpointState.OPEN
    paused = fail(Health(), *_ELEVEN)
    assert paused.state is EndpointState.PAUSED
    assert not may_attempt(paused, NOW + timedelta(minutes=60, seconds=59))
    assert may_attempt(paused, NOW + timedelta(minutes=61))


def test_the_events_of_one_person_pause_nothing() -> None:
    assert fail(Health(), *["a"] * 50).state is EndpointState.OPEN


def test_many_failures_within_minutes_pause_nothing() -> None:
    assert fail(Health(), *["a", "b"] * 50, every=timedelta(seconds=1)).state is EndpointState.OPEN


def test_probes_come_less_and_less_often_and_one_at_a_time() -> None:
    health = fail(Health(), *_ELEVEN)
    waits = []
    for _ in range(8):
        moment = datetime.fromtimestamp(health.probe_at / 1000, tz=UTC)
        assert may_attempt(health, moment)
        assert not may_attempt(take_probe(health, moment, timedelta(seconds=40)), moment)
        health = after_failure(health, FAILED, moment, lane="a")
        waits.append(health.probe_seconds)

    assert waits == [120, 240, 480, 960, 1800, 1800, 1800, 1800]
    assert after_success().state is EndpointState.OPEN


def test_gone_disables_whatever_was_before() -> None:
    gone = after_failure(Health(), Answer(410), NOW, lane="a")

    assert gone.state is EndpointState.DISABLED
    assert not may_attempt(gone, NOW + timedelta(days=365))
    assert after_failure(gone, FAILED, NOW, lane="a").state is EndpointState.DISABLED


def test_health_is_read_as_it_was_kept() -> None:
    health = fail(Health(), *_ELEVEN)

    assert health_from_json(health_to_json(health)) == health
