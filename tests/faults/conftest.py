"""What fault tests share: a service of real parts, and people who write to it."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.people import People
from benchmarks.service import Service

_folders = itertools.count(1)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give Redis, the sandbox and web; workers are the test's to start."""
    with Service(tmp_path / f"service{next(_folders)}") as running:
        running.start_web()
        yield running


@pytest.fixture
def people(service: Service) -> People:
    """Give people who write to the service and look at what became of it."""
    return People(service)
