"""The outbox: confirmations that are to be sent, and what became of them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.client import Pipeline

from app.domain.confirmations import Confirmation, confirmation_from_json, confirmation_to_json
from app.domain.inbound import StatusUpdate
from app.domain.times import to_milliseconds
from app.queues import CONFIRM, JobQueues
from app.store import keys
from app.store.scripts import script_text

# Kept beyond the seven days in which the notification that caused it may come again.
CONFIRMATION_TTL_SECONDS = 14 * 24 * 3600
# How long a new confirmation is left to its RQ job before the sweeper looks after it.
_GRACE = timedelta(seconds=3)
_HOUR_SECONDS = 3600


def write_status(pipeline: Pipeline, confirmation_id: str, status: StatusUpdate) -> None:
    """Keep a status beside its confirmation, for the job that records it.

    Not in the job's arguments: a message id of WhatsApp's has the phone number in it.
    """
    key = keys.confirmation_key(confirmation_id)
    fields = {
        "message_id": status.message_id,
        "error_code": status.error_code,
        "at": to_milliseconds(status.occurred_at),
    }
    pipeline.hset(key, f"status.{status.status}", json.dumps(fields))
    pipeline.expire(key, CONFIRMATION_TTL_SECONDS)


class RedisOutbox:
    """Confirmations, each a record of its own, and the index of those that are due."""

    def __init__(self, redis: Redis, queues: JobQueues) -> None:
        self._redis = redis
        self._queues = queues

    def open(self, confirmation: Confirmation, now: datetime) -> None:
        """Put a confirmation up for sending, once; a repetition finds it and changes nothing."""
        if not self.save(confirmation, version=0):
            stored = self.load(confirmation.id)
            if stored is None or stored[0].state.is_final:
                return
        pipeline = self._redis.pipeline(transaction=True)
        due_at = to_milliseconds(now + _GRACE)
        pipeline.zadd(keys.OUTBOX_DUE, {confirmation.id: due_at}, nx=True)
        self._queues.enqueue(CONFIRM, (confirmation.id,), pipeline=pipeline)
        pipeline.execute()

    def load(self, confirmation_id: str) -> tuple[Confirmation, int] | None:
        """Read a confirmation and its version; None when it is not known (any more)."""
        version, record = self._redis.hmget(
            keys.confirmation_key(confirmation_id), "version", "record"
        )
        if record is None:
            return None
        return confirmation_from_json(json.loads(record)), int(version)

    def save(self, confirmation: Confirmation, version: int) -> bool:
        """Replace a confirmation; False when somebody else did since `version` was read."""
        record = json.dumps(confirmation_to_json(confirmation), separators=(",", ":"))
        written = self._redis.eval(
            script_text("swap"),
            1,
            keys.confirmation_key(confirmation.id),
            str(version),
            record,
            str(CONFIRMATION_TTL_SECONDS),
        )
        return bool(written)

    def postpone(self, confirmation_id: str, until: datetime) -> None:
        """Let the sweeper look at a confirmation again at this moment."""
        # Only where it still stands: what was sent meanwhile must not come back.
        self._redis.zadd(keys.OUTBOX_DUE, {confirmation_id: to_milliseconds(until)}, xx=True)

    def close(self, confirmation: Confirmation) -> None:
        """Take a confirmation off the indexes; its record stays for a while."""
        self.drop(confirmation.identity, confirmation.id)

    def drop(self, identity: str, confirmation_id: str) -> None:
        """Take an id off the indexes."""
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zrem(keys.pending_key(identity), confirmation_id)
        pipeline.zrem(keys.OUTBOX_DUE, confirmation_id)
        pipeline.execute()

    def pending_of(self, identity: str) -> list[str]:
        """Return the person's confirmations that are not sent yet, in the order of the changes."""
        return [one.decode() for one in self._redis.zrange(keys.pending_key(identity), 0, -1)]

    def due(self, now: datetime, *, most: int) -> list[str]:
        """Return confirmations that somebody should look at now, the oldest first."""
        found = self._redis.zrangebyscore(
            keys.OUTBOX_DUE, "-inf", to_milliseconds(now), start=0, num=most
        )
        return [one.decode() for one in found]

    def size(self) -> int:
        """Return how many confirmations are not sent yet."""
        return int(self._redis.zcard(keys.OUTBOX_DUE))

    def status_of(self, confirmation_id: str, status: str) -> Mapping[str, Any] | None:
        """Return a status that `write_status` kept."""
        text = self._redis.hget(keys.confirmation_key(confirmation_id), f"status.{status}")
        return json.loads(text) if text else None

    def count_reply(self, identity: str, *, to_tap: bool) -> int:
        """Count one more reply to this person's words, or to their taps; return the hour's."""
        key = keys.tap_count_key(identity) if to_tap else keys.reply_count_key(identity)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(key, 0, ex=_HOUR_SECONDS, nx=True)
        pipeline.incr(key)
        return int(pipeline.execute()[1])

    def lease(self, identity: str, holder: str, duration: timedelta) -> bool:
        """Take the right to send to this person; False when another worker has it."""
        key = keys.sending_key(identity)
        return bool(
            self._redis.set(key, holder, nx=True, px=round(duration.total_seconds() * 1000))
        )

    def release(self, identity: str, holder: str) -> None:
        """Give the right back, if it is still ours."""
        self._redis.eval(script_text("release"), 1, keys.sending_key(identity), holder)
