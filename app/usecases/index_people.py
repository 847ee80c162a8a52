"""Put everybody on the indexes of the feed who belongs there and is not.

The indexes follow each change. They can be behind where business.toml has come to know a topic
that people had turned off before, or where a key of Redis was lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from app.domain.business import Business
from app.domain.restrictions import restrictions_of
from app.domain.times import to_milliseconds
from app.ports import Clock, EvidenceChains, PreferenceRecords


class FeedIndexes(Protocol):
    """The indexes of the feed. Each method may raise the store's error."""

    def index_restricted(self, moments: Mapping[str, int]) -> int:
        """Put people on the index where they are not; return how many were not."""
        ...

    def index_pauses(self, ends: Mapping[str, int]) -> int:
        """Put ends of pauses on the index where the person has none; return how many had none."""
        ...


def index_people(
    chains: EvidenceChains,
    *,
    preferences: PreferenceRecords,
    indexes: FeedIndexes,
    business: Business,
    clock: Clock,
) -> Iterator[tuple[int, float]]:
    """Index everybody, a few at a time; yield how many were missing, and the share that is done.

    Safe to repeat, and beside people who change: whoever reads an index asks their record too.
    """
    for identities, share in chains.scan():
        yield _index(identities, preferences, indexes, business, clock), share


def _index(
    identities: Sequence[str],
    preferences: PreferenceRecords,
    indexes: FeedIndexes,
    business: Business,
    clock: Clock,
) -> int:
    now = clock()
    records = preferences.load_many(identities) if identities else []
    speaking = {
        one.identity: one.preferences
        for one in records
        if one.is_known and not one.preferences.linked_to
    }
    # As of now, so that whoever reads on from a cursor hears of them.
    restricted = {
        identity: to_milliseconds(now)
        for identity, one in speaking.items()
        if restrictions_of(one, business=business, now=now)
    }
    ends = {
        identity: one.pause_to_tell
        for identity, one in speaking.items()
        if one.pause_to_tell is not None
    }
    return indexes.index_restricted(restricted) + indexes.index_pauses(ends)
