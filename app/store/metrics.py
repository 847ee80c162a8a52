"""The sums of all processes, in one hash."""

from collections.abc import Mapping

from redis import Redis

from app.store import keys


class RedisMetrics:
    """Adds up and reads sums."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def add(self, values: Mapping[str, float]) -> None:
        """Add to the sums, in one round trip."""
        pipeline = self._redis.pipeline(transaction=False)
        for key, value in values.items():
            pipeline.hincrbyfloat(keys.METRICS, key, value)
        pipeline.execute()

    def read(self) -> dict[str, float]:
        """Return all sums."""
        return {
            key.decode(): float(value) for key, value in self._redis.hgetall(keys.METRICS).items()
        }
