"""The dashboard, logged in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from tests.integration.dashboard.jobs import (
    CONFIRMED,
    LOGIN,
    app_of,
    put_jobs_into_every_state,
)


@pytest.fixture
def app(environ: dict[str, str], redis: Redis) -> Flask:
    """One application for all tests of this file: building it costs a second."""
    return app_of(tuple(environ.items()))


@pytest.fixture
def get(client: FlaskClient) -> Callable[..., Any]:
    def fetch(path: str, **headers: str) -> Any:
        return client.get(path, headers={**LOGIN, **headers}, buffered=True)

    return fetch


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., Any]:
    def send(path: str, headers: dict[str, str] = CONFIRMED) -> Any:
        return client.post(path, headers={**LOGIN, **headers})

    return send


@pytest.fixture
def queue(redis: Redis) -> Queue:
    return Queue("commands", connection=redis, serializer=JSONSerializer)


@pytest.fixture
def jobs_in_every_state(queue: Queue) -> dict[str, str]:
    """Put one real job into each state; returns registry → job id."""
    return put_jobs_into_every_state(queue)
