"""What each endpoint has not got yet: a list of its own, in lanes of one person each.

All keys of an endpoint share a hash tag. An event is kept here until it is delivered or given up,
whatever becomes of the feed meanwhile.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis

from app.domain.deliveries import REMOVED_KEPT, Incoming, Tries
from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys
from app.store.scripts import script_text

_RECLAIM_MOST = 100
_KEPT_SECONDS = int(REMOVED_KEPT.total_seconds())
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event in our hands until `token`."""

    id: str
    lane: str
    token: int
    event: Mapping[str, Any]
    tries: Tries
    taken_in_at: datetime


class RedisDeliveries:
    """Lanes, dead letters and health of every endpoint."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def progress(self, endpoint_id: str) -> str | None:
        """Return how far an endpoint is in the feed; None for one that is new."""
        found = self._redis.get(keys.endpoint_progress_key(endpoint_id))
        return found.decode() if found is not None else None

    def begin(self, endpoint_id: str, cursor: str) -> None:
        """Let a new endpoint get what comes after this place in the feed."""
        self._redis.set(keys.endpoint_progress_key(endpoint_id), cursor, nx=True)

    def enter(
        self, endpoint_id: str, after: str, incoming: Sequence[Incoming], now: datetime
    ) -> bool:
        """Take events in, in order, all or none; False when somebody else was first.

        Two who take in the same events may have chosen other lanes for them, so one must do all.
        """
        at = to_milliseconds(now)
        taken = self._redis.eval(
            script_text("delivery_enter"),
            5 + len(incoming),
            keys.endpoint_progress_key(endpoint_id),
            keys.endpoint_events_key(endpoint_id),
            keys.endpoint_waiting_key(endpoint_id),
            keys.endpoint_due_key(endpoint_id),
            keys.endpoint_leased_key(endpoint_id),
            *(keys.endpoint_lane_key(endpoint_id, one.lane) for one in incoming),
            after,
            str(at),
            str(_KEPT_SECONDS),
            *(text for one in incoming for text in (one.id, one.lane, _record_of(one, at))),
        )
        return bool(taken)

    def keep(self, endpoint_id: str) -> None:
        """Keep what an endpoint has not got; of one that nobody keeps any more it goes by itself.

        Forgetting a person reaches the endpoints of business.toml alone.
        """
        pipeline = self._redis.pipeline(transaction=False)
        for key in (
            keys.endpoint_events_key(endpoint_id),
            keys.endpoint_waiting_key(endpoint_id),
            keys.endpoint_tries_key(endpoint_id),
            keys.endpoint_due_key(endpoint_id),
            keys.endpoint_leased_key(endpoint_id),
            keys.endpoint_dead_key(endpoint_id),
        ):
            pipeline.expire(key, _KEPT_SECONDS)
        pipeline.execute()

    def busy_lanes(self, endpoint_id: str, lanes: Sequence[str]) -> set[str]:
        """Return those lanes in which something waits."""
        pipeline = self._redis.pipeline(transaction=False)
        for lane in lanes:
            pipeline.exists(keys.endpoint_lane_key(endpoint_id, lane))
        found = pipeline.execute() if lanes else []
        return {lane for lane, exists in zip(lanes, found, strict=True) if exists}

    def claim(self, endpoint_id: str, now: datetime, lease: timedelta) -> Claimed | None:
        """Take the event that is due longest into our hands; None when none is."""
        token = to_milliseconds(now + lease)
        while lane := self._claim_lane(endpoint_id, now, token):
            event_id = self._redis.lindex(keys.endpoint_lane_key(endpoint_id, lane), 0)
            if event_id is not None:
                name = event_id.decode()
                record = self._redis.hget(keys.endpoint_events_key(endpoint_id), name)
                if record is not None:
                    found = json.loads(record)
                    tries = self._redis.hget(keys.endpoint_tries_key(endpoint_id), name)
                    moment = from_milliseconds(found["at"])
                    return Claimed(name, lane, token, found["event"], read_tries(tries), moment)
            # Dropped meanwhile: the lane goes on with what follows, or ends.
            settle(
                self._redis,
                endpoint_id,
                event_id.decode() if event_id else "",
                lane,
                token,
                "",
                now,
            )
        return None

    def delivered(self, endpoint_id: str, claimed: Claimed, now: datetime) -> None:
        """Forget an event that the endpoint took."""
        settle(self._redis, endpoint_id, claimed.id, claimed.lane, claimed.token, "", now)

    def postpone(self, endpoint_id: str, claimed: Claimed, tries: Tries, until: datetime) -> None:
        """Try the event again at a moment, and leave its lane alone until then."""
        self._redis.eval(
            script_text("delivery_postpone"),
            4,
            keys.endpoint_events_key(endpoint_id),
            keys.endpoint_tries_key(endpoint_id),
            keys.endpoint_due_key(endpoint_id),
            keys.endpoint_leased_key(endpoint_id),
            claimed.id,
            claimed.lane,
            str(claimed.token),
            str(to_milliseconds(until)),
            json.dumps(asdict(tries)),
        )

    def bury(self, endpoint_id: str, claimed: Claimed, tries: Tries, now: datetime) -> None:
        """Give an event up: it becomes a dead letter, and the person's next one follows."""
        record = json.dumps(asdict(tries))
        settle(self._redis, endpoint_id, claimed.id, claimed.lane, claimed.token, record, now)

    def reclaim(self, endpoint_id: str, now: datetime) -> int:
        """Take back lanes of processes that died; returns how many there were."""
        return int(
            self._redis.eval(
                script_text("delivery_reclaim"),
                2,
                keys.endpoint_due_key(endpoint_id),
                keys.endpoint_leased_key(endpoint_id),
                str(to_milliseconds(now)),
                str(_RECLAIM_MOST),
            )
        )

    def wake(self, endpoint_id: str, now: datetime) -> int:
        """Make all that waits for a later attempt due now, since the endpoint is back."""
        key, at, woken = keys.endpoint_due_key(endpoint_id), to_milliseconds(now), 0
        while found := self._redis.zrangebyscore(key, f"({at}", "+inf", start=0, num=_BATCH):
            self._redis.zadd(key, dict.fromkeys(found, at), xx=True)
            woken += len(found)
        return woken

    def counts(self, endpoint_id: str, now: datetime) -> "Counts":
        """Return how much waits for an endpoint, and since when."""
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zcard(keys.endpoint_waiting_key(endpoint_id))
        pipeline.zrange(keys.endpoint_waiting_key(endpoint_id), 0, 0, withscores=True)
        pipeline.zcard(keys.endpoint_dead_key(endpoint_id))
        pipeline.zcount(keys.endpoint_due_key(endpoint_id), "-inf", to_milliseconds(now))
        pipeline.zcount(keys.endpoint_leased_key(endpoint_id), "-inf", to_milliseconds(now))
        waiting, oldest, dead, due, lost = pipeline.execute()
        since = from_milliseconds(int(oldest[0][1])) if oldest else None
        return Counts(int(waiting), since, int(dead), int(due) + int(lost))

    def _claim_lane(self, endpoint_id: str, now: datetime, token: int) -> str:
        lane = self._redis.eval(
            script_text("delivery_claim"),
            2,
            keys.endpoint_due_key(endpoint_id),
            keys.endpoint_leased_key(endpoint_id),
            str(to_milliseconds(now)),
            str(token),
        )
        return lane.decode() if lane else ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits for an endpoint. `due` lanes have something to be tried now."""

    waiting: int
    oldest_since: datetime | None
    dead: int
    due: int


def _record_of(incoming: Incoming, at: int) -> str:
    return json.dumps({"lane": incoming.lane, "at": at, "event": incoming.event})


def read_tries(record: bytes | None) -> Tries:
    """Read how often an event was tried; one without a record was not."""
    return Tries(**json.loads(record)) if record else Tries()


def settle(  # noqa: PLR0917 - the arguments of one script
    redis: Redis,
    endpoint_id: str,
    event_id: str,
    lane: str,
    token: int | None,
    tries: str,
    now: datetime,
) -> int:
    """Take an event off its lane: delivered, dropped, or with its `tries` a dead letter."""
    return int(
        redis.eval(
            script_text("delivery_settle"),
            7,
            keys.endpoint_events_key(endpoint_id),
            keys.endpoint_waiting_key(endpoint_id),
            keys.endpoint_tries_key(endpoint_id),
            keys.endpoint_dead_key(endpoint_id),
            keys.endpoint_lane_key(endpoint_id, lane),
            keys.endpoint_due_key(endpoint_id),
            keys.endpoint_leased_key(endpoint_id),
            event_id,
            lane,
            "" if token is None else str(token),
            tries,
            str(to_milliseconds(now)),
        )
    )
