from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from app.delivery_ports import FeedGapError
from app.domain.deliveries import Answer
from app.domain.endpoints import Endpoint
from app.endpoints.sender import EndpointSender
from app.store.dead_letters import RedisDeadLetters
from app.store.deliveries import RedisDeliveries
from app.store.endpoint_health import RedisEndpointHealth
from app.usecases.deliver import Deliverer, Delivery, deliver_next
from app.usecases.dispatch import dispatch
from tests.builders import ADA
from tests.receivers import SECRET, Receiver, running


@dataclass
class ListFeed:
    """The feed in a list; cursors are positions."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    trimmed: int = 0

    def add(self, recipient: str = ADA, kind: str = "opted_out", **fields: Any) -> dict[str, Any]:
        number = len(self.entries) + 1
        event = {
            "id": f"{number:06d}-0",
            "type": kind,
            "recipient": recipient,
            "addresses": [recipient],
            "previous": [],
            "revision": number,
            "after": {"messages": kind},
            **fields,
        }
        self.entries.append(event)
        return event

    def read(self, after: str, *, most: int) -> Sequence[Mapping[str, Any]]:
        start = int(after.partition("-")[0])
        if start < self.trimmed:
            raise FeedGapError(f"{self.trimmed:06d}-0")
        return self.entries[start : start + most]

    def last(self) -> str:
        return f"{len(self.entries):06d}-0"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def real_now() -> datetime:
    """Signatures bear the real time, whatever the test says of the schedule."""
    return datetime.now(UTC)


@dataclass
class World:
    """Endpoints at their work, in the test's own process."""

    redis: Redis
    feed: ListFeed
    clock: Clock
    deliverer: Deliverer
    lanes: RedisDeliveries
    dead: RedisDeadLetters

    def take_in(self, endpoint: Endpoint) -> None:
        while dispatch(
            endpoint,
            feed=self.feed,
            lists=self.lanes,
            forget=self.dead.forget,
            now=self.clock(),
        ):
            pass

    def deliver_all(self, endpoint: Endpoint) -> list[Delivery]:
        self.take_in(endpoint)
        found = []
        while delivery := deliver_next(endpoint, deliverer=self.deliverer):
            found.append(delivery)
        return found


def make_world(redis: Redis, *, sender: Any = None) -> World:
    clock = Clock()
    lanes, dead = RedisDeliveries(redis), RedisDeadLetters(redis)
    return World(
        redis=redis,
        feed=ListFeed(),
        clock=clock,
        deliverer=Deliverer(
            lanes=lanes,
            dead=dead,
            health=RedisEndpointHealth(redis),
            sender=sender or EndpointSender({"crm": [SECRET], "shop": [SECRET]}, real_now),
            clock=clock,
            chance=lambda: 0.0,
        ),
        lanes=lanes,
        dead=dead,
    )


@pytest.fixture
def world(redis: Redis) -> World:
    return make_world(redis)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as one:
        yield one


def endpoint_of(receiver: Receiver, name: str = "crm", *types: str) -> Endpoint:
    return Endpoint(
        id=name,
        url=receiver.url,
        secret_variable="ENDPOINT_SECRET",
        types=frozenset(types),
        allow_private=frozenset({"localhost"}),
    )


@pytest.fixture
def crm(receiver: Receiver, world: World) -> Endpoint:
    """Give an endpoint that is up, and has seen the feed from its beginning."""
    endpoint = endpoint_of(receiver)
    world.take_in(endpoint)
    return endpoint


def failing(status: int = 500, **headers: str) -> Any:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()})


def summary(deliveries: list[Delivery]) -> list[str]:
    return [one.outcome for one in deliveries]


__all__ = ["Answer"]
