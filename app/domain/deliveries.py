"""When a delivery is tried again, when it is given up, and when an endpoint is left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.times import to_milliseconds

# After a failed attempt so many seconds pass until the next: fifteen attempts in five days.
SCHEDULE_SECONDS = (
    *(5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 43_200),
    *(86_400, 86_400, 86_400, 86_400),
)
# Up to so much longer by chance, so that what failed together does not come back together.
_JITTER = 0.2
_LONGEST_WAIT = timedelta(days=1)
# What waits longer, since its endpoint is paused or disabled, becomes a dead letter.
GIVE_UP_AFTER = timedelta(days=7)
DEAD_LETTERS_KEPT = timedelta(days=30)
# What an endpoint has not got that was taken out of business.toml, should it come back.
REMOVED_KEPT = timedelta(days=30)
# An endpoint that answered nothing well for an hour and more than ten attempts is paused; not for
# the events of one person alone, which may be what is wrong, and have a schedule of their own.
_PAUSE_AFTER = timedelta(hours=1)
_PAUSE_AFTER_FAILURES = 10
_FIRST_PROBE_SECONDS = 60
_LONGEST_PROBE_SECONDS = 1800

_SUCCESS = range(200, 300)
_GONE = 410


class Verdict(StrEnum):
    """What an answer means for the event."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request. `status` is None where none came; `trouble` says why.

    `retry_after` is how many seconds the endpoint asks to wait.
    """

    status: int | None
    trouble: str = ""
    retry_after: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Only 2xx is success: a redirect is not followed, since it may lead anywhere."""
        if self.status is not None and self.status in _SUCCESS:
            return Verdict.DELIVERED
        return Verdict.GONE if self.status == _GONE else Verdict.FAILED

    @property
    def summary(self) -> str:
        """A word for lists and logs that holds nothing of the endpoint's own."""
        return f"status_{self.status}" if self.status is not None else self.trouble


@dataclass(frozen=True, slots=True)
class Tries:
    """How often an event was tried at one endpoint, and how the last attempt ended."""

    attempts: int = 0
    last: str = ""
    last_at: int = 0

    def after(self, answer: Answer, now: datetime) -> "Tries":
        """Return the tries with one more."""
        return Tries(self.attempts + 1, answer.summary, to_milliseconds(now))


def next_attempt(
    tries: Tries, now: datetime, *, chance: float, retry_after: float | None = None
) -> datetime | None:
    """Return when an event is tried again after a failure; None when it is given up.

    `chance` lies between 0 and 1 and spreads attempts. An endpoint that asks for more time
    (Retry-After) gets it, up to a day.
    """
    if tries.attempts > len(SCHEDULE_SECONDS):
        return None
    seconds = SCHEDULE_SECONDS[tries.attempts - 1] * (1 + _JITTER * chance)
    wait = timedelta(seconds=max(seconds, retry_after or 0))
    return now + min(wait, _LONGEST_WAIT * (1 + _JITTER))


class EndpointState(StrEnum):
    """Whether an endpoint gets events."""

    OPEN = "open"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint has been doing; times in milliseconds.

    A paused endpoint gets one event at growing intervals and is open again when it takes it. One
    that answered 410 Gone is disabled until somebody resumes it.
    """

    state: EndpointState = EndpointState.OPEN
    failures: int = 0
    failing_since: int | None = None
    since: int | None = None
    # The lane that failed first, and whether another one has as well since.
    lane: str = ""
    several: bool = False
    probe_at: int = 0
    probe_seconds: int = 0
    last: str = ""


def after_success() -> Health:
    """Return the health of an endpoint that has just taken an event."""
    return Health()


def after_failure(health: Health, answer: Answer, now: datetime, *, lane: str) -> Health:
    """Return the health of an endpoint that has just not taken an event of a lane."""
    at = to_milliseconds(now)
    failed = replace(
        health,
        failures=health.failures + 1,
        failing_since=health.failing_since if health.failing_since is not None else at,
        lane=health.lane or lane,
        several=health.several or health.lane not in {"", lane},
        last=answer.summary,
    )
    if health.state is EndpointState.DISABLED:
        return failed
    if answer.verdict is Verdict.GONE:
        return replace(failed, state=EndpointState.DISABLED, since=at)
    if health.state is EndpointState.PAUSED:
        seconds = min(health.probe_seconds * 2, _LONGEST_PROBE_SECONDS)
        return replace(failed, probe_seconds=seconds, probe_at=at + seconds * 1000)
    lasts = timedelta(milliseconds=at - (failed.failing_since or at))
    if failed.several and failed.failures > _PAUSE_AFTER_FAILURES and lasts >= _PAUSE_AFTER:
        return replace(
            failed,
            state=EndpointState.PAUSED,
            since=at,
            probe_seconds=_FIRST_PROBE_SECONDS,
            probe_at=at + _FIRST_PROBE_SECONDS * 1000,
        )
    return failed


def may_attempt(health: Health, now: datetime) -> bool:
    """Tell whether an endpoint gets an event now."""
    if health.state is EndpointState.PAUSED:
        return to_milliseconds(now) >= health.probe_at
    return health.state is EndpointState.OPEN


def take_probe(health: Health, now: datetime, lasting: timedelta) -> Health:
    """Return the health while somebody probes, so that nobody else does."""
    return replace(health, probe_at=to_milliseconds(now + lasting))


def health_to_json(health: Health) -> dict[str, Any]:
    """Return what is kept of an endpoint's health."""
    return {
        "state": health.state.value,
        "failures": health.failures,
        "failing_since": health.failing_since,
        "since": health.since,
        "lane": health.lane,
        "several": health.several,
        "probe_at": health.probe_at,
        "probe_seconds": health.probe_seconds,
        "last": health.last,
    }


def health_from_json(record: Mapping[str, Any]) -> Health:
    """Read what is kept of an endpoint's health."""
    return Health(**{**record, "state": EndpointState(record["state"])})


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event of the feed for one endpoint. `lane` is empty where the endpoint skips it."""

    id: str
    lane: str = ""
    event: Mapping[str, Any] | None = None
