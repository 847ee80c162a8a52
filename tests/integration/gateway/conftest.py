"""The drop-in before the sandbox, and before a server that a test tells what to answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.runtime import Runtime
from sandbox.config import BusinessNumber, SandboxConfig
from sandbox.server import RunningSandbox, start
from tests.builders import PHONE_NUMBER_ID
from tests.contract.dialog360.fake_api import FakeAPI, run_fake_api
from tests.integration.gateway.senders import BUSINESS, SECOND_NUMBER, TOKENS


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    numbers = (
        BusinessNumber(PHONE_NUMBER_ID, "15550102030", "first-key"),
        BusinessNumber(SECOND_NUMBER, "15550102031", "second-key"),
    )
    config = SandboxConfig(port=0, webhook_url="http://127.0.0.1:9", numbers=numbers)
    with start(config) as running:
        yield running


@pytest.fixture(scope="session")
def gateway_environ(
    session_environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    business = Path(tmp_path_factory.mktemp("gateway")) / "business.toml"
    business.write_text(BUSINESS, encoding="utf-8")
    return {
        **session_environ,
        "BUSINESS_FILE": str(business),
        "D360_API_KEY": "first-key",
        "D360_SECOND_KEY": "second-key",
        "API_TOKENS": TOKENS,
    }


@pytest.fixture(scope="session")
def gateway_app(gateway_environ: dict[str, str], sandbox: RunningSandbox) -> Flask:
    return create_app({**gateway_environ, "D360_BASE_URL": sandbox.url})


@pytest.fixture
def gateway(gateway_app: Flask, sandbox: RunningSandbox, redis: Redis) -> FlaskClient:
    """Give a client of the drop-in before a sandbox to which nothing has happened."""
    gateway_app.extensions["heed"].metrics.flush()
    redis.flushall()
    requests.delete(f"{sandbox.url}/sent", timeout=5)
    requests.delete(f"{sandbox.url}/faults", timeout=5)
    requests.post(f"{sandbox.url}/faults", json={"kind": "refuse_statuses"}, timeout=5)
    return gateway_app.test_client()


@pytest.fixture
def gateway_runtime(gateway: FlaskClient) -> Runtime:
    found: Runtime = gateway.application.extensions["heed"]
    return found


@pytest.fixture
def upstream() -> Iterator[FakeAPI]:
    """Give a 360dialog that answers what a test says."""
    with run_fake_api() as api:
        yield api


@pytest.fixture
def behind(
    gateway_app: Flask, upstream: FakeAPI, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """Give a client of the drop-in before that server."""
    redis.flushall()
    relay = gateway_app.extensions["heed"].relay
    relay.close()
    monkeypatch.setattr(relay._transport, "base_url", upstream.url)
    return gateway_app.test_client()
