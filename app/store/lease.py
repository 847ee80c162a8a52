"""A lease in Redis: one holder at a time among all processes on all machines."""

from datetime import timedelta

from redis import Redis

from app.store import keys
from app.store.connection import StoreError
from app.store.scripts import script_text


class Lease:
    """The right to sweep. It ends by itself when its holder stops renewing it."""

    def __init__(self, redis: Redis, *, holder: str, duration: timedelta) -> None:
        self._redis = redis
        self._holder = holder
        self._milliseconds = round(duration.total_seconds() * 1000)

    def hold(self) -> bool:
        """Take or renew the lease; False while somebody else has it."""
        answer = self._redis.eval(
            script_text("hold"), 1, keys.SWEEPER_LEASE, self._holder, self._milliseconds
        )
        return bool(answer)

    def release(self) -> None:
        """Give it back; the next one need not wait."""
        try:
            self._redis.eval(script_text("release"), 1, keys.SWEEPER_LEASE, self._holder)
        except StoreError:
            return  # it ends by itself
