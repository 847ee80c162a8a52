"""Events that are given up, endpoints that are closed, and how both come back."""

from datetime import timedelta

from redis import Redis

from app.domain.deliveries import SCHEDULE_SECONDS, Answer, EndpointState
from app.domain.endpoints import Endpoint
from app.store import keys
from app.usecases.deliver import resume, tidy
from tests.builders import ADA
from tests.integration.deliveries.conftest import World, failing, make_world, summary
from tests.receivers import Receiver

BEN = "447700900124"


class _Sender:
    """An endpoint that refuses some and takes others, without a network."""

    def __init__(self, *refused: str) -> None:
        self.refused, self.sent = set(refused), 0

    def post(self, endpoint: Endpoint, *, event_id: str, event: object) -> Answer:
        self.sent += 1
        return Answer(500 if event["recipient"] in self.refused else 200)


def test_after_the_schedule_an_event_is_a_dead_letter_that_can_be_replayed(redis: Redis) -> None:
    sender = _Sender(ADA)
    world = make_world(redis, sender=sender)
    crm = Endpoint("crm", "https://crm.example", "ENDPOINT_SECRET")
    world.take_in(crm)
    first, second = world.feed.add(), world.feed.add()
    for seconds in (*SCHEDULE_SECONDS, 0):
        world.feed.add(BEN)  # the endpoint is well otherwise, so it is not paused
        assert "failed" in summary(world.deliver_all(crm)) or seconds == 0
        world.clock.advance(seconds=seconds)

    letters = list(world.dead.list("crm"))
    assert [one.event for one in letters] == [first]
    assert letters[0].tries.attempts == len(SCHEDULE_SECONDS) + 1
    assert letters[0].tries.last == "status_500"
    sender.refused.clear()
    assert world.dead.revive("crm", letters[0], world.clock())
    assert not world.dead.revive("crm", letters[0], world.clock())
    ids = [one.event_id for one in world.deliver_all(crm)]
    assert ids[:2] == [first["id"], second["id"]]
    assert world.lanes.counts("crm", world.clock()).waiting == 0
    assert list(world.dead.list("crm")) == []


def test_a_dead_letter_is_dropped(redis: Redis) -> None:
    world = make_world(redis, sender=_Sender(ADA))
    crm = Endpoint("crm", "https://crm.example", "ENDPOINT_SECRET")
    world.take_in(crm)
    world.feed.add()
    world.deliver_all(crm)
    world.clock.advance(days=8)
    assert tidy("crm", deliverer=world.deliverer) == 1
    (letter,) = world.dead.list("crm")

    assert world.dead.drop("crm", letter.id)

    assert list(world.dead.list("crm")) == []
    assert not world.redis.exists(keys.endpoint_events_key("crm"))
    assert not world.redis.exists(keys.endpoint_tries_key("crm"))


def test_a_dead_endpoint_is_paused_probed_and_comes_back_by_itself(redis: Redis) -> None:
    people = [f"4477009{number:05d}" for number in range(40)]
    sender = _Sender(*people)
    world = make_world(redis, sender=sender)
    crm = Endpoint("crm", "https://crm.example", "ENDPOINT_SECRET")
    world.take_in(crm)
    for person in people:
        world.feed.add(person)
    seen = set()
    for _ in range(24 * 60):
        seen |= {one.after for one in world.deliver_all(crm)}
        world.clock.advance(minutes=1)

    assert seen == {EndpointState.OPEN, EndpointState.PAUSED}
    # In the first hour each person's event is tried six times; then one in half an hour is.
    assert sender.sent < 40 * 6 + 80
    sender.refused.clear()
    world.clock.advance(minutes=30)
    delivered = world.deliver_all(crm)

    assert summary(delivered) == ["delivered"] * 40
    assert delivered[0].before is EndpointState.PAUSED
    assert world.deliverer.health.load("crm")[0].state is EndpointState.OPEN


def test_gone_disables_until_somebody_resumes(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = failing(410)
    world.feed.add()
    (delivery,) = world.deliver_all(crm)
    assert delivery.after is EndpointState.DISABLED
    receiver.answer = failing(200)
    world.clock.advance(days=1)
    assert world.deliver_all(crm) == []

    resume("crm", deliverer=world.deliverer)

    assert summary(world.deliver_all(crm)) == ["delivered"]


def test_old_dead_letters_go(world: World, crm: Endpoint, receiver: Receiver) -> None:
    receiver.answer = failing(503)
    world.feed.add()
    world.deliver_all(crm)
    world.clock.advance(days=8)
    tidy("crm", deliverer=world.deliverer)
    world.clock.advance(days=31)

    tidy("crm", deliverer=world.deliverer)

    assert list(world.dead.list("crm")) == []


def test_the_schedule_lasts_for_days() -> None:
    total = timedelta(seconds=sum(SCHEDULE_SECONDS))

    assert timedelta(days=5) < total < timedelta(days=6)
    assert list(SCHEDULE_SECONDS) == sorted(SCHEDULE_SECONDS)


def test_whoever_is_forgotten_lies_in_no_list(
    world: World, crm: Endpoint, receiver: Receiver
) -> None:
    receiver.answer = failing(503)
    for _ in range(3):
        world.feed.add()
    world.feed.add(BEN)
    world.deliver_all(crm)
    world.clock.advance(days=8)
    tidy("crm", deliverer=world.deliverer)
    world.feed.add()
    world.feed.add(kind="forgotten")

    world.take_in(crm)

    kept = b"".join(world.redis.hvals(keys.endpoint_events_key("crm"))).decode()
    assert kept.count("opted_out") == 2  # Ben's alone, in type and state
    receiver.answer = failing(200)
    world.clock.advance(seconds=10)
    world.deliver_all(crm)
    assert [event["type"] for event in receiver.got] == ["forgotten"]
