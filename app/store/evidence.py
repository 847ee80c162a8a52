"""All evidence chains, read a few at a time, so that a walk over millions needs little memory."""

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from redis import Redis

from app.domain.evidence import GENESIS
from app.domain.records import ChainStart
from app.store import keys

_SCAN = 1_000
_BATCH = 200


class RedisEvidence:
    """Walks over the chains of everybody."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def scan(self) -> Iterator[tuple[list[str], float]]:
        """Yield identities that have a chain, with the share of the store that was looked through.

        An identity may come twice; one whose chain begins meanwhile may be left out.
        """
        before, after = keys.evidence_key("*").split("*")
        # Redis does not say how far a scan has come; each call looks at about so many keys.
        calls = max(1, math.ceil(int(self._redis.dbsize()) / _SCAN))
        cursor, done = 0, 0
        while True:
            cursor, found = self._redis.scan(cursor, match=keys.evidence_key("*"), count=_SCAN)
            done += 1
            names = [key.decode().removeprefix(before).removesuffix(after) for key in found]
            for start in range(0, max(len(names), 1), _BATCH):
                yield names[start : start + _BATCH], min(done / calls, 1.0)
            if cursor == 0:
                return

    def first_entries(self, identities: Sequence[str], *, most: int) -> list[ChainStart]:
        """Read the beginning of several chains in one round trip, each not quite at one moment."""
        if not identities:
            return []
        pipeline = self._redis.pipeline(transaction=False)
        for identity in identities:
            pipeline.llen(keys.evidence_key(identity))
            pipeline.lrange(keys.evidence_key(identity), 0, most - 1)
            pipeline.hget(keys.preferences_key(identity), "head")
        answers = iter(pipeline.execute())
        return [
            ChainStart(
                identity,
                length=int(next(answers)),
                entries=[_read_entry(text) for text in next(answers)],
                head=_read_head(next(answers)),
            )
            for identity in identities
        ]

    def end_of(self, identity: str) -> tuple[int, str]:
        """Return the length and the head of a chain, as of one moment."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.llen(keys.evidence_key(identity))
        pipeline.hget(keys.preferences_key(identity), "head")
        length, head = pipeline.execute()
        return int(length), _read_head(head)

    def entries(self, identity: str, length: int) -> Iterator[dict[str, Any]]:
        """Yield the first `length` entries of a chain, reading a few at a time."""
        for start in range(0, length, _BATCH):
            end = min(start + _BATCH, length) - 1
            for text in self._redis.lrange(keys.evidence_key(identity), start, end):
                yield _read_entry(text)


def _read_entry(text: bytes) -> dict[str, Any]:
    """Return an entry; what is none any more is an entry without a hash, which fits nowhere."""
    try:
        entry = json.loads(text)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _read_head(head: bytes | None) -> str:
    return head.decode(errors="replace") if head else GENESIS
