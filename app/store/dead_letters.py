"""Events that an endpoint never took, kept for somebody to look at and to try again."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from app.domain.deliveries import Tries
from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys
from app.store.deliveries import read_tries, settle
from app.store.feed import order_of
from app.store.scripts import script_text

_BATCH = 500


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that an endpoint never took."""

    id: str
    lane: str
    died_at: datetime
    event: Mapping[str, Any]
    tries: Tries


class RedisDeadLetters:
    """Dead letters of every endpoint."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def list(self, endpoint_id: str, *, most: int | None = None) -> Iterator[DeadLetter]:
        """Yield dead letters, the oldest first."""
        start = 0
        while most is None or start < most:
            number = _BATCH if most is None else min(_BATCH, most - start)
            found = self._redis.zrange(
                keys.endpoint_dead_key(endpoint_id), start, start + number - 1, withscores=True
            )
            died = {one.decode(): from_milliseconds(int(score)) for one, score in found}
            for event_id, record, tries in self._read(endpoint_id, list(died)):
                if record is not None:
                    yield DeadLetter(
                        event_id, record["lane"], died[event_id], record["event"], read_tries(tries)
                    )
            if len(found) < number:
                return
            start += number

    def revive(self, endpoint_id: str, letter: DeadLetter, now: datetime) -> bool:
        """Try a dead letter again, before what waits for the same person."""
        return bool(
            self._redis.eval(
                script_text("delivery_revive"),
                6,
                keys.endpoint_dead_key(endpoint_id),
                keys.endpoint_waiting_key(endpoint_id),
                keys.endpoint_tries_key(endpoint_id),
                keys.endpoint_lane_key(endpoint_id, letter.lane),
                keys.endpoint_due_key(endpoint_id),
                keys.endpoint_leased_key(endpoint_id),
                letter.id,
                letter.lane,
                str(to_milliseconds(now)),
            )
        )

    def drop(self, endpoint_id: str, event_id: str) -> bool:
        """Forget a dead letter for good.

        All at once: an event without a place on a list would lie there for ever, unseen.
        """
        return bool(
            self._redis.eval(
                script_text("delivery_drop"),
                3,
                keys.endpoint_dead_key(endpoint_id),
                keys.endpoint_events_key(endpoint_id),
                keys.endpoint_tries_key(endpoint_id),
                event_id,
            )
        )

    def drop_old(self, endpoint_id: str, died_before: datetime) -> int:
        """Forget dead letters that nobody looked at for long; returns how many there were."""
        ids = self._redis.zrangebyscore(
            keys.endpoint_dead_key(endpoint_id),
            "-inf",
            to_milliseconds(died_before),
            start=0,
            num=_BATCH,
        )
        return sum(self.drop(endpoint_id, one.decode()) for one in ids)

    def bury_old(self, endpoint_id: str, taken_in_before: datetime, now: datetime) -> int:
        """Give up what waits too long at a paused endpoint; returns how many were."""
        ids = self._redis.zrangebyscore(
            keys.endpoint_waiting_key(endpoint_id),
            "-inf",
            to_milliseconds(taken_in_before),
            start=0,
            num=_BATCH,
        )
        buried = 0
        for event_id, record, tries in self._read(endpoint_id, [one.decode() for one in ids]):
            text = json.dumps(asdict(read_tries(tries)))
            lane = record["lane"] if record else ""
            buried += settle(self._redis, endpoint_id, event_id, lane, None, text, now)
        return buried

    def forget(self, endpoint_id: str, ids: Collection[str], now: datetime, *, before: str) -> int:
        """Drop one person's events up to a place in the feed, also those given up; return how many.

        What follows that place stays, since whoever asks may be late: it may be in the list by now.
        All events are looked at: somebody whose number changed has some in the lane of the former
        number, where those of its next owner may lie, which stay.
        """
        names = [json.dumps(one).encode() for one in ids]
        key, found = keys.endpoint_events_key(endpoint_id), []
        for event_id, text in self._redis.hscan_iter(key, count=_BATCH):
            if any(name in text for name in names):
                record = json.loads(text)
                is_earlier = order_of(event_id.decode()) < order_of(before)
                if is_earlier and record["event"]["recipient"] in ids:
                    found.append((event_id.decode(), record["lane"]))
        for event_id, lane in found:
            settle(self._redis, endpoint_id, event_id, lane, None, "", now)
        return len(found)

    def _read(
        self, endpoint_id: str, ids: Sequence[str]
    ) -> Iterator[tuple[str, Any, bytes | None]]:
        if not ids:
            return
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hmget(keys.endpoint_events_key(endpoint_id), ids)
        pipeline.hmget(keys.endpoint_tries_key(endpoint_id), ids)
        records, tries = pipeline.execute()
        for event_id, record, tried in zip(ids, records, tries, strict=True):
            yield event_id, json.loads(record) if record else None, tried
