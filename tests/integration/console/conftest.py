"""The console, with three people who may log in."""

import functools
from collections.abc import Callable

import pytest
from flask import Flask
from redis import Redis

from app import create_app
from tests.integration.console.desk import USERS, Desk

OpenDesk = Callable[..., Desk]


@functools.cache
def app_of(environ: tuple[tuple[str, str], ...]) -> Flask:
    return create_app(dict(environ))


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    return {**environ, "CONSOLE_USERS": USERS}


@pytest.fixture
def app(environ: dict[str, str], redis: Redis) -> Flask:
    """One application for all tests: reading the lexicon takes half a second."""
    return app_of(tuple(environ.items()))


@pytest.fixture
def open_desk(app: Flask) -> OpenDesk:
    """Open somebody's browser, logged in as one of the users, or not."""

    def open_one(name: str = "") -> Desk:
        desk = Desk(app.test_client())
        if name:
            assert desk.log_in(name).status_code == 303
        return desk

    return open_one


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """An agent at work."""
    return open_desk("ada")
