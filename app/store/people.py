"""Everybody whose preferences are kept, batch by batch, in bounded memory."""

from collections.abc import Iterator

from redis import Redis

from app.domain.records import Record
from app.store import keys
from app.store.preferences import RedisPreferences

_BATCH = 500


def scan_people(redis: Redis, preferences: RedisPreferences) -> Iterator[list[Record]]:
    """Yield the records that speak for somebody; one that only points to another is left out.

    A record may come twice, and one that is begun meanwhile may be left out.
    """
    before, after = keys.preferences_key("*").split("*")
    pattern, batch = keys.preferences_key("*"), []
    for key in redis.scan_iter(match=pattern, count=1_000):
        batch.append(key.decode().removeprefix(before).removesuffix(after))
        if len(batch) == _BATCH:
            yield _load(batch, preferences)
            batch = []
    if batch:
        yield _load(batch, preferences)


def _load(identities: list[str], preferences: RedisPreferences) -> list[Record]:
    records = preferences.load_many(identities)
    return [one for one in records if one.is_known and not one.preferences.linked_to]
