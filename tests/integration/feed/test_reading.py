"""GET /v1/events: cursors, filters, waiting, and what is no longer kept."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.events import Source
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.store.feed import START
from app.usecases.change import change
from app.web.feed import MOST_WAITING
from tests.builders import API_HEADERS
from tests.following import ask_feed
from tests.stack import eventually


def opt_out(runtime: Runtime, *people: int, messages: str = "opted_out") -> None:
    for person in people:
        change(
            Recipient(wa_id=f"4477009{person:05d}"),
            {"messages": messages},
            source=Source.API,
            actor="tests",
            reason="a test",
            via="tests",
            applier=runtime.applier,
            now=runtime.clock(),
        )


def refused(client: FlaskClient, **query: Any) -> tuple[int, str]:
    answer = client.get("/v1/events", query_string=query, headers=API_HEADERS)
    assert answer.json is not None
    return answer.status_code, answer.json["detail"]


def test_an_empty_feed_has_a_cursor_too(client: FlaskClient, runtime: Runtime) -> None:
    answer = ask_feed(client)
    assert answer == {"events": [], "next": START}

    opt_out(runtime, 1)

    assert len(ask_feed(client, after=answer["next"])["events"]) == 1


def test_pages_follow_one_another_without_a_gap(client: FlaskClient, runtime: Runtime) -> None:
    opt_out(runtime, *range(7))
    seen, after = [], START
    while (answer := ask_feed(client, after=after, limit=3))["events"]:
        seen += answer["events"]
        after = answer["next"]

    assert [one["recipient"][-1] for one in seen] == list("0123456")
    assert [one["id"] for one in seen] == sorted({one["id"] for one in seen})
    assert after == seen[-1]["id"]


def test_only_the_types_asked_for_come_and_the_cursor_passes_the_rest(
    client: FlaskClient, runtime: Runtime
) -> None:
    opt_out(runtime, 1, 2)
    opt_out(runtime, 1, messages="opted_in")
    opt_out(runtime, 3)

    answer = ask_feed(client, types="opted_in,paused")
    assert [one["type"] for one in answer["events"]] == ["opted_in"]
    assert ask_feed(client, after=answer["next"])["events"] == []
    assert len(ask_feed(client, types="preferences.changed")["events"]) == 4
    assert len(ask_feed(client, types="opted_out", limit=2)["events"]) == 2


@pytest.mark.parametrize("after", ["", "0"])
def test_who_has_no_cursor_yet_begins_with_the_oldest(
    client: FlaskClient, runtime: Runtime, after: str
) -> None:
    opt_out(runtime, 1)

    assert ask_feed(client, after=after) == ask_feed(client)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"after": "yesterday"}, "`after`"),
        ({"after": "-"}, "`after`"),
        ({"after": "99999999999999999999-0"}, "`after`"),
        ({"after": "9000000000000-0"}, "GET /v1/suppressed"),
        ({"limit": "0"}, "`limit`"),
        ({"limit": "1001"}, "`limit`"),
        ({"limit": "²"}, "`limit`"),
        ({"wait": "26"}, "`wait`"),
        ({"wait": "-1"}, "`wait`"),
        ({"types": "opted-out"}, "`types`"),
        ({"since": "1-0"}, "There are: after"),
    ],
    ids=str,
)
def test_a_wrong_question_is_told_what_is_wrong(
    client: FlaskClient, query: dict[str, str], says: str
) -> None:
    status, detail = refused(client, **query)

    assert status == 400
    assert says in detail


def test_it_needs_the_scope_read(client: FlaskClient) -> None:
    assert client.get("/v1/events").status_code == 401


class TestTrimming:
    def test_a_cursor_before_what_is_kept_is_told_where_to_go(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        opt_out(runtime, *range(300))
        old = ask_feed(client, limit=1)["next"]
        runtime.feed.trim(runtime.clock() + timedelta(days=31))

        status, detail = refused(client, after=old)

        assert status == 410
        assert "GET /v1/suppressed" in detail
        assert refused(client, after=START)[0] == 410

    def test_who_was_at_the_end_goes_on(self, client: FlaskClient, runtime: Runtime) -> None:
        """Nothing happened for longer than the feed keeps; so nothing was missed."""
        opt_out(runtime, *range(300))
        last = ask_feed(client, limit=1000)["next"]
        runtime.feed.trim(runtime.clock() + timedelta(days=31))
        opt_out(runtime, 301)

        found = ask_feed(client, after=last)["events"]

        assert [one["recipient"] for one in found] == ["447700900301"]
        assert len(ask_feed(client)["events"]) == 1

    def test_what_is_young_stays(self, runtime: Runtime, now: datetime) -> None:
        opt_out(runtime, *range(3))

        assert runtime.feed.trim(now + timedelta(days=29)) == 0
        assert runtime.feed.size() == 3


class TestWaiting:
    def test_a_change_ends_the_wait(self, app: Flask, runtime: Runtime) -> None:
        answers: list[dict[str, Any]] = []
        waiter = threading.Thread(
            target=lambda: answers.append(ask_feed(app.test_client(), wait=25))
        )
        waiter.start()
        time.sleep(0.1)
        opt_out(runtime, 1)
        waiter.join(20)

        assert [one["type"] for one in answers[0]["events"]] == ["opted_out"]
        assert answers[0]["next"] == answers[0]["events"][0]["id"]

    def test_what_nobody_asked_for_does_not_end_it(self, app: Flask, runtime: Runtime) -> None:
        answers: list[dict[str, Any]] = []
        waiter = threading.Thread(
            target=lambda: answers.append(ask_feed(app.test_client(), wait=25, types="opted_in"))
        )
        waiter.start()
        opt_out(runtime, 1)
        time.sleep(0.1)
        opt_out(runtime, 2, messages="opted_in")
        waiter.join(20)

        assert [one["type"] for one in answers[0]["events"]] == ["opted_in"]

    def test_who_comes_when_enough_wait_is_answered_at_once(
        self, app: Flask, runtime: Runtime
    ) -> None:
        """The threads of the process are for the webhook and the gate."""
        answers: list[dict[str, Any]] = []
        waiters = [
            threading.Thread(target=lambda: answers.append(ask_feed(app.test_client(), wait=25)))
            for _ in range(MOST_WAITING + 1)
        ]
        for one in waiters:
            one.start()
        # One of them comes back though nothing has happened.
        eventually(lambda: answers)
        assert answers == [{"events": [], "next": START}]
        opt_out(runtime, 1)
        for one in waiters:
            one.join(20)

        assert [len(one["events"]) for one in answers] == [0, *[1] * MOST_WAITING]
