"""What was answered to requests with an idempotency key, so that asking again is safe."""

import json
from collections.abc import Mapping
from typing import Any

from redis import Redis

from app.store import keys

KEPT_SECONDS = 24 * 3600


class RedisAnswers:
    """Records under the digest of a caller's key; the key itself may name a person."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def claim(self, digest: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Write the record unless there is one; return the one that stands."""
        key = keys.answer_key(digest)
        if self._redis.set(key, json.dumps(record), nx=True, ex=KEPT_SECONDS):
            return dict(record)
        text = self._redis.get(key)
        # It ended between the two: a day has passed, and nothing stands in the way.
        found: dict[str, Any] = json.loads(text) if text else self.claim(digest, record)
        return found

    def complete(self, digest: str, record: Mapping[str, Any]) -> None:
        """Add the answer to a claimed record; its day still counts from the claim."""
        self._redis.set(keys.answer_key(digest), json.dumps(record), xx=True, keepttl=True)
