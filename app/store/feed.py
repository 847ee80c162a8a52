"""The feed: every change of every person in one total order (docs/events.md).

It lies on one node of a cluster and people's records on all, so nothing is written to both at
once. A change is committed with the record, on a list of the person's own, and comes here after.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import ResponseError

from app.domain.changes import Change
from app.domain.times import to_milliseconds
from app.store import keys
from app.store.scripts import script_text

START = "0-0"
"""The cursor before the first entry that there ever was."""

_CURSOR = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")
_LARGEST = 2**63
# Nobody can be late by more than the job or the request that publishes may take; a day is ample.
_MARGIN = timedelta(days=1)


class CursorError(ValueError):
    """This feed never gave such a cursor."""


class CursorTooOldError(ValueError):
    """Entries after this cursor are gone."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: `id` is its cursor, `fields` all else (docs/events.md)."""

    id: str
    fields: dict[str, Any]

    @property
    def type(self) -> str:
        """What kind of change it is."""
        return str(self.fields["type"])

    def to_json(self) -> dict[str, Any]:
        """Return the entry as the API shows it."""
        return {"id": self.id, **self.fields}


def is_cursor(text: str) -> bool:
    """Tell whether a text has the form of a cursor."""
    return _CURSOR.fullmatch(text) is not None and max(order_of(text)) < _LARGEST


class RedisFeed:
    """Appends to the feed, and reads it."""

    def __init__(self, redis: Redis, *, kept: timedelta) -> None:
        self._redis = redis
        self._kept = kept

    def append(self, key: str, change: Change) -> str:
        """Put a change into the feed unless it is there; return the id of its entry."""
        entry_id, _ = self._redis.eval(
            script_text("publish"),
            4,
            keys.FEED_EVENTS,
            keys.feed_entries_key(change.identity),
            keys.FEED_RESTRICTED,
            keys.FEED_PAUSES,
            key,
            json.dumps(change.entry, separators=(",", ":")),
            change.identity,
            "" if change.restricted_at is None else change.restricted_at,
            "" if change.pause_ends_at is None else change.pause_ends_at,
            round((self._kept + _MARGIN).total_seconds()),
            *change.drops,
        )
        found: str = entry_id.decode()
        return found

    def redact(self, identities: Sequence[str], *, before: str) -> None:
        """Delete the entries of a person that stand before this one.

        That the changes were in the feed is still known, so that none of them comes back.
        """
        for identity in identities:
            found = self._redis.hvals(keys.feed_entries_key(identity))
            ids = [one for one in found if order_of(one.decode()) < order_of(before)]
            if ids:
                self._redis.xdel(keys.FEED_EVENTS, *ids)

    def due_pauses(self, now: datetime, *, most: int) -> list[tuple[str, int]]:
        """Return whose pauses are over and when they ended, in milliseconds, the oldest first."""
        found = self._redis.zrangebyscore(
            keys.FEED_PAUSES, "-inf", to_milliseconds(now), start=0, num=most, withscores=True
        )
        return [(identity.decode(), int(until)) for identity, until in found]

    def drop_pause(self, identity: str, until: int) -> None:
        """Take a pause off the index, if it still ends at that moment."""
        self._redis.eval(script_text("unpause"), 1, keys.FEED_PAUSES, identity, until)

    def restricted(self, after: tuple[int, str], *, most: int) -> list[tuple[int, str]]:
        """Return who may not be sent everything, in the order in which that was applied.

        `after` is the last that was read, or a moment in milliseconds and "". Whoever is added or
        restricted anew meanwhile comes later; nobody is passed over.
        """
        found = self._redis.eval(script_text("page"), 1, keys.FEED_RESTRICTED, *after, most)
        pairs = zip(found[1::2], found[::2], strict=True)
        return [(int(float(score)), identity.decode()) for score, identity in pairs]

    def index_restricted(self, moments: Mapping[str, int]) -> int:
        """Put people on the index where they are not; return how many were not."""
        return self._index(keys.FEED_RESTRICTED, moments)

    def index_pauses(self, ends: Mapping[str, int]) -> int:
        """Put ends of pauses on the index where the person has none; return how many had none."""
        return self._index(keys.FEED_PAUSES, ends)

    def _index(self, key: str, scores: Mapping[str, int]) -> int:
        return int(self._redis.zadd(key, scores, nx=True)) if scores else 0

    def read(self, after: str, *, most: int, wait: timedelta | None = None) -> list[FeedEntry]:
        """Return the entries after a cursor, the oldest first; wait for one where there is none.

        A wait must be shorter than the time limit of the connection (connection.py). It occupies
        a connection of its own.
        """
        milliseconds = round(wait.total_seconds() * 1000) if wait else None
        streams = self._redis.xread(
            {keys.FEED_EVENTS: after}, count=most, block=milliseconds or None
        )
        rows = _rows_of(streams)
        return [FeedEntry(row_id.decode(), json.loads(row[b"entry"])) for row_id, row in rows]

    def check(self, cursor: str) -> str:
        """Return the cursor, if all entries after it are here.

        Raises:
            CursorError: nobody can have got it here.
            CursorTooOldError: entries after it are gone.
        """
        if not is_cursor(cursor) or order_of(cursor) > order_of(self.last()):
            # Of another Redis, or of this one before it lost what it held.
            raise CursorError
        trimmed = self._redis.get(keys.FEED_TRIMMED)
        if trimmed and order_of(cursor) < order_of(trimmed.decode()):
            raise CursorTooOldError
        return cursor

    def last(self) -> str:
        """Return the cursor after the newest entry: what comes after it comes after this call."""
        try:
            found = self._redis.xinfo_stream(keys.FEED_EVENTS)["last-generated-id"]
        except ResponseError:
            return START  # nothing has ever happened
        return str(found.decode())

    def first(self) -> str:
        """Return the cursor before the oldest entry that is kept."""
        trimmed = self._redis.get(keys.FEED_TRIMMED)
        return trimmed.decode() if trimmed else START

    def trim(self, now: datetime) -> int:
        """Let go of what is older than the feed keeps; return how many entries went."""
        oldest = f"{to_milliseconds(now - self._kept)}-0"
        return int(
            self._redis.eval(script_text("trim"), 2, keys.FEED_EVENTS, keys.FEED_TRIMMED, oldest)
        )

    def size(self) -> int:
        """Return how many entries are kept."""
        return int(self._redis.xlen(keys.FEED_EVENTS))


def _rows_of(streams: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    # A list of pairs from RESP2, a mapping from RESP3.
    pairs = streams.items() if isinstance(streams, dict) else (streams or ())
    return [row for _, rows in pairs for row in rows]


def order_of(cursor: str) -> tuple[int, ...]:
    """Return what cursors are compared by."""
    return tuple(int(part) for part in cursor.split("-"))
