"""The categories of templates, as 360dialog listed them last."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from redis import Redis

from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys

# No template can have this name: names are of small letters, digits and underscores.
_READ_AT = ".read-at"


class RedisTemplates:
    """Implements `TemplateCache` of `app/usecases/templates.py`. An account is named by the variable of its key."""

    def __init__(self, redis: Redis, accounts: tuple[str, ...]) -> None:
        self._redis = redis
        self._accounts = accounts

    def find(self, account: str, name: str) -> tuple[datetime | None, Mapping[str, str] | None]:
        """Return when the list was read, and a template's category by language, if it is there."""
        read_at, found = self._redis.hmget(keys.templates_key(account), _READ_AT, name)
        return (
            from_milliseconds(int(read_at)) if read_at is not None else None,
            json.loads(found) if found and name != _READ_AT else None,
        )

    def save(
        self, account: str, categories: Mapping[str, Mapping[str, str]], *, now: datetime
    ) -> None:
        """Put a list in the place of the one before."""
        key = keys.templates_key(account)
        fields = {name: json.dumps(by_language) for name, by_language in categories.items()}
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.delete(key)
        pipeline.hset(key, mapping={**fields, _READ_AT: str(to_milliseconds(now))})
        pipeline.execute()

    def may_refresh(self, account: str, *, pause: timedelta) -> bool:
        """Take the right to read the list again; nobody else gets it during the pause."""
        return bool(
            self._redis.set(
                keys.templates_pause_key(account),
                "1",
                nx=True,
                px=pause // timedelta(milliseconds=1),
            )
        )

    def expire(self) -> None:
        """Take every list for old, so that the next sender has it read again."""
        for account in self._accounts:
            key = keys.templates_key(account)
            if self._redis.exists(key):
                self._redis.hset(key, _READ_AT, "0")
            self._redis.delete(keys.templates_pause_key(account))
