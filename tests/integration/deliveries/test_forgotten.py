"""Somebody is forgotten while other systems are behind: nothing of them stays on the way."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import select

from app.cli.mirror_work import follower_of
from app.domain.endpoints import Endpoint
from app.mirror.follow import Follower, catch_up, rebuild
from app.mirror.tables import ADDRESSES, RECIPIENTS, TOPICS, create_tables, open_database
from app.runtime import Runtime
from app.usecases.dispatch import dispatch
from tests.builders import ADA, ADA_BSUID
from tests.forgetting import dump, forget, message, say
from tests.integration.deliveries.conftest import World

# Nobody listens there; no name is looked up for it.
CRM = Endpoint(
    "crm", "http://localhost:9/", "ENDPOINT_SECRET", allow_private=frozenset({"localhost"})
)
EVENTS = "heed:{endpoint.crm}:events"


def take_in(runtime: Runtime) -> None:
    deliveries = runtime.deliveries
    while dispatch(
        CRM,
        feed=deliveries.feed,
        lists=deliveries.lanes,
        forget=deliveries.dead.forget,
        now=runtime.clock(),
    ):
        pass


@pytest.fixture
def mirror(runtime: Runtime, tmp_path: Path) -> Iterator[Follower]:
    engine = open_database(f"sqlite:///{tmp_path / 'mirror.sqlite'}")
    create_tables(engine)
    yield follower_of(runtime, engine)
    engine.dispose()


def people_in(mirror: Follower) -> set[str]:
    found: set[str] = set()
    with mirror.mirror.engine.connect() as connection:
        for column in (RECIPIENTS.c.recipient, TOPICS.c.recipient, ADDRESSES.c.address):
            found |= set(connection.scalars(select(column)))
    return found


def test_what_waits_for_an_endpoint_goes_and_the_news_is_left(
    app: Flask, runtime: Runtime, redis: Redis
) -> None:
    client = app.test_client()
    take_in(runtime)
    say(client, runtime, message("STOP"))
    say(client, runtime, message("START", runtime.clock() + timedelta(seconds=2)))
    take_in(runtime)
    assert len(runtime.redis.hkeys(EVENTS)) >= 2

    forget(client)
    take_in(runtime)

    kept = {key: text for key, text in dump(redis).items() if key.startswith("heed:{endpoint.crm}")}
    (event,) = redis.hvals(EVENTS)
    assert b'"forgotten"' in event
    assert not [key for key, text in kept.items() if ADA in text and not key.endswith(":events")]


def test_who_changed_the_number_goes_from_the_lane_of_the_former_one(world: World) -> None:
    """Its next owner, and whoever moved on from the forgotten person's number, lose nothing."""
    former, later = "447700900555", "447700900777"
    world.take_in(CRM)
    moves: list[tuple[str, dict[str, Any]]] = [
        (former, {}),
        (ADA, {"previous": [former], "addresses": [ADA, ADA_BSUID]}),
        (former, {}),
        (later, {"previous": [ADA]}),
    ]
    for recipient, fields in moves:
        world.feed.add(recipient, **fields)
        world.take_in(CRM)
    world.feed.add(ADA, "forgotten", addresses=[ADA, ADA_BSUID])
    world.take_in(CRM)

    kept = [json.loads(text)["event"] for text in world.redis.hvals(EVENTS)]
    found = sorted((one["recipient"], one["type"]) for one in kept)
    others = [(former, "opted_out"), (former, "opted_out"), (later, "opted_out")]
    assert found == [(ADA, "forgotten"), *others]
    waiting = {one.decode() for one in world.redis.zrange("heed:{endpoint.crm}:waiting", 0, -1)}
    assert waiting == {one["id"] for one in kept}


def test_the_mirror_forgets_and_is_not_taught_again_by_a_rebuild(
    app: Flask, runtime: Runtime, mirror: Follower
) -> None:
    client = app.test_client()
    say(client, runtime, message("STOP"))
    catch_up(mirror)
    assert {ADA, ADA_BSUID} <= people_in(mirror)

    forget(client)
    catch_up(mirror)
    assert people_in(mirror) == set()
    rebuild(mirror)

    assert people_in(mirror) == set()


def test_a_mirror_that_was_behind_skips_what_is_gone_from_the_feed(
    app: Flask, runtime: Runtime, mirror: Follower
) -> None:
    client = app.test_client()
    catch_up(mirror)
    say(client, runtime, message("STOP"))
    forget(client)
    say(client, runtime, message("START", runtime.clock() + timedelta(seconds=2)))

    catch_up(mirror)

    assert people_in(mirror) == {ADA, ADA_BSUID}
