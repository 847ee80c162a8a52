"""The command line, beside a sandbox that plays 360dialog."""

import functools
from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask
from redis import Redis

from app import create_app
from sandbox.config import SandboxConfig
from sandbox.delivery import WebhookTarget
from sandbox.server import RunningSandbox, start
from tests.builders import PHONE_NUMBER_ID

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def one_sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxConfig(port=0, webhook_url="http://127.0.0.1:9/")) as running:
        yield running


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    """A sandbox without faults, where only the address of a webhook is registered."""
    one_sandbox.world.faults.clear()
    one_sandbox.world.set_target(PHONE_NUMBER_ID, WebhookTarget("http://127.0.0.1:9/", {}))
    return one_sandbox


@pytest.fixture
def environ(environ: dict[str, str], sandbox: RunningSandbox) -> dict[str, str]:
    return {**environ, "D360_BASE_URL": sandbox.url, "D360_API_KEY": "sandbox-key"}


@functools.cache
def app_of(environ: tuple[tuple[str, str], ...]) -> Flask:
    return create_app(dict(environ))


@pytest.fixture
def app(environ: dict[str, str], redis: Redis) -> Flask:
    """One application for all tests of a file: reading the lexicon takes half a second."""
    return app_of(tuple(environ.items()))


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command as `flask --app app …` would."""

    def invoke(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=list(arguments))

    return invoke
