"""How far an import has come, so that it goes on where it was cut off."""

import json
from collections.abc import Mapping

from redis import Redis

from app.store import keys

KEPT_SECONDS = 30 * 24 * 3600


class RedisImports:
    """Progress by a hash of the file: another file is another import."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def load(self, digest: str) -> dict[str, int]:
        """Return what was noted last; nothing for an import that never began."""
        text = self._redis.get(keys.import_key(digest))
        found: dict[str, int] = json.loads(text) if text else {}
        return found

    def save(self, digest: str, progress: Mapping[str, int]) -> None:
        """Note how many rows are done, and what became of them."""
        self._redis.set(keys.import_key(digest), json.dumps(progress), ex=KEPT_SECONDS)
