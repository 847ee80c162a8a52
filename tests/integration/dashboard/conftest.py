"""The dashboard, logged in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from tests.builders import ADA, ADA_BSUID
from tests.integration.dashboard.jobs import CONFIRMED, LOGIN, app_of, enqueue, work


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
    enqueue(queue, "finished-job")
    enqueue(queue, "failed-job", "builtins.int", f"call {ADA} or {ADA_BSUID} <b>now</b>")
    work(queue)
    busy = enqueue(queue, "started-job")
    worker = SimpleWorker(
        [queue], connection=queue.connection, serializer=JSONSerializer, name="busy-worker"
    )
    worker.register_birth()
    queue.remove(busy)
    worker.prepare_execution(busy)
    worker.prepare_job_execution(busy)
    worker.set_state("busy")
    queue.enqueue_at(
        datetime.now(UTC) + timedelta(hours=1), "os.path.basename", "x", job_id="scheduled-job"
    )
    first = enqueue(queue, "queued-job")
    queue.enqueue_call("os.path.basename", args=("x",), job_id="deferred-job", depends_on=first)
    enqueue(queue, "canceled-job").cancel()
    states = ("finished", "failed", "started", "scheduled", "queued", "deferred", "canceled")
    return {state: f"{state}-job" for state in states}
