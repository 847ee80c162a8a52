"""What fault tests share: a service of real parts, and people who write to it."""

from collections.abc import Iterator

import pytest

from benchmarks.people import People
from benchmarks.service import Service


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give Redis, the sandbox and web; their start takes seconds, so there is one for all."""
    with Service(tmp_path_factory.mktemp("service")) as running:
        running.start_web()
        yield running


@pytest.fixture
def service(shared_service: Service) -> Iterator[Service]:
    """Give a service where nothing has happened yet; workers are the test's to start."""
    shared_service.reset()
    yield shared_service
    shared_service.stop_pools()


@pytest.fixture
def people(service: Service) -> People:
    """Give people who write to the service and look at what became of it."""
    return People(service)
