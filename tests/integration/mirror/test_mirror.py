"""The mirror in SQL: rows and cursor together, never backwards, on both databases."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from app.mirror.follow import Follower, catch_up, rebuild
from app.mirror.tables import RECIPIENTS, MirrorURLError, create_tables, open_database
from app.mirror.writer import Mirror, MirrorMovedError, Person
from tests.builders import ADA, ADA_BSUID
from tests.integration.deliveries.conftest import ListFeed, real_now

BEN = "447700900124"


def state(recipient: str = ADA, revision: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "recipient": recipient,
        "bsuid": None,
        "messages": "opted_out",
        "paused_until": None,
        "topics": {"offers": False, "orders": True},
        "frequency": {"all": "3/week"},
        "channel": "whatsapp",
        "whatsapp_marketing": "allowed",
        "revision": revision,
        "updated_at": "2026-03-01T10:00:00.000Z",
        **changes,
    }


def person(one: dict[str, Any]) -> Person:
    ids = (one["recipient"], one["bsuid"])
    return Person(one, [address for address in dict.fromkeys(ids) if address])


class World:
    """A feed, everybody's state, and a mirror that follows both."""

    def __init__(self, engine: Engine) -> None:
        self.feed = ListFeed()
        self.people: dict[str, dict[str, Any]] = {}
        self.engine = engine
        self.follower = Follower(Mirror(engine), self.feed, self.read_people, real_now)

    def read_people(self) -> Iterator[Sequence[Person]]:
        yield [person(one) for one in self.people.values()]

    def change(self, after: dict[str, Any], kind: str = "opted_out", **fields: Any) -> None:
        self.people[after["recipient"]] = after
        self.feed.add(after["recipient"], kind, after=after, revision=after["revision"], **fields)

    def rows(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            found = connection.execute(select(RECIPIENTS)).mappings()
            return {one["recipient"]: dict(one) for one in found}

    def topics(self) -> set[tuple[str, str, bool]]:
        with self.engine.connect() as connection:
            query = text('SELECT recipient, topic, "on" FROM heed_topics')
            return {(one[0], one[1], bool(one[2])) for one in connection.execute(query)}


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def test_who_was_known_before_is_there_from_the_start(world: World) -> None:
    world.people = {ADA: state(), BEN: state(BEN, 4, messages="opted_in", bsuid=ADA_BSUID)}

    assert catch_up(world.follower) == 2

    rows = world.rows()
    assert rows[ADA]["messages"] == "opted_out"
    assert rows[ADA]["topics"] == {"offers": False, "orders": True}
    assert rows[ADA]["caps"] == {"all": "3/week"}
    assert rows[ADA]["updated_at"].replace(tzinfo=UTC) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (rows[BEN]["revision"], rows[BEN]["bsuid"]) == (4, ADA_BSUID)
    assert (ADA, "offers", False) in world.topics()
    assert len(world.topics()) == 4


def test_changes_follow_and_a_restart_goes_on_from_the_cursor(world: World) -> None:
    catch_up(world.follower)
    world.change(state())
    world.change(state(revision=2, messages="opted_in", topics={"offers": True}), "opted_in")
    assert catch_up(world.follower) == 2
    world.people.clear()  # from here on nothing but the feed tells anything

    world.feed.add(BEN, after=state(BEN), revision=1)
    again = Follower(Mirror(world.engine), world.feed, world.read_people, real_now)
    assert catch_up(again) == 1
    assert catch_up(again) == 0

    assert world.rows()[ADA]["messages"] == "opted_in"
    assert world.topics() == {(ADA, "offers", True), (BEN, "offers", False), (BEN, "orders", True)}
    assert again.mirror.cursor() == world.feed.last()


def test_an_older_revision_never_takes_the_place_of_a_newer_one(world: World) -> None:
    """What the snapshot has seen already comes by once more in the feed."""
    catch_up(world.follower)
    world.people[ADA] = state(revision=9, messages="opted_in", topics={"offers": True})
    rebuild(world.follower)
    world.feed.add(ADA, after=state(revision=3), revision=3)

    catch_up(world.follower)

    assert (world.rows()[ADA]["revision"], world.rows()[ADA]["messages"]) == (9, "opted_in")
    assert world.topics() == {(ADA, "offers", True)}


def test_whoever_is_forgotten_is_gone(world: World) -> None:
    catch_up(world.follower)
    world.change(state(), addresses=[ADA, ADA_BSUID])
    world.change(state(BEN))
    catch_up(world.follower)

    world.feed.add(ADA, "forgotten", addresses=[ADA, ADA_BSUID], after=state())
    catch_up(world.follower)

    assert set(world.rows()) == {BEN}
    assert {one[0] for one in world.topics()} == {BEN}


def test_two_ids_that_are_one_person_are_one_row(world: World) -> None:
    catch_up(world.follower)
    world.change(state(ADA_BSUID, bsuid=ADA_BSUID))
    catch_up(world.follower)
    assert set(world.rows()) == {ADA_BSUID}

    world.change(state(ADA, 2, bsuid=ADA_BSUID), "identity_changed", addresses=[ADA, ADA_BSUID])
    catch_up(world.follower)

    assert set(world.rows()) == {ADA}
    assert world.rows()[ADA]["bsuid"] == ADA_BSUID
    # One that was under way under the former id changes nothing any more.
    world.feed.add(ADA_BSUID, after=state(ADA_BSUID, 3, bsuid=ADA_BSUID))
    catch_up(world.follower)
    assert set(world.rows()) == {ADA}


def test_a_mirror_whose_place_in_the_feed_is_gone_is_built_anew(world: World) -> None:
    catch_up(world.follower)
    for revision in range(1, 6):
        world.change(state(revision=revision))
    del world.people[ADA]
    world.people[BEN] = state(BEN)
    world.feed.trimmed = 3

    catch_up(world.follower)

    assert set(world.rows()) == {BEN}
    assert world.follower.mirror.cursor() == world.feed.last()


def test_a_batch_that_fails_in_the_middle_leaves_nothing_behind(world: World) -> None:
    catch_up(world.follower)
    before = world.follower.mirror.cursor()
    world.change(state())
    world.change(state(BEN, paused_until="no time at all"))

    with pytest.raises(ValueError, match="isoformat"):
        catch_up(world.follower)

    assert world.rows() == {}
    assert world.follower.mirror.cursor() == before


def test_a_build_that_fails_in_the_middle_leaves_what_was_there(world: World) -> None:
    world.people[ADA] = state()
    catch_up(world.follower)

    def broken() -> Iterator[Sequence[Person]]:
        yield [person(state(BEN))]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        rebuild(Follower(Mirror(world.engine), world.feed, broken, real_now))

    assert set(world.rows()) == {ADA}


def test_two_who_keep_the_same_mirror_do_not_disturb_each_other(world: World) -> None:
    catch_up(world.follower)
    for number in range(60):
        world.change(state(f"4477009{number:05d}"))
    failures: list[BaseException] = []

    def follow() -> None:
        try:
            catch_up(Follower(Mirror(world.engine), world.feed, world.read_people, real_now))
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(world.rows()) == 60
    assert world.follower.mirror.cursor() == world.feed.last()


def test_a_batch_from_another_place_is_refused(world: World) -> None:
    catch_up(world.follower)

    with pytest.raises(MirrorMovedError):
        world.follower.mirror.apply([{"id": "000009-0"}], after="000008-0", now=datetime.now(UTC))


def test_a_person_who_comes_twice_is_one_row(world: World) -> None:
    def twice() -> Iterator[Sequence[Person]]:
        yield [person(state()), person(state(BEN)), person(state())]
        yield [person(state(BEN))]

    rebuild(Follower(Mirror(world.engine), world.feed, twice, real_now))

    assert set(world.rows()) == {ADA, BEN}


def test_the_tables_may_be_there_already(engine: Engine) -> None:
    create_tables(engine)


@pytest.mark.parametrize("url", ["", "mirror.sqlite", "mysql://x:secret@host/db", "postgresql:/x"])
def test_another_database_is_refused_without_its_url(url: str) -> None:
    with pytest.raises(MirrorURLError) as raised:
        open_database(url)

    assert "secret" not in str(raised.value)
