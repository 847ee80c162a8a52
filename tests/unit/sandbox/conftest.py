"""A sandbox over real HTTP and a webhook that records what it delivers."""

from collections.abc import Iterator

import pytest

from sandbox.config import SandboxConfig
from sandbox.server import RunningSandbox, start
from tests.unit.sandbox.client import Client
from tests.unit.sandbox.webhook import RecordingWebhook


@pytest.fixture
def webhook() -> Iterator[RecordingWebhook]:
    with RecordingWebhook() as running:
        yield running


@pytest.fixture
def running(webhook: RecordingWebhook) -> Iterator[RunningSandbox]:
    config = SandboxConfig(
        port=0,
        webhook_url=webhook.url,
        webhook_token="token-of-the-webhook",
        signing_secret="signing-secret",
        status_delay_seconds=0.03,
        retry_first_seconds=0.03,
    )
    with start(config) as sandbox:
        yield sandbox


@pytest.fixture
def client(running: RunningSandbox) -> Client:
    return Client(running.url)
