"""GET /v1/suppressed: everybody who must not be messaged now, whatever became of the feed."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.events import Event, Source, event_id_of
from app.domain.recipients import Recipient
from app.domain.times import to_milliseconds, to_text
from app.runtime import Runtime
from app.usecases.apply import apply_accepted
from tests.builders import ADA, ADA_BSUID, API_HEADERS
from tests.following import ask_feed


def person(number: int) -> str:
    return f"4477009{number:05d}"


def choose(runtime: Runtime, at: datetime, recipient: Recipient, **settings: Any) -> Event:
    event = Event(
        id=event_id_of(at.isoformat(), str(settings), str(recipient.identities)),
        recipient=recipient,
        source=Source.API,
        occurred_at=at,
        received_at=at,
        settings={name.replace("__", "."): value for name, value in settings.items()},
    )
    runtime.inbox.accept([event], now=at)
    return event


def apply(runtime: Runtime, at: datetime, number: int, **settings: Any) -> None:
    event = choose(runtime, at, Recipient(wa_id=person(number)), **settings)
    apply_accepted(event.id, applier=runtime.applier, now=at)


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get("/v1/suppressed", query_string=query, headers=API_HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def ask_all(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    rows, page = [], ask(client, **query)
    rows += page["suppressed"]
    while page["next"]:
        page = ask(client, **query, after=page["next"])
        rows += page["suppressed"]
    return rows


def people_in(rows: list[dict[str, Any]]) -> list[str]:
    return [row["recipient"] for row in rows]


def test_only_who_is_restricted_is_listed_with_the_reasons(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    until = now + timedelta(days=3)
    apply(runtime, now, 1, messages="opted_out")
    apply(runtime, now, 2, messages="opted_in")
    apply(runtime, now, 3, paused_until=to_milliseconds(until))
    apply(runtime, now, 4, topics__offers=False)
    apply(runtime, now, 5, messages="opted_out")
    apply(runtime, now + timedelta(seconds=1), 5, messages="opted_in")

    rows = {row["recipient"]: row for row in ask_all(client)}

    assert set(rows) == {person(1), person(3), person(4)}
    assert rows[person(1)] == {
        "recipient": person(1),
        "addresses": [person(1)],
        "restrictions": [
            {
                "scope": "all",
                "reason": "opted_out",
                "since": to_text(now),
                "until": None,
                "besides": [],
            }
        ],
    }
    assert rows[person(3)]["restrictions"][0]["until"] == to_text(until)
    assert rows[person(4)]["restrictions"][0]["scope"] == "offers"


def test_a_topic_leaves_out_who_may_be_sent_it(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    apply(runtime, now, 1, messages="opted_out")
    apply(runtime, now, 2, topics__offers=False)
    apply(runtime, now, 3, topics__marketing=False)
    apply(runtime, now, 4, whatsapp_marketing="stopped")

    assert set(people_in(ask_all(client, topic="offers"))) == {person(n) for n in (1, 2, 3, 4)}
    assert set(people_in(ask_all(client, topic="news"))) == {person(n) for n in (1, 3, 4)}
    assert set(people_in(ask_all(client, topic="orders"))) == {person(1)}


def test_what_is_accepted_and_not_yet_applied_is_listed_as_held(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    """With all workers down the list is as true as the gate."""
    choose(runtime, now, Recipient(wa_id=ADA, bsuid=ADA_BSUID), messages="opted_out")
    choose(runtime, now, Recipient(wa_id=person(2)), messages="opted_in")

    [row] = ask_all(client)

    assert row["addresses"] == [ADA, ADA_BSUID]
    assert [one["reason"] for one in row["restrictions"]] == ["held"]


def test_pages_give_everybody_once_though_all_have_the_same_moment(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    for number in range(23):
        apply(runtime, now, number, messages="opted_out")

    assert sorted(people_in(ask_all(client, limit=5))) == [person(n) for n in range(23)]


def test_who_leaves_or_comes_while_pages_are_read_hides_nobody(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    for number in range(12):
        apply(runtime, now, number, messages="opted_out")
    page = ask(client, limit=4)  # those who wait: nobody
    page = ask(client, limit=4, after=page["next"])
    last = page["suppressed"][-1]["recipient"]
    # The place itself goes, and so does somebody before it; somebody new comes.
    later = now + timedelta(seconds=1)
    for number in (int(last[-2:]), 0):
        apply(runtime, later, number, messages="opted_in")
    apply(runtime, later, 99, messages="opted_out")

    rest = []
    while page["next"]:
        page = ask(client, limit=4, after=page["next"])
        rest += people_in(page["suppressed"])

    assert rest == [person(n) for n in (*range(4, 12), 99)]


def test_since_gives_what_was_applied_from_then_on(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    for number in range(4):
        apply(runtime, now + timedelta(minutes=number), number, messages="opted_out")

    since = to_text(now + timedelta(minutes=2))
    assert people_in(ask_all(client, since=since)) == [person(2), person(3)]


def test_the_feed_goes_on_where_the_list_was_taken(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    apply(runtime, now, 1, messages="opted_out")
    page = ask(client, limit=1)
    apply(runtime, now, 2, messages="opted_out")
    while page["next"]:
        page = ask(client, limit=1, after=page["next"])

    assert people_in(ask_feed(client, after=page["cursor"])["events"]) == [person(2)]


def test_a_feed_that_was_trimmed_takes_nobody_off_the_list(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    for number in range(3):
        apply(runtime, now, number, messages="opted_out")
    runtime.redis.xtrim("heed:{feed}:events", maxlen=0, approximate=False)

    assert len(ask_all(client)) == 3


def test_as_csv_there_is_a_line_for_each_restriction(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    for number in range(1200):
        runtime.feed.index_restricted({f"wa.{person(number)}": to_milliseconds(now)})
    apply(runtime, now, 7, messages="opted_out", topics__offers=False)

    for options in (
        {"query_string": {"format": "csv"}},
        {"headers": {**API_HEADERS, "Accept": "text/csv"}},
    ):
        answer = client.get("/v1/suppressed", **{"headers": API_HEADERS, **options})
        assert answer.mimetype == "text/csv"
        assert answer.headers["Heed-Cursor"] == runtime.feed.last()
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(row["recipient"], row["scope"], row["reason"]) for row in rows] == [
            (person(7), "all", "opted_out"),
            (person(7), "offers", "topic_off"),
        ]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"since": "yesterday"}, "`since`"),
        ({"since": "2026-12-01T09:00:00"}, "`since`"),
        ({"topic": "offerz"}, "topic must be"),
        ({"limit": "0"}, "`limit`"),
        ({"after": "x"}, "`after`"),
        ({"after": "WzEsMiwzXQ"}, "`after`"),
        # [null,1,"\ud800","0-0"], half a character
        ({"after": "W251bGwsMSwiXHVkODAwIiwiMC0wIl0"}, "`after`"),
        ({"format": "xml"}, "`format`"),
        ({"page": "2"}, "There are"),
    ],
    ids=str,
)
def test_a_wrong_question_is_told_what_is_wrong(
    client: FlaskClient, query: dict[str, str], says: str
) -> None:
    answer = client.get("/v1/suppressed", query_string=query, headers=API_HEADERS)

    assert answer.status_code == 400
    assert says in (answer.json or {})["detail"]
