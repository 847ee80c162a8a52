"""The same changes reach two endpoints, the feed and the SQL mirror, whatever fails on the way.

One endpoint is down for a day (the clock is moved, nobody sleeps), a worker is killed while it
delivers, and Redis loses its power twice. Afterwards each receiver has exactly the state of Heed.
"""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import select

from app import create_app
from app.cli.mirror_work import follower_of
from app.domain.events import Event, Source, event_id_of
from app.domain.recipients import Recipient
from app.domain.times import to_milliseconds
from app.mirror.follow import Follower as MirrorFollower
from app.mirror.follow import catch_up
from app.mirror.tables import ADDRESSES, RECIPIENTS, TOPICS, create_tables, open_database
from app.queues import COMMANDS
from app.runtime import Runtime, build_runtime
from app.usecases.dispatch import dispatch
from config.settings import ROOT, load_settings
from sandbox.embedded_redis import EmbeddedRedis
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.following import Follower
from tests.integration.deliveries.conftest import Clock
from tests.integration.deliveries.endpoints import entry, write_business
from tests.integration.mirror.conftest import postgres_url
from tests.receivers import SECRET, Receiver, running
from tests.stack import eventually
from tests.working import work
from workers.deliveries import senders_of, stop_senders
from workers.schedule import sweep_once, tell_pauses

__all__ = ["postgres_url"]

_PEOPLE = [Recipient(wa_id=f"4477009{number:05d}") for number in range(200, 216)]
_TWO_IDS = Recipient(wa_id="447700900777", bsuid="GB.777777777777")
_CHANGES: tuple[dict[str, Any], ...] = (
    {"messages": "opted_out"},
    {"messages": "opted_in", "paused_until": None},
    {"topics.offers": False},
    {"frequency": "3/week"},
    {"channel": "email"},
    {"whatsapp_marketing": "stopped"},
)


class World:
    """Heed, its four receivers, and everything that can happen to them."""

    def __init__(self, folder: Path, environ: dict[str, str], database: str) -> None:
        self.redis = EmbeddedRedis(folder / "redis").start()
        self.crm, self.shop = Receiver(), Receiver()
        self.up = ExitStack()
        self.shop_up = ExitStack()
        self.up.enter_context(running(self.crm))
        self.shop_up.enter_context(running(self.shop))
        path = write_business(folder, entry("crm", self.crm.port), entry("shop", self.shop.port))
        self.environ = {
            **environ,
            "REDIS_URL": self.redis.url,
            "BUSINESS_FILE": str(path),
            "ENDPOINT_SECRET_TESTS": SECRET,
        }
        self.clock = Clock()
        self.app: Flask = create_app(self.environ)
        self.runtime: Runtime = build_runtime(load_settings(self.environ), clock=self.clock)
        self._always_to_disk()
        self.feed = Follower()
        self.engine = open_database(database)
        create_tables(self.engine)
        self.mirror: MirrorFollower = follower_of(self.runtime, self.engine)
        self._number = itertools.count()

    def close(self) -> None:
        stop_senders(10)
        self.up.close()
        self.shop_up.close()
        self.engine.dispose()
        self.redis.stop()

    def change(self, recipient: Recipient, set_to: dict[str, Any]) -> None:
        now, number = self.clock(), next(self._number)
        event = Event(
            id=event_id_of("test", str(number)),
            recipient=recipient,
            source=Source.API,
            occurred_at=now,
            received_at=now,
            settings=set_to,
        )
        self.runtime.inbox.accept([event], now=now)
        self.runtime.queues.enqueue_apply([event.id])

    def pause(self, recipient: Recipient, duration: timedelta) -> None:
        self.change(recipient, {"paused_until": to_milliseconds(self.clock() + duration)})

    def stop_by_message(self) -> None:
        body = notification(text_message("STOP"))
        answer = self.app.test_client().post(
            "/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS
        )
        assert answer.status_code == 200

    def turn(self) -> None:
        """Let schedule, workers and receivers do what there is to do."""
        sweep_once(self.runtime)
        tell_pauses(self.runtime)
        work(self.runtime)
        assert senders_of(self.runtime).wait(30)
        self.feed.follow(self.runtime)
        catch_up(self.mirror)

    def cut_the_power_of_redis(self) -> None:
        self.redis.kill()
        with pytest.raises(RedisError):
            self.runtime.feed.last()
        self.redis.start()
        self._always_to_disk()

    def kill_a_worker_that_delivers(self) -> None:
        """Kill it after the endpoint has the request, and before anybody knows of it."""
        let_go = threading.Event()
        before = self.crm.requests

        def hang(_: dict[str, Any]) -> tuple[int, dict[str, str]]:
            let_go.wait(30)
            return 204, {}

        self.crm.answer = hang
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.deliver_child"],
            cwd=ROOT,
            env={**os.environ, **self.environ},
            stdout=subprocess.DEVNULL,
        )
        eventually(lambda: self.crm.requests > before)
        child.send_signal(signal.SIGKILL)
        child.wait()
        let_go.set()
        self.crm.answer = lambda _: (204, {})

    def waiting(self, endpoint_id: str) -> int:
        return self.runtime.deliveries.lanes.counts(endpoint_id, self.clock()).waiting

    def truth(self) -> dict[str, dict[str, Any]]:
        """Return everybody's state as the API of Heed tells it."""
        found = {}
        client = self.app.test_client()
        for recipient in (*_PEOPLE, _TWO_IDS, Recipient(wa_id=ADA)):
            answer = client.get(f"/v1/recipients/{recipient.wa_id}", headers=API_HEADERS)
            state: dict[str, Any] = answer.json or {}
            assert state.pop("held") is False
            found[state["recipient"]] = state
        return found

    def mirrored(self) -> dict[str, dict[str, Any]]:
        """Return what the mirror has, in the same shape as far as it goes."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(RECIPIENTS)).mappings().all()
            topics = connection.execute(select(TOPICS)).mappings().all()
        for row in rows:
            mine = {
                one["topic"]: one["on"] for one in topics if one["recipient"] == row["recipient"]
            }
            assert mine == row["topics"]
        return {row["recipient"]: dict(row) for row in rows}

    def _always_to_disk(self) -> None:
        # `everysec` may lose two seconds in a power cut; this test is about our part.
        self.runtime.redis.config_set("appendfsync", "always")


@pytest.fixture
def world(tmp_path: Path, environ: dict[str, str], postgres_url: str) -> Iterator[World]:
    world = World(tmp_path, environ, postgres_url)
    yield world
    world.close()


@pytest.mark.slow
def test_every_receiver_ends_with_exactly_the_state_of_heed(world: World) -> None:
    world.turn()
    _stop_many(world)
    world.kill_a_worker_that_delivers()
    world.shop_up.close()
    _live_through_a_day(world)
    assert world.waiting("crm") == 0
    assert world.waiting("shop") > 20
    assert world.runtime.deliveries.health.load("shop")[0].state == "paused"

    world.shop_up.enter_context(running(world.shop))
    for _ in range(4):
        world.clock.advance(minutes=15)
        world.turn()

    assert world.waiting("shop") == 0
    truth = world.truth()
    assert {name: world.feed.states[name] for name in truth} == truth
    for receiver in (world.crm, world.shop):
        assert_told_everything(receiver, world.feed, truth)
    # What the killed worker had sent was sent again: nobody could know that it had arrived.
    assert len(world.crm.ids) > len(set(world.crm.ids))
    assert_mirrors(world, truth)


def _stop_many(world: World) -> None:
    """Let many stop; it is taken in for both endpoints, and not sent yet."""
    world.stop_by_message()
    for person in _PEOPLE[:4]:
        world.change(person, {"messages": "opted_out"})
    world.change(Recipient(bsuid=_TWO_IDS.bsuid), {"messages": "opted_in"})
    work(world.runtime, COMMANDS)
    for endpoint in world.runtime.deliveries.endpoints:
        _take_in(world, endpoint.id)


def _live_through_a_day(world: World) -> None:
    changes = itertools.cycle(_CHANGES)
    for hour in range(24):
        for person in _PEOPLE[hour % 4 :: 4]:
            world.change(person, next(changes))
        if hour == 3:
            world.change(_TWO_IDS, {"topics.news": False})  # two ids turn out to be one person
            world.pause(_PEOPLE[5], timedelta(hours=6))  # its end is told by the clock
            world.pause(_PEOPLE[6], timedelta(days=40))
        if hour in {5, 17}:
            world.cut_the_power_of_redis()
        world.turn()
        world.clock.advance(hours=1)
    world.turn()


def assert_told_everything(
    receiver: Receiver, feed: Follower, truth: dict[str, dict[str, Any]]
) -> None:
    """Each entry of the feed came, those of one person in order; the feed itself has no gap,
    since each entry begins where the one before it of the person ended (tests/following.py).
    """
    assert receiver.refused == 0
    assert {event["id"] for event in receiver.got} == {one["id"] for one in feed.seen}
    assert {name: receiver.states[name] for name in truth} == truth
    for name in truth:
        came = dict.fromkeys(one["id"] for one in receiver.got if one["recipient"] == name)
        assert list(came) == [one["id"] for one in feed.seen if one["recipient"] == name]


def assert_mirrors(world: World, truth: dict[str, dict[str, Any]]) -> None:
    """The SQL tables have everybody, and nobody else, as they are."""
    rows = world.mirrored()
    assert set(rows) == set(truth)
    columns = {one: one for one in ("messages", "topics", "channel", "bsuid", "revision")}
    for name, state in truth.items():
        mine = {field: rows[name][column] for field, column in columns.items()}
        assert mine == {field: state[field] for field in columns}
        assert rows[name]["caps"] == state["frequency"]
        assert bool(rows[name]["paused_until"]) == bool(state["paused_until"])
    with world.engine.connect() as connection:
        found = {(one[0], one[1]) for one in connection.execute(select(ADDRESSES))}
    assert (_TWO_IDS.bsuid, _TWO_IDS.wa_id) in found


def _take_in(world: World, endpoint_id: str) -> None:
    """Take in what the feed has, and send nothing yet."""
    deliveries = world.runtime.deliveries
    endpoint = deliveries.endpoint(endpoint_id)
    assert endpoint is not None
    dispatch(
        endpoint,
        feed=deliveries.feed,
        lists=deliveries.lanes,
        forget=deliveries.dead.forget,
        now=world.clock(),
    )
    assert world.waiting(endpoint_id) > 0
