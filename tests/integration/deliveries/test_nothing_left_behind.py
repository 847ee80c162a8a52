"""Whatever dies or goes in the middle: nothing of a person lies at an endpoint for ever."""

from dataclasses import replace
from datetime import timedelta

from flask import Flask
from redis import Redis

from app.domain.deliveries import REMOVED_KEPT
from app.runtime import Runtime
from app.store import keys
from app.usecases.deliver import tidy
from tests.builders import ADA
from tests.integration.deliveries.conftest import World
from tests.integration.deliveries.test_forgotten import CRM, EVENTS
from workers.schedule import tidy_by_time

_LEASE = timedelta(seconds=40)
_KEPT = int(REMOVED_KEPT.total_seconds())


def test_what_an_endpoint_had_not_got_goes_after_it_was_removed(
    app: Flask, runtime: Runtime, redis: Redis, world: World
) -> None:
    world.take_in(CRM)
    world.feed.add(ADA)
    world.take_in(CRM)
    where = keys.endpoint_progress_key("crm")

    # So it is with an endpoint that nobody looks after from this moment on.
    left = {key: redis.ttl(key) for key in redis.keys("heed:{endpoint.crm}:*")}
    assert redis.exists(EVENTS)
    # Its place names nobody, and says what was missed should it come back.
    assert left.pop(where.encode()) == -1
    assert all(0 < seconds <= _KEPT for seconds in left.values()), left

    for key in left:
        redis.expire(key, 60)
    ours = replace(runtime, deliveries=replace(runtime.deliveries, endpoints=(CRM,)))
    tidy_by_time(ours, 0.0)

    assert redis.ttl(EVENTS) > 60
    assert redis.ttl(keys.endpoint_waiting_key("crm")) > 60


def test_who_postpones_what_another_delivered_late_leaves_no_tries(world: World) -> None:
    world.take_in(CRM)
    world.feed.add(ADA)
    world.take_in(CRM)
    first = world.lanes.claim("crm", world.clock(), _LEASE)
    world.clock.advance(seconds=50)
    world.lanes.reclaim("crm", world.clock())
    second = world.lanes.claim("crm", world.clock(), _LEASE)
    assert first
    assert second

    world.lanes.delivered("crm", first, world.clock())
    world.lanes.postpone("crm", second, second.tries, world.clock())

    assert world.lanes.claim("crm", world.clock(), _LEASE) is None
    assert {one.decode() for one in world.redis.keys("*")} == {keys.endpoint_progress_key("crm")}


def test_a_letter_that_is_tried_again_is_not_dropped_by_who_saw_it_dead(world: World) -> None:
    world.take_in(CRM)
    world.feed.add(ADA)
    world.take_in(CRM)
    world.clock.advance(days=8)
    assert tidy("crm", deliverer=world.deliverer) == 1
    (letter,) = world.dead.list("crm")
    world.dead.revive("crm", letter, world.clock())

    assert not world.dead.drop("crm", letter.id)

    claimed = world.lanes.claim("crm", world.clock(), _LEASE)
    assert claimed
    assert claimed.id == letter.id
