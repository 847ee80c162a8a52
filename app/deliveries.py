"""Everything that delivers events, put together once for a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis

from app.clock import utc_now
from app.delivery_ports import FeedGapError, FeedReader
from app.domain.deliveries import GIVE_UP_AFTER, may_attempt
from app.domain.endpoints import Endpoint
from app.endpoints.sender import EndpointSender
from app.ports import Clock
from app.store.dead_letters import RedisDeadLetters
from app.store.deliveries import RedisDeliveries
from app.store.endpoint_health import RedisEndpointHealth
from app.store.feed import CursorError, CursorTooOldError, RedisFeed
from app.usecases.deliver import Deliverer


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What jobs, commands and pages need for the endpoints of business.toml."""

    endpoints: tuple[Endpoint, ...]
    feed: FeedReader
    lanes: RedisDeliveries
    dead: RedisDeadLetters
    health: RedisEndpointHealth
    deliverer: Deliverer

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """Return the endpoint of this id, or None."""
        return next((one for one in self.endpoints if one.id == endpoint_id), None)

    def find_work(self, now: datetime) -> list[str]:
        """Return the endpoints that have something to take in or to send now."""
        if not self.endpoints:
            return []
        last = self.feed.last()
        return [
            one.id
            for one in self.endpoints
            if self.lanes.progress(one.id) != last or self._is_due(one, now)
        ]

    def _is_due(self, endpoint: Endpoint, now: datetime) -> bool:
        counts = self.lanes.counts(endpoint.id, now)
        if counts.oldest_since is not None and now - counts.oldest_since > GIVE_UP_AFTER:
            return True
        return counts.due > 0 and may_attempt(self.health.load(endpoint.id)[0], now)


class FollowedFeed:
    """The feed for those who follow it from a cursor of their own."""

    def __init__(self, feed: RedisFeed) -> None:
        self._feed = feed

    def read(self, after: str, *, most: int) -> Sequence[Mapping[str, Any]]:
        """Return events after a cursor, the oldest first; each has its own cursor as `id`.

        Raises:
            FeedGapError: events between the cursor and the oldest that is kept are gone, or the
                cursor is of a feed that Redis has lost since.
        """
        entries = self._feed.read(after, most=most)
        try:
            # Afterwards: what is let go of between a check and a read would be missed in silence.
            self._feed.check(after)
        except (CursorTooOldError, CursorError) as error:
            raise FeedGapError(self._feed.first()) from error
        return [entry.to_json() for entry in entries]

    def last(self) -> str:
        """Return the cursor of the latest event, or one before all of an empty feed."""
        return self._feed.last()


def build_deliveries(
    endpoints: tuple[Endpoint, ...],
    secrets: Mapping[str, Sequence[str]],
    *,
    redis: Redis,
    feed: RedisFeed,
    clock: Clock,
) -> Deliveries:
    """Put it together; nothing is opened yet."""
    lanes, dead, health = (
        RedisDeliveries(redis),
        RedisDeadLetters(redis),
        RedisEndpointHealth(redis),
    )
    return Deliveries(
        endpoints=endpoints,
        feed=FollowedFeed(feed),
        lanes=lanes,
        dead=dead,
        health=health,
        deliverer=Deliverer(
            lanes=lanes,
            dead=dead,
            health=health,
            # A signature bears the true time, whatever clock the schedule goes by.
            sender=EndpointSender(secrets, utc_now),
            clock=clock,
        ),
    )
