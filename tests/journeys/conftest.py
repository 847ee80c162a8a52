"""One running stack for all journeys; each takes a person of its own."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.stack import RunningStack

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    running = RunningStack(tmp_path_factory.mktemp("stack"))
    try:
        yield running.wait_until_ready()
    finally:
        assert running.stop() == 0, running.log


@pytest.fixture
def new_number() -> Callable[..., str]:
    """Give a number that nobody had before, behind a country's prefix."""

    def make(prefix: str = "4477") -> str:
        return f"{prefix}{next(_numbers):08d}"

    return make
