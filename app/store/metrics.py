"""The sums of all processes, in one hash."""

from collections.abc import Mapping

from redis import Redis

from app.store import keys
from app.store.scripts import script_text

# An outage of Redis that is longer may count the second before it twice.
_BATCH_TTL_SECONDS = 24 * 3600


class RedisMetrics:
    """Adds up and reads sums."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, values: Mapping[str, float], *, source: str, batch: int) -> None:
        """Add to the sums, once for each batch of a source, in one round trip."""
        self._redis.eval(
            script_text("add"),
            2,
            keys.METRICS,
            keys.metrics_batch_key(source),
            batch,
            _BATCH_TTL_SECONDS,
            *(part for pair in values.items() for part in pair),
        )

    def read(self) -> dict[str, float]:
        """Return all sums."""
        return {
            key.decode(): float(value) for key, value in self._redis.hgetall(keys.METRICS).items()
        }
