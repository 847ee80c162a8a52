"""Keeps the mirror up: from its place in the feed to the end, or from everything anew."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.delivery_ports import FeedGapError, FeedReader
from app.mirror.writer import Mirror, MirrorMovedError, Person
from app.ports import Clock

logger = logging.getLogger(__name__)

_BATCH = 500

Step = Callable[[int], None]
"""Is told how many rows or events have just been written."""


class People(Protocol):
    """Everybody's state as it is now."""

    def __call__(self) -> Iterator[Sequence[Person]]:
        """Yield batches of people."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """What following needs, put together once."""

    mirror: Mirror
    feed: FeedReader
    read_people: People
    clock: Clock


def catch_up(follower: Follower, *, step: Step = lambda _: None) -> int:
    """Bring the mirror to the end of the feed; returns how many rows and events were written.

    A new mirror is built from everybody's state; so is one whose place in the feed is gone.
    """
    written = 0
    while True:
        cursor = follower.mirror.cursor()
        if cursor is None:
            written += rebuild(follower, step=step)
            continue
        try:
            events = follower.feed.read(cursor, most=_BATCH)
        except FeedGapError:
            logger.warning("mirror.outdated", extra={"do": "rebuilding"})
            written += rebuild(follower, step=step)
            continue
        if not events:
            return written
        try:
            follower.mirror.apply(events, after=cursor, now=follower.clock())
        except MirrorMovedError:
            continue  # a second process keeps the same mirror; we go on from where it is
        written += len(events)
        step(len(events))


def rebuild(follower: Follower, *, step: Step = lambda _: None) -> int:
    """Write everybody's state anew; returns how many people there are.

    The place in the feed is taken first, so that what changes meanwhile comes after.
    """
    cursor = follower.feed.last()

    def batches() -> Iterator[Sequence[Person]]:
        for batch in follower.read_people():
            yield batch
            step(len(batch))

    try:
        return follower.mirror.rebuild(batches(), cursor=cursor, now=follower.clock())
    except MirrorMovedError:
        return 0
