"""What all tests share: a real Redis of their own, and no way off this machine."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from redis import Redis

from app import create_app
from app.runtime import Runtime
from sandbox.embedded_redis import EmbeddedRedis
from tests.builders import API_SECRET, WEBHOOK_TOKEN

# How long an example takes says something of the machine and nothing of the code.
settings.register_profile("heed", deadline=None)
settings.load_profile("heed")

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def _stay_on_this_machine() -> Iterator[None]:
    """Refuse every connection that leaves this machine, whoever tries."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(address, tuple) and not str(host).startswith(_LOOPBACK):
            raise AssertionError("a test tried to reach another machine")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real server on a free port, which is ours to flush."""
    server = EmbeddedRedis(Path(tmp_path_factory.mktemp("redis"))).start()
    yield server.url
    server.stop()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """Give a client of an empty server."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def session_environ(redis_url: str) -> dict[str, str]:
    """Give a complete environment; 360dialog is a port where nobody listens."""
    return {
        "REDIS_URL": redis_url,
        "D360_API_KEY": "test-d360-key",
        "D360_BASE_URL": "http://127.0.0.1:9",
        "WEBHOOK_TOKEN": f"{WEBHOOK_TOKEN},the-next-webhook-token",
        "API_TOKENS": f"tests:read+write+send+admin:{API_SECRET},reader:read:reader-secret-0001",
        "SECRET_KEY": "a-secret-key-for-tests",
        "LOG_FORMAT": "json",
    }


@pytest.fixture
def environ(session_environ: dict[str, str]) -> dict[str, str]:
    """Give an environment that a test may change."""
    return dict(session_environ)


@pytest.fixture(scope="session")
def session_app(session_environ: dict[str, str]) -> Flask:
    """Give one web application for all: reading every language takes a second."""
    return create_app(session_environ)


@pytest.fixture
def app(session_app: Flask, redis: Redis) -> Flask:
    """Give the web application on an empty Redis."""
    session_app.extensions["heed"].metrics.flush()
    redis.flushall()
    return session_app


@pytest.fixture
def runtime(app: Flask) -> Runtime:
    """Give what the application works with."""
    found: Runtime = app.extensions["heed"]
    return found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a client of the web application."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """Give the present moment, in whole seconds as WhatsApp has it."""
    return datetime.now(UTC).replace(microsecond=0)
