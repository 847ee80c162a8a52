"""The inbox: the truth about what is still to do (design 2.1, 2.2).

An RQ job is only the way it gets done. An entry leaves the inbox when its event is applied and
not before; the sweeper enqueues again whatever stays.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.client import Pipeline

from app.domain.confirmations import confirmation_id_of
from app.domain.events import Event, event_from_json, event_to_json
from app.domain.holds import hold_scope
from app.domain.inbound import InboundMessage, StatusUpdate
from app.domain.times import SERVICE_WINDOW, from_milliseconds, to_milliseconds
from app.queues import APPLY, RECORD_DELIVERY, JobQueues
from app.store import keys
from app.store.outbox import write_status
from app.store.scripts import script_text

# How long an entry is left to its RQ job before the sweeper looks after it. With a job that was
# lost, this and the sweeper's second are the whole delay.
GRACE = timedelta(seconds=3)


class RedisInbox:
    """Events that are accepted and not yet applied."""

    def __init__(self, redis: Redis, queues: JobQueues) -> None:
        self._redis = redis
        self._queues = queues

    def accept(
        self,
        events: Sequence[Event],
        *,
        messages: Sequence[InboundMessage] = (),
        statuses: Sequence[StatusUpdate] = (),
        now: datetime,
    ) -> list[InboundMessage]:
        """Write events, holds and jobs in one round trip; after it the restrictions stand.

        `messages` are all messages seen, for the service window. Returns those whose phone number
        and BSUID are not known to be one person yet; linking them is an event of its own.

        Raises:
            StoreError: nothing may have been written; ask for the notification again.
        """
        # On one Redis a transaction: all or nothing. The order of the commands is safe without
        # one too (Redis Cluster), since each may be repeated and the caller asks again.
        pipeline = self._redis.pipeline(transaction=True)
        positions: list[tuple[int, InboundMessage]] = []
        for message in messages:
            for identity in message.recipient.identities:
                _touch(pipeline, identity, message)
            # The last answer is that of the BSUID: the number it is linked to.
            if message.recipient.wa_id and message.recipient.bsuid:
                positions.append((len(pipeline.command_stack) - 1, message))
        for event in events:
            _accept_one(pipeline, event, now)
        self._queues.enqueue(APPLY, *[(event.id,) for event in events], pipeline=pipeline)
        ours = [(status, one) for status in statuses if (one := confirmation_id_of(status.tracker))]
        for status, confirmation_id in ours:
            write_status(pipeline, confirmation_id, status)
        self._queues.enqueue(
            RECORD_DELIVERY,
            *[(confirmation_id, status.status) for status, confirmation_id in ours],
            pipeline=pipeline,
        )
        if not pipeline.command_stack:
            return []
        answers = pipeline.execute()
        return [
            message
            for position, message in positions
            if answers[position] != str(message.recipient.number).encode()
        ]

    def claim(self, event_id: str, *, now: datetime, lease: timedelta) -> Event | None:
        """Take an event to work on it; None when it is done. The sweeper leaves it alone so long."""
        until = to_milliseconds(now + lease)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hget(keys.INBOX_ENTRIES, event_id)
        pipeline.zadd(keys.INBOX_DUE, {event_id: until}, xx=True)
        pipeline.hincrby(keys.INBOX_ATTEMPTS, event_id, 1)
        text, _, _ = pipeline.execute()
        if text is None:
            self._redis.hdel(keys.INBOX_ATTEMPTS, event_id)
            return None
        return event_from_json(json.loads(text))

    def done(self, event: Event) -> None:
        """Forget an event that is applied, and the holds that it still has."""
        pipeline = self._redis.pipeline(transaction=False)
        for identity in event.recipient.identities:
            pipeline.hdel(keys.holds_key(identity), event.id)
        pipeline.execute()
        # Holds first: an entry that is gone would leave a hold behind for ever.
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hdel(keys.INBOX_ENTRIES, event.id)
        pipeline.zrem(keys.INBOX_DUE, event.id)
        pipeline.hdel(keys.INBOX_ATTEMPTS, event.id)
        pipeline.execute()

    def due(self, now: datetime, *, most: int) -> dict[str, int]:
        """Return entries that nobody works on, the oldest first, with how often they were tried."""
        ids = [
            one.decode()
            for one in self._redis.zrangebyscore(
                keys.INBOX_DUE, "-inf", to_milliseconds(now), start=0, num=most
            )
        ]
        if not ids:
            return {}
        attempts = self._redis.hmget(keys.INBOX_ATTEMPTS, ids)
        return {one: int(count or 0) for one, count in zip(ids, attempts, strict=True)}

    def scan(self, cursor: int, *, most: int) -> tuple[int, list[Event]]:
        """Return some of the events that wait to be applied, and a cursor for more; 0 is the end.

        Nothing that waits all the while is passed over; an event may come twice.
        """
        cursor, found = self._redis.hscan(keys.INBOX_ENTRIES, cursor, count=most)
        return int(cursor), [event_from_json(json.loads(text)) for text in found.values()]

    def postpone(self, until_by_id: Mapping[str, datetime]) -> None:
        """Leave entries alone until their moment; their jobs were enqueued again."""
        if until_by_id:
            scores = {one: to_milliseconds(moment) for one, moment in until_by_id.items()}
            self._redis.zadd(keys.INBOX_DUE, scores, xx=True)

    def size(self) -> int:
        """Return how many events wait to be applied."""
        return int(self._redis.hlen(keys.INBOX_ENTRIES))

    def oldest_received_at(self) -> datetime | None:
        """Return when the oldest waiting event came in, or None for an empty inbox.

        The due index is ordered by when an entry is looked at next, so this reads the first few
        of it: an entry that waits long is among them.
        """
        ids = self._redis.zrange(keys.INBOX_DUE, 0, 49)
        if not ids:
            return None
        texts = self._redis.hmget(keys.INBOX_ENTRIES, ids)
        moments = [json.loads(text)["received_at"] for text in texts if text]
        return from_milliseconds(min(moments)) if moments else None


def _accept_one(pipeline: Pipeline, event: Event, now: datetime) -> None:
    pipeline.hsetnx(keys.INBOX_ENTRIES, event.id, _to_text(event_to_json(event)))
    due_at = to_milliseconds(now + GRACE)
    pipeline.zadd(keys.INBOX_DUE, {event.id: due_at}, nx=True)
    scope = hold_scope(event)
    if scope is None:
        return
    for identity in event.recipient.identities:
        pipeline.eval(
            script_text("accept"),
            2,
            keys.holds_key(identity),
            keys.applied_key(identity, event.id),
            event.id,
            scope,
        )


def _touch(pipeline: Pipeline, identity: str, message: InboundMessage) -> None:
    pipeline.eval(
        script_text("touch"),
        2,
        keys.window_key(identity),
        keys.link_key(identity),
        to_milliseconds(message.occurred_at),
        to_milliseconds(message.occurred_at + SERVICE_WINDOW),
    )


def _to_text(record: dict[str, Any]) -> str:
    # ASCII on purpose: words may hold lone surrogates, which UTF-8 can not.
    return json.dumps(record, separators=(",", ":"))
