"""What was committed comes into the feed: once, in order, whoever dies on the way (design 2.8).

A commit leaves the change on a list of the person's own. Whoever finishes an event empties that
list into the feed, from its head; the feed knows each change and takes it once, and a change
leaves the list after that. So two may do this at once, and a dead one's work is done by the next.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.changes import Change, ChangeType
from app.ports import PreferenceRecords

_AT_ONCE = 100


class Feed(Protocol):
    """Every change of every person, in one order. Each method may raise the store's error."""

    def append(self, key: str, change: Change) -> str:
        """Put a change into the feed unless it is there; return the id of its entry."""
        ...

    def redact(self, identities: Sequence[str], *, before: str) -> None:
        """Delete the entries of a person that stand before this one."""
        ...


class PauseFeed(Feed, Protocol):
    """The feed with its index of pauses. Each method may raise the store's error."""

    def due_pauses(self, now: datetime, *, most: int) -> list[tuple[str, int]]:
        """Return whose pauses are over and when they ended, in milliseconds, the oldest first."""
        ...

    def drop_pause(self, identity: str, until: int) -> None:
        """Take a pause off the index, if it still ends at that moment."""
        ...


def publish(identities: Iterable[str], *, preferences: PreferenceRecords, feed: Feed) -> None:
    """Put into the feed what is committed under these identities."""
    for identity in dict.fromkeys(identities):
        _publish_one(identity, preferences, feed, frozenset())


def _publish_one(
    identity: str, preferences: PreferenceRecords, feed: Feed, waiting: frozenset[str]
) -> None:
    while changes := preferences.unpublished(identity, most=_AT_ONCE):
        for one in changes:
            # Records that became part of this one had changes of their own before.
            for joined in {*one.change.joins} - {identity, *waiting}:
                _publish_one(joined, preferences, feed, waiting | {identity})
            entry_id = feed.append(one.key, one.change)
            if one.change.type is ChangeType.FORGOTTEN:
                feed.redact((identity, *one.change.joins), before=entry_id)
            preferences.drop_unpublished(identity, one)
