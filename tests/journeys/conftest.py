"""One running stack for all journeys; each takes a person of its own."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from app.store import keys
from tests.integration.deliveries.endpoints import entry, write_business
from tests.journeys.ways import WAYS
from tests.receivers import SECRET, Receiver, running
from tests.stack import RunningStack, eventually

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Give another system, to which the stack delivers every change."""
    with running(Receiver()) as one:
        yield one


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("stack")
    ways = [way.to_toml() for way in WAYS]
    started = RunningStack(
        folder,
        BUSINESS_FILE=str(write_business(folder, *ways, entry("crm", receiver.port))),
        ENDPOINT_SECRET_TESTS=SECRET,
    )
    try:
        started.wait_until_ready()
        # An endpoint gets what happens from its first look at the feed on.
        with Redis(port=started.redis_port) as redis:
            eventually(lambda: redis.exists(keys.endpoint_progress_key("crm")))
        yield started
    finally:
        assert started.stop() == 0, started.log


@pytest.fixture
def new_number() -> Callable[..., str]:
    """Give a number that nobody had before, behind a country's prefix."""

    def make(prefix: str = "4477") -> str:
        return f"{prefix}{next(_numbers):08d}"

    return make
