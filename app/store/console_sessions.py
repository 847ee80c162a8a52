"""Sessions of the console, kept here so that logging out ends them wherever the cookie is."""

import hashlib
from collections.abc import Mapping

from redis import Redis

from app.store import keys

_PERSON = "person."
_NOTICE = "notice"
_MOST_PEOPLE = 500
IDLE_SECONDS = 30 * 60


class RedisConsoleSessions:
    """One hash a session. The key has the hash of its id alone: a dump of Redis opens none."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def save(self, session_id: str, fields: Mapping[str, str]) -> None:
        """Write fields; without another write the session ends when it was idle for too long."""
        key = _key(session_id)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hset(key, mapping=dict(fields))
        # With each write: one that comes just after the end must leave nothing behind.
        pipeline.expire(key, IDLE_SECONDS)
        pipeline.execute()

    def load(self, session_id: str) -> dict[str, str]:
        """Return the fields; empty when there is no such session any more."""
        found = self._redis.hgetall(_key(session_id))
        return {name.decode(): value.decode() for name, value in found.items()}

    def end(self, session_id: str) -> None:
        """End a session at once."""
        self._redis.delete(_key(session_id))

    def remember_person(self, session_id: str, alias: str, identity: str) -> None:
        """Keep who is meant by an alias; it is known in this session alone."""
        key = _key(session_id)
        if int(self._redis.hlen(key)) > _MOST_PEOPLE:
            names = [name for name in self._redis.hkeys(key) if name.startswith(_PERSON.encode())]
            self._redis.hdel(key, *names)
        self.save(session_id, {f"{_PERSON}{alias}": identity})

    def find_person(self, session_id: str, alias: str) -> str | None:
        """Return the identity that an alias stands for, or None."""
        found = self._redis.hget(_key(session_id), f"{_PERSON}{alias}")
        return found.decode() if found else None

    def leave_notice(self, session_id: str, text_key: str) -> None:
        """Leave a message for the next page that is shown."""
        self.save(session_id, {_NOTICE: text_key})

    def take_notice(self, session_id: str) -> str | None:
        """Return the message that was left, once."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hget(_key(session_id), _NOTICE)
        pipeline.hdel(_key(session_id), _NOTICE)
        found = pipeline.execute()[0]
        return found.decode() if found else None


def _key(session_id: str) -> str:
    return keys.console_session_key(hashlib.sha256(session_id.encode()).hexdigest()[:40])
