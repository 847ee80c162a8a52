"""How each endpoint has been doing; several workers write it, so by compare-and-set."""

import json
from collections.abc import Callable

from redis import Redis

from app.domain.deliveries import Health, health_from_json, health_to_json
from app.store import keys
from app.store.scripts import script_text

# The health of an endpoint outlives every pause; a script that replaces a record needs an end.
_HEALTH_TTL_SECONDS = 10 * 365 * 24 * 3600
_MOST_CONFLICTS = 20


class RedisEndpointHealth:
    """The health of every endpoint."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def load(self, endpoint_id: str) -> tuple[Health, int]:
        """Return how an endpoint has been doing, and the version of that."""
        version, record = self._redis.hmget(
            keys.endpoint_health_key(endpoint_id), "version", "record"
        )
        if record is None:
            return Health(), 0
        return health_from_json(json.loads(record)), int(version)

    def save(self, endpoint_id: str, health: Health, version: int) -> bool:
        """Replace an endpoint's health; False when somebody else did since it was read."""
        return bool(
            self._redis.eval(
                script_text("swap"),
                1,
                keys.endpoint_health_key(endpoint_id),
                str(version),
                json.dumps(health_to_json(health)),
                str(_HEALTH_TTL_SECONDS),
            )
        )

    def change(self, endpoint_id: str, change: Callable[[Health], Health]) -> tuple[Health, Health]:
        """Change the health by a rule, and return it before and after.

        A change that too many others overtake is left out: the next attempt says the same.
        """
        before, version = self.load(endpoint_id)
        for _ in range(_MOST_CONFLICTS):
            after = change(before)
            if after == before or self.save(endpoint_id, after, version):
                return before, after
            before, version = self.load(endpoint_id)
        return before, before
