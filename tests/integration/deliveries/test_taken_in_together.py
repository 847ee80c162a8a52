"""Two who take in the feed for the same endpoint at once, as after a slow moment of one of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.deliveries import Incoming
from app.usecases.dispatch import dispatch, lane_of
from tests.builders import ADA
from tests.integration.deliveries.conftest import ListFeed, World
from tests.integration.deliveries.test_forgotten import CRM, EVENTS


class Overtaken:
    """A feed at which another is faster: it takes in everything while the first one reads."""

    def __init__(self, feed: ListFeed, other: Callable[[], None]) -> None:
        self._feed, self._others = feed, [other]

    def read(self, after: str, *, most: int) -> Sequence[Mapping[str, Any]]:
        try:
            return self._feed.read(after, most=most)
        finally:
            while self._others:
                self._others.pop()()

    def last(self) -> str:
        return self._feed.last()


def take_in_late(world: World) -> None:
    """Take in once, with another who takes in all meanwhile."""

    def take_in_all() -> None:
        while world.lanes.progress("crm") != world.feed.last():
            world.take_in(CRM)  # which a gap ends

    dispatch(
        CRM,
        feed=Overtaken(world.feed, take_in_all),
        lists=world.lanes,
        forget=world.dead.forget,
        now=world.clock(),
    )


def kept(world: World) -> list[tuple[str, str]]:
    events = [json.loads(text)["event"] for text in world.redis.hvals(EVENTS)]
    return sorted((one["id"], one["type"]) for one in events)


def test_who_forgets_late_drops_neither_the_news_nor_what_followed(world: World) -> None:
    world.take_in(CRM)
    world.feed.add(ADA)
    world.feed.add(ADA, "forgotten")
    world.feed.add(ADA)

    take_in_late(world)

    assert kept(world) == [("000002-0", "forgotten"), ("000003-0", "opted_out")]


def test_nor_where_the_news_is_the_first_that_both_read(world: World) -> None:
    world.take_in(CRM)
    world.feed.add(ADA, "forgotten")
    world.feed.add(ADA)

    take_in_late(world)

    assert kept(world) == [("000001-0", "forgotten"), ("000002-0", "opted_out")]


def test_who_finds_a_gap_late_takes_the_other_nowhere_back(world: World) -> None:
    world.take_in(CRM)
    for _ in range(6):
        world.feed.add(ADA)
    world.feed.trimmed = 2

    take_in_late(world)

    assert world.lanes.progress("crm") == world.feed.last()
    assert [one[0] for one in kept(world)] == [f"{number:06d}-0" for number in range(3, 7)]


def test_who_was_second_adds_nothing_from_the_middle_of_the_batch(world: World) -> None:
    """Their lanes may be others, and then a person's events would overtake one another."""
    world.take_in(CRM)
    first, second, third = (world.feed.add(ADA) for _ in range(3))
    here, elsewhere = lane_of(ADA), lane_of("another id of Ada")
    both = [Incoming(one["id"], here, one) for one in (first, second)]
    assert world.lanes.enter("crm", "000000-0", both, world.clock())

    other = [Incoming(one["id"], elsewhere, one) for one in (first, second, third)]

    assert not world.lanes.enter("crm", "000000-0", other, world.clock())
    assert world.lanes.progress("crm") == second["id"]
    assert world.lanes.busy_lanes("crm", [here, elsewhere]) == {here}
