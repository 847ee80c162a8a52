"""What delivering events needs of the world, as Protocols; feed, store and endpoints provide it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.domain.deliveries import Answer, Health, Incoming, Tries
from app.domain.endpoints import Endpoint


class FeedGapError(Exception):
    """The feed no longer holds what follows the cursor. `oldest` is where it can be read from."""

    def __init__(self, oldest: str) -> None:
        super().__init__("the feed begins later")
        self.oldest = oldest


class FeedReader(Protocol):
    """The feed of changes, in a total order. Each method may raise the store's error."""

    def read(self, after: str, *, most: int) -> Sequence[Mapping[str, Any]]:
        """Return events after a cursor, the oldest first; each has its own cursor as `id`.

        Raises:
            FeedGapError: events between the cursor and the oldest that is kept are gone.
        """
        ...

    def last(self) -> str:
        """Return the cursor of the latest event, or one before all of an empty feed."""
        ...


class ClaimedEvent(Protocol):
    """An event in the hands of a worker."""

    @property
    def id(self) -> str:
        """Its id in the feed."""
        ...

    @property
    def lane(self) -> str:
        """The lane of its person; it names nobody."""
        ...

    @property
    def event(self) -> Mapping[str, Any]:
        """The event as the feed has it."""
        ...

    @property
    def tries(self) -> Tries:
        """How often it was tried before."""
        ...

    @property
    def taken_in_at(self) -> datetime:
        """When it was taken in for the endpoint."""
        ...


class Lanes(Protocol):
    """What waits for endpoints, in order per person. Each method may raise the store's error."""

    def claim(self, endpoint_id: str, now: datetime, lease: timedelta) -> ClaimedEvent | None:
        """Take the event that is due longest into our hands; None when none is."""
        ...

    def delivered(self, endpoint_id: str, claimed: Any, now: datetime) -> None:
        """Forget an event that the endpoint took."""
        ...

    def postpone(self, endpoint_id: str, claimed: Any, tries: Tries, until: datetime) -> None:
        """Try the event again at a moment, and leave its lane alone until then."""
        ...

    def bury(self, endpoint_id: str, claimed: Any, tries: Tries, now: datetime) -> None:
        """Make a dead letter of an event."""
        ...

    def reclaim(self, endpoint_id: str, now: datetime) -> int:
        """Take back lanes of processes that died."""
        ...

    def wake(self, endpoint_id: str, now: datetime) -> int:
        """Make all that waits for a later attempt due now."""
        ...


class DeadLetters(Protocol):
    """Events that were given up. Each method may raise the store's error."""

    def bury_old(self, endpoint_id: str, taken_in_before: datetime, now: datetime) -> int:
        """Give up what waits too long."""
        ...

    def drop_old(self, endpoint_id: str, died_before: datetime) -> int:
        """Forget dead letters that nobody looked at for long."""
        ...


class EndpointHealth(Protocol):
    """How endpoints have been doing. Each method may raise the store's error."""

    def load(self, endpoint_id: str) -> tuple[Health, int]:
        """Return the health, and its version."""
        ...

    def save(self, endpoint_id: str, health: Health, version: int) -> bool:
        """Replace the health; False when somebody else did since it was read."""
        ...

    def change(self, endpoint_id: str, change: Callable[[Health], Health]) -> tuple[Health, Health]:
        """Change the health by a rule, and return it before and after."""
        ...


class EventSender(Protocol):
    """Delivers one event to one endpoint."""

    def post(self, endpoint: Endpoint, *, event_id: str, event: Mapping[str, Any]) -> Answer:
        """Deliver once; whatever goes wrong is in the answer."""
        ...


class EndpointLists(Protocol):
    """What endpoints have not got yet. Each method may raise the store's error."""

    def progress(self, endpoint_id: str) -> str | None:
        """Return how far an endpoint is in the feed; None for one that is new."""
        ...

    def begin(self, endpoint_id: str, cursor: str) -> None:
        """Let a new endpoint get what comes after this place in the feed."""
        ...

    def enter(
        self, endpoint_id: str, after: str, incoming: Sequence[Incoming], now: datetime
    ) -> bool:
        """Take events in, in order, each once; False when somebody else was first."""
        ...

    def busy_lanes(self, endpoint_id: str, lanes: Sequence[str]) -> set[str]:
        """Return those lanes in which something waits."""
        ...


class Forget(Protocol):
    """Drops one person's events at an endpoint, also those given up."""

    def __call__(
        self, endpoint_id: str, ids: Collection[str], now: datetime, *, before: str
    ) -> int:
        """Drop those before a place in the feed that are about somebody with one of these ids."""
        ...
