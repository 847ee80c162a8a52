"""Links to preference pages: a random id → the person, until it expires or they are forgotten.

The address of a page holds the id alone, so that no log, mail server or browser history that sees
it learns a phone number; and taking a link back is deleting a key.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from redis import Redis

from app.domain.links import LINK_LIFE, PreferenceLink
from app.domain.recipients import Recipient
from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys

# Within this time the changes through one link are counted.
COUNTING = timedelta(minutes=10)


class RedisLinks:
    """Links that stand."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def save(self, link: PreferenceLink, *, now: datetime) -> None:
        """Keep a new link until it expires."""
        index = keys.preference_links_key(link.recipient.root)
        expires_at = to_milliseconds(link.expires_at)
        record = {
            "wa_id": link.recipient.wa_id,
            "bsuid": link.recipient.bsuid,
            "expires_at": expires_at,
            "language": link.language,
            "phone_number_id": link.phone_number_id,
        }
        # The index first: a link that the index does not know could not be taken back.
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zremrangebyscore(index, "-inf", to_milliseconds(now))
        pipeline.zadd(index, {link.id: expires_at})
        pipeline.pexpireat(index, expires_at)
        pipeline.set(
            keys.preference_link_key(link.id),
            json.dumps(record, separators=(",", ":")),
            pxat=expires_at,
        )
        pipeline.execute()

    def find(self, link_id: str) -> PreferenceLink | None:
        """Return a link; None when it has expired or was taken back. One read."""
        text = self._redis.get(keys.preference_link_key(link_id))
        if text is None:
            return None
        record = json.loads(text)
        return PreferenceLink(
            id=link_id,
            recipient=Recipient(wa_id=record["wa_id"], bsuid=record["bsuid"]),
            expires_at=from_milliseconds(record["expires_at"]),
            language=record["language"],
            phone_number_id=record["phone_number_id"],
        )

    def revoke(self, identities: Sequence[str], *, made_until: datetime | None = None) -> int:
        """Take back every link of a person, who is forgotten or whose number is another's now.

        `identities` are all storage names of the person. With `made_until` those that were made
        later stay: they are the next owner's. Returns how many links there were.
        """
        last = to_milliseconds(made_until + LINK_LIFE) if made_until else "+inf"
        links: list[str] = []
        for identity in identities:
            index = keys.preference_links_key(identity)
            found = [one.decode() for one in self._redis.zrangebyscore(index, "-inf", last)]
            pipeline = self._redis.pipeline(transaction=False)
            for link_id in found:
                pipeline.delete(keys.preference_link_key(link_id))
            # The index last: whoever repeats a revocation that failed finds the links again.
            pipeline.zremrangebyscore(index, "-inf", last)
            pipeline.execute()
            links += found
        return len(links)

    def count_change(self, link_id: str) -> int:
        """Count one more change through this link; return how many there were in ten minutes."""
        key = keys.preference_changes_key(link_id)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(key, 0, ex=COUNTING, nx=True)
        pipeline.incr(key)
        _, count = pipeline.execute()
        return int(count)
