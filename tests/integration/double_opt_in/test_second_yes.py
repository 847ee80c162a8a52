"""A form takes a number; only the tap or the YES of its owner makes it a consent."""

import json
import time
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.domain.pending import ASK_CONSENT
from app.runtime import Runtime
from app.store import keys
from tests.builders import (
    API_HEADERS,
    WEBHOOK_HEADERS,
    button_message,
    notification,
    text_message,
)
from tests.integration.double_opt_in.forms import (
    OTHER,
    REAL,
    Send,
    deliver,
    events,
    open_topics,
    questions,
    say,
    tap,
)
from tests.working import apply_commands


def test_without_a_tap_there_is_no_consent(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    answer = send()

    assert answer.status_code == 202
    assert "tap Yes" in answer.json["text"]
    assert len(questions(redis)) == 1
    apply_commands(runtime)
    assert open_topics(client) == set()
    assert events(client) == []


@pytest.mark.parametrize("confirm", ["tap", "YES", "sí", "نعم"])
def test_the_tap_or_the_word_of_the_person_makes_it_one(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send, confirm: str
) -> None:
    send()
    [pending_id] = questions(redis)
    deliver(runtime, pending_id)
    answer = tap(client, pending_id) if confirm == "tap" else say(client, confirm)
    apply_commands(runtime)

    assert answer.json["commands"] == 1
    assert open_topics(client) == {"offers", "news"}
    [event] = events(client)
    proof = event["event"]["proof"]
    assert proof["opt_in_source"] == "website-form"
    assert proof["wording"].startswith("Yes, Example Shop may send me")
    assert proof["page"] == "https://shop.example/newsletter"
    assert proof["campaign"] == {"source": "mail"}
    assert proof["asked_at"] <= proof["confirmed_at"]
    confirmation = runtime.outbox.load(event["event"]["id"])
    assert confirmation is not None
    assert confirmation[0].kind == "start_topic"


def test_a_stop_after_the_form_beats_every_later_tap(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    deliver(runtime, pending_id)
    say(client, "STOP")
    apply_commands(runtime)
    tap(client, pending_id, timestamp=str(int(time.time()) + 60))
    say(client, "YES", timestamp=str(int(time.time()) + 61))
    apply_commands(runtime)

    assert open_topics(client) == set()
    view = client.get(f"/v1/recipients/{REAL}", headers=API_HEADERS).json
    assert view["messages"] == "opted_out"


def test_the_tap_of_somebody_else_does_nothing_and_is_told_so(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    deliver(runtime, pending_id)
    tap(client, pending_id, OTHER)
    say(client, "YES", OTHER)
    apply_commands(runtime)

    assert open_topics(client) == set()
    assert open_topics(client, OTHER) == set()
    kinds = [
        json.loads(redis.hget(key, "record"))["kind"]
        for key in redis.scan_iter("heed:{confirmation.*")
    ]
    assert sorted(kinds) == [ASK_CONSENT, "kept"]


def test_a_tap_after_expiry_does_nothing(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    deliver(runtime, pending_id)
    key = keys.pending_consent_key(pending_id)
    record = json.loads(redis.get(key) or b"")
    now = int(datetime.now(UTC).timestamp() * 1000)
    redis.set(key, json.dumps({**record, "asked_at": now - 200_000, "expires_at": now - 100_000}))
    tap(client, pending_id)
    say(client, "YES")
    apply_commands(runtime)

    assert open_topics(client) == set()
    # A late delivery of a tap that was in time counts.
    tap(client, pending_id, timestamp=str(now // 1000 - 150))
    apply_commands(runtime)
    assert open_topics(client) == {"offers", "news"}


def test_an_unknown_button_and_a_yes_to_nobody_do_nothing(
    client: FlaskClient, runtime: Runtime
) -> None:
    tap(client, "0" * 32)
    answer = say(client, "YES")
    apply_commands(runtime)

    assert answer.json["commands"] == 0
    assert open_topics(client) == set()


def test_a_redelivered_tap_is_one_consent(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    message = button_message(f"heed:confirm:{pending_id}", "Yes", **{"from": REAL})
    for _ in range(3):
        client.post("/webhooks/360dialog", json=notification(message), headers=WEBHOOK_HEADERS)
        apply_commands(runtime)

    assert len(events(client)) == 1


def test_a_yes_to_a_question_that_never_arrived_is_about_something_else(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    say(client, "YES", id="wamid.before-it-left")
    message_id = deliver(runtime, pending_id)
    said = text_message("YES", id="wamid.to-another", **{"from": REAL})
    said["context"] = {"id": "wamid.what-an-agent-asked"}
    client.post("/webhooks/360dialog", json=notification(said), headers=WEBHOOK_HEADERS)
    failed = {"at": 1, "message_id": message_id, "error_code": 131049}
    redis.hset(keys.confirmation_key(pending_id), "status.failed", json.dumps(failed))
    say(client, "YES", id="wamid.after-it-failed")
    apply_commands(runtime)
    assert open_topics(client) == set()

    redis.hdel(keys.confirmation_key(pending_id), "status.failed")
    said = text_message("YES", id="wamid.to-ours", **{"from": REAL})
    said["context"] = {"id": message_id}
    client.post("/webhooks/360dialog", json=notification(said), headers=WEBHOOK_HEADERS)
    apply_commands(runtime)
    assert open_topics(client) == {"offers", "news"}


def test_a_tap_opens_what_was_asked_about_whatever_the_source_covers_since(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    [pending_id] = questions(redis)
    key = keys.pending_consent_key(pending_id)
    record = json.loads(redis.get(key) or b"")
    assert record["topics"] == ["offers", "news"]
    # As it would stand there if the source had covered less when the form was sent.
    redis.set(key, json.dumps({**record, "topics": ["news"]}))
    tap(client, pending_id)
    apply_commands(runtime)

    assert open_topics(client) == {"news"}
    [event] = events(client)
    assert event["event"]["proof"]["opt_in_topics"] == ["news"]


def test_a_yes_from_before_the_form_is_no_answer_to_it(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    send()
    deliver(runtime, *questions(redis))
    say(client, "YES", timestamp=str(int(time.time()) - 30))
    apply_commands(runtime)

    assert open_topics(client) == set()
