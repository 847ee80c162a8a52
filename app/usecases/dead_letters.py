"""What somebody decides about events that an endpoint never took."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from app.domain.deliveries import Tries


class Letter(Protocol):
    """One dead letter."""

    @property
    def id(self) -> str:
        """Its id in the feed."""
        ...

    @property
    def event(self) -> Mapping[str, Any]:
        """The event."""
        ...

    @property
    def tries(self) -> Tries:
        """How often it was tried."""
        ...

    @property
    def died_at(self) -> datetime:
        """When it was given up."""
        ...


class Letters(Protocol):
    """All dead letters. Each method may raise the store's error."""

    def list(self, endpoint_id: str, *, most: int | None = None) -> Iterator[Any]:
        """Yield dead letters, the oldest first."""
        ...

    def revive(self, endpoint_id: str, letter: Any, now: datetime) -> bool:
        """Try one again, before what waits for the same person."""
        ...

    def drop(self, endpoint_id: str, event_id: str) -> bool:
        """Forget one for good."""
        ...


def retry(endpoint_id: str, ids: Collection[str] | None, *, letters: Letters, now: datetime) -> int:
    """Try dead letters again, all where `ids` is None; returns how many."""
    chosen = [one for one in letters.list(endpoint_id) if ids is None or one.id in ids]
    # Each goes to the front of its person's lane, so the newest first: the oldest ends in front.
    return sum(letters.revive(endpoint_id, one, now) for one in reversed(chosen))


def drop(endpoint_id: str, ids: Collection[str] | None, *, letters: Letters) -> int:
    """Forget dead letters, all where `ids` is None; returns how many."""
    chosen = list(ids) if ids is not None else [one.id for one in letters.list(endpoint_id)]
    return sum(letters.drop(endpoint_id, one) for one in chosen)
