"""The figures as they were counted last: one field for each day, replaced as a whole."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from redis import Redis

from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys

_COUNTED_AT = "counted_at"


class RedisFigures:
    """Numbers of days. Nothing in them is of one person."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def replace(self, days: Mapping[date, Mapping[str, Any]], *, counted_at: datetime) -> None:
        """Put a new count in the place of the old one, in one step."""
        values: dict[str, str | int] = {_COUNTED_AT: to_milliseconds(counted_at)}
        values.update({day.isoformat(): json.dumps(found) for day, found in days.items()})
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.delete(keys.FIGURES)
        pipeline.hset(keys.FIGURES, mapping=values)
        pipeline.execute()

    def counted_at(self) -> datetime | None:
        """Return when the figures were counted, or None when they never were."""
        text = self._redis.hget(keys.FIGURES, _COUNTED_AT)
        return from_milliseconds(int(text)) if text else None

    def load(self, days: Iterable[date]) -> dict[date, dict[str, Any]]:
        """Return the counts of days; one on which nothing happened is left out."""
        asked = list(days)
        if not asked:
            return {}
        texts = self._redis.hmget(keys.FIGURES, [day.isoformat() for day in asked])
        return {day: json.loads(text) for day, text in zip(asked, texts, strict=True) if text}
