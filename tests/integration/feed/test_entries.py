"""What an entry of the feed says, whatever the way in of the change."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.recipients import Recipient
from app.runtime import Runtime
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    button_message,
    notification,
    text_message,
)
from tests.following import Follower, ask_feed
from tests.working import apply_commands


def say(client: FlaskClient, runtime: Runtime, *messages: dict[str, Any], **value: Any) -> None:
    body = notification(*messages, **value)
    assert client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS).json["received"]
    apply_commands(runtime)


def change(client: FlaskClient, **registers: Any) -> None:
    body = {**registers, "evidence": {"reason": "asked by phone"}}
    answer = client.patch(f"/v1/recipients/{ADA}", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.text


def only_entry(runtime: Runtime) -> dict[str, Any]:
    found = Follower().follow(runtime)
    assert len(found) == 1, found
    return found[0]


def test_a_stop_says_all_that_a_sender_needs(client: FlaskClient, runtime: Runtime) -> None:
    message = text_message("STOP")
    say(client, runtime, message)

    entry = ask_feed(client)["events"][0]

    state = {
        "recipient": ADA,
        "bsuid": None,
        "messages": "unknown",
        "paused_until": None,
        "topics": {"offers": True, "news": True, "orders": True},
        "frequency": {},
        "channel": "whatsapp",
        "whatsapp_marketing": "allowed",
        "revision": 0,
        "updated_at": None,
    }
    occurred_at = datetime.fromtimestamp(int(message["timestamp"])).astimezone()
    assert datetime.fromisoformat(entry["occurred_at"]) == occurred_at
    assert entry["before"] == state
    after = {**state, "messages": "opted_out", "revision": 1, "updated_at": entry["applied_at"]}
    assert entry["after"] == after
    assert entry["type"] == "opted_out"
    assert entry["recipient"] == ADA
    assert entry["addresses"] == [ADA]
    assert "messages" in entry["changed"]
    [restriction] = entry["restrictions"]
    assert restriction["scope"] == "all"
    assert restriction["reason"] == "opted_out"
    assert restriction["until"] is None
    assert (entry["source"], entry["command"], entry["revision"]) == ("keyword", "STOP", 1)
    history = client.get(f"/v1/recipients/{ADA}/history", headers=API_HEADERS).json["entries"]
    assert entry["evidence_id"] == history[0]["event"]["id"]


def test_no_words_of_the_person_are_in_the_feed(client: FlaskClient, runtime: Runtime) -> None:
    say(client, runtime, text_message("please stop messaging me, love Ada"))

    assert only_entry(runtime)["type"] == "opted_out"
    assert "love" not in ask_feed(client)["events"].__repr__()


@pytest.mark.parametrize(
    ("registers", "kind", "changed"),
    [
        ({"messages": "opted_out"}, "opted_out", ["messages"]),
        ({"messages": "opted_in"}, "opted_in", ["messages"]),
        ({"topics": {"offers": False}}, "preferences.changed", ["topics.offers"]),
        ({"frequency": {"all": "1/week"}}, "preferences.changed", ["frequency"]),
        ({"channel": "sms"}, "preferences.changed", ["channel"]),
    ],
    ids=["opt-out", "opt-in", "topic", "frequency", "channel"],
)
def test_each_change_has_its_most_telling_type(
    client: FlaskClient, runtime: Runtime, registers: Any, kind: str, changed: list[str]
) -> None:
    change(client, **registers)

    entry = only_entry(runtime)
    assert (entry["type"], entry["source"]) == (kind, "api")
    assert set(changed) <= set(entry["changed"])


def test_a_pause_says_until_when_and_its_end_by_hand_is_told(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    until = (now + timedelta(days=3)).isoformat()
    change(client, paused_until=until)
    change(client, paused_until=None)

    paused, ended = Follower().follow(runtime)

    assert (paused["type"], ended["type"]) == ("paused", "pause_ended")
    [restriction] = paused["restrictions"]
    assert restriction["reason"] == "paused"
    assert datetime.fromisoformat(restriction["until"]) == now + timedelta(days=3)
    assert ended["restrictions"] == []
    assert ended["after"]["paused_until"] is None


def test_start_after_stop_lifts_it(client: FlaskClient, runtime: Runtime, now: datetime) -> None:
    earlier = str(int(now.timestamp()) - 60)
    say(client, runtime, text_message("STOP", timestamp=earlier))
    say(client, runtime, text_message("START"))

    assert [one["type"] for one in Follower().follow(runtime)] == ["opted_out", "opted_in"]


def test_a_repetition_and_a_late_word_make_no_entry(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    message = text_message("STOP")
    say(client, runtime, message)
    say(client, runtime, message)
    say(client, runtime, text_message("STOP"))
    say(client, runtime, text_message("START", timestamp=str(int(now.timestamp()) - 600)))

    assert only_entry(runtime)["type"] == "opted_out"


def test_a_tap_and_an_open_question_are_told(client: FlaskClient, runtime: Runtime) -> None:
    say(client, runtime, button_message("STOP", "Stop"))
    assert only_entry(runtime)["source"] == "button"


def test_whatsapps_own_switch_is_told(client: FlaskClient, runtime: Runtime, now: datetime) -> None:
    switch = {
        "wa_id": ADA,
        "detail": "user chose to stop",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(now.timestamp()),
    }
    say(client, runtime, field="user_preferences", user_preferences=[switch])

    entry = only_entry(runtime)
    assert (entry["type"], entry["changed"]) == ("preferences.changed", ["whatsapp_marketing"])
    assert [one["scope"] for one in entry["restrictions"]] == ["marketing"]


class TestIdentities:
    def test_an_id_that_becomes_known_of_somebody_who_chose_is_told(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, text_message("STOP"))
        contacts = [{"wa_id": ADA, "user_id": ADA_BSUID}]
        say(client, runtime, text_message("hello", from_user_id=ADA_BSUID), contacts=contacts)

        entry = Follower().follow(runtime)[-1]

        assert entry["type"] == "identity_changed"
        assert entry["addresses"] == [ADA, ADA_BSUID]
        assert entry["after"]["bsuid"] == ADA_BSUID

    def test_of_people_who_never_chose_anything_nothing_is_told(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        contacts = [{"wa_id": ADA, "user_id": ADA_BSUID}]
        say(client, runtime, text_message("hello", from_user_id=ADA_BSUID), contacts=contacts)

        assert runtime.preferences.view_many([Recipient(wa_id=ADA)])[0].preferences.bsuids
        assert Follower().follow(runtime) == []

    def test_a_new_number_says_which_it_was_before(
        self, client: FlaskClient, runtime: Runtime
    ) -> None:
        say(client, runtime, text_message("STOP"))
        system = {
            "body": "User changed",
            "wa_id": "447700900777",
            "type": "user_changed_number",
        }
        message = {**text_message(type="system", system=system), "text": None}
        say(client, runtime, message)

        entry = Follower().follow(runtime)[-1]

        assert entry["type"] == "identity_changed"
        assert (entry["recipient"], entry["previous"]) == ("447700900777", [ADA])
        assert entry["after"]["messages"] == "opted_out"
