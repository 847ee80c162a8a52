"""Events reach endpoints: signed, in order per person, again after failures, never lost."""

import time

import pytest
from redis import Redis

from app.domain.deliveries import Incoming
from app.domain.endpoints import Endpoint
from app.endpoints.sender import EndpointSender
from app.usecases.deliver import LEASE, deliver_next, tidy
from tests.builders import ADA, ADA_BSUID
from tests.integration.deliveries.conftest import (
    World,
    endpoint_of,
    failing,
    make_world,
    real_now,
    summary,
)
from tests.receivers import NEXT_SECRET, SECRET, Receiver, running

BEN = "447700900124"


def test_an_event_arrives_signed_and_whole(world: World, crm: Endpoint, receiver: Receiver) -> None:
    event = world.feed.add()

    assert summary(world.deliver_all(crm)) == ["delivered"]

    assert receiver.got == [event]
    assert receiver.ids == [event["id"]]
    assert receiver.refused == 0
    assert [
        key for key in world.redis.keys("heed:{endpoint.crm}:*") if b":progress" not in key
    ] == []


def test_a_new_endpoint_begins_with_what_happens_next(world: World, receiver: Receiver) -> None:
    world.feed.add()
    crm = endpoint_of(receiver)

    assert world.deliver_all(crm) == []
    later = world.feed.add()
    world.deliver_all(crm)

    assert receiver.got == [later]


@pytest.mark.parametrize("verifies_with", [SECRET, NEXT_SECRET])
def test_each_active_secret_signs_while_one_is_rotated(
    redis: Redis, receiver: Receiver, verifies_with: str
) -> None:
    world = make_world(redis, sender=EndpointSender({"crm": [NEXT_SECRET, SECRET]}, real_now))
    crm = endpoint_of(receiver)
    receiver.secret = verifies_with
    world.take_in(crm)
    world.feed.add()

    assert summary(world.deliver_all(crm)) == ["delivered"]


def test_a_signature_by_another_secret_is_refused(redis: Redis, receiver: Receiver) -> None:
    world = make_world(redis, sender=EndpointSender({"crm": [NEXT_SECRET]}, real_now))
    crm = endpoint_of(receiver)
    world.take_in(crm)
    world.feed.add()

    assert summary(world.deliver_all(crm)) == ["failed"]
    assert receiver.got == []


def test_types_are_chosen(world: World, receiver: Receiver) -> None:
    some, every = endpoint_of(receiver, "crm", "opted_out"), endpoint_of(receiver, "shop")
    for one in (some, every):
        world.take_in(one)
    for kind in ("opted_out", "paused", "opted_in"):
        world.feed.add(kind=kind)

    assert len(world.deliver_all(some)) == 1
    assert [event["type"] for event in receiver.got] == ["opted_out"]
    assert len(world.deliver_all(every)) == 3
    everything = endpoint_of(receiver, "crm", "preferences.changed")
    assert all(everything.wants(kind) for kind in ("opted_out", "paused", "forgotten"))


def test_a_failure_holds_back_the_same_person_alone(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = lambda event: (500 if event["recipient"] == ADA else 204, {})
    for recipient in (ADA, ADA, BEN, ADA, BEN):
        world.feed.add(recipient)

    assert sorted(summary(world.deliver_all(crm))) == ["delivered", "delivered", "failed"]
    assert [event["recipient"] for event in receiver.got] == [BEN, BEN]
    receiver.answer = failing(200)
    world.clock.advance(seconds=5)
    world.deliver_all(crm)

    revisions = [event["revision"] for event in receiver.got if event["recipient"] == ADA]
    assert revisions == [1, 2, 4]


def test_a_person_who_is_known_by_two_ids_does_not_overtake_themselves(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = failing(503)
    world.feed.add(ADA_BSUID)
    world.deliver_all(crm)
    world.feed.add(ADA, "identity_changed", addresses=[ADA, ADA_BSUID])
    receiver.answer = failing(200)

    assert world.deliver_all(crm) == []
    world.clock.advance(seconds=5)
    world.deliver_all(crm)

    assert [event["recipient"] for event in receiver.got] == [ADA_BSUID, ADA]


@pytest.mark.parametrize("status", [301, 302, 308, 400, 404, 429, 500, 503])
def test_everything_but_success_is_a_failure(
    world: World, crm: Endpoint, receiver: Receiver, status: int
) -> None:
    receiver.answer = failing(status, Location=receiver.url)
    world.feed.add()

    (delivery,) = world.deliver_all(crm)

    assert (delivery.outcome, delivery.answer.summary) == ("failed", f"status_{status}")
    assert receiver.requests == 1


def test_an_endpoint_that_asks_for_time_gets_it(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = failing(429, Retry_After="120")
    world.feed.add()
    world.deliver_all(crm)

    world.clock.advance(seconds=119)
    assert world.deliver_all(crm) == []
    world.clock.advance(seconds=1)
    assert summary(world.deliver_all(crm)) == ["failed"]


def test_what_a_killed_worker_had_in_hand_comes_back(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    event = world.feed.add()
    world.take_in(crm)
    held = world.lanes.claim("crm", world.clock(), LEASE)
    assert held is not None
    assert world.deliver_all(crm) == []

    world.clock.advance(seconds=LEASE.total_seconds() + 1)
    tidy("crm", deliverer=world.deliverer)
    world.deliver_all(crm)

    assert receiver.got == [event]
    # The other one was not dead after all: what it says now changes nothing.
    world.lanes.postpone("crm", held, held.tries, world.clock())
    world.lanes.delivered("crm", held, world.clock())
    assert world.lanes.counts("crm", world.clock()).waiting == 0
    assert deliver_next(crm, deliverer=world.deliverer) is None


def test_events_are_taken_in_once_however_many_do_it(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    for _ in range(5):
        world.feed.add()
    before = world.lanes.progress("crm")
    assert before is not None
    world.take_in(crm)

    # Another dispatcher that has read the same place a moment ago.
    assert not world.lanes.enter("crm", before, [Incoming("000001-0", "x", {})], world.clock())
    world.deliver_all(crm)

    assert [event["revision"] for event in receiver.got] == [1, 2, 3, 4, 5]


def test_one_endpoint_that_is_down_delays_no_other(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    shop = Endpoint(
        "shop", "http://localhost:9/x", "ENDPOINT_SECRET", allow_private=frozenset({"localhost"})
    )
    world.take_in(shop)
    world.feed.add()

    assert [one.answer.summary for one in world.deliver_all(shop)] == ["no_connection"]
    assert summary(world.deliver_all(crm)) == ["delivered"]
    counts = world.lanes.counts("shop", world.clock())
    assert (counts.waiting, counts.oldest_since) == (1, world.clock())


def test_what_the_feed_lost_is_skipped_and_said(
    world: World, crm: Endpoint, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(5):
        world.feed.add()
    world.feed.trimmed = 3

    world.take_in(crm)
    world.deliver_all(crm)

    assert [event["revision"] for event in receiver.got] == [4, 5]
    assert "feed.skipped" in caplog.text


def test_what_was_taken_in_outlives_the_feed(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = failing(503)
    world.feed.add()
    world.deliver_all(crm)
    world.feed.trimmed = 1
    receiver.answer = failing(200)
    world.clock.advance(hours=1)

    world.deliver_all(crm)

    assert [event["revision"] for event in receiver.got] == [1]


def test_a_slow_endpoint_is_cut_off(redis: Redis) -> None:
    """Byte by byte it could hold a thread for ever."""
    sender = EndpointSender({"crm": [SECRET]}, real_now, longest_seconds=0.3)
    world = make_world(redis, sender=sender)
    with running(Receiver(answer=lambda _: _sleep())) as slow:
        crm = endpoint_of(slow)
        world.take_in(crm)
        world.feed.add()
        (delivery,) = world.deliver_all(crm)

    assert delivery.outcome == "failed"
    assert delivery.answer.status is None


def _sleep() -> tuple[int, dict[str, str]]:
    time.sleep(1)
    return 200, {}
