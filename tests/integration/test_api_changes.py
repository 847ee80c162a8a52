"""Changing what one has seen, and changing it once: registers, revisions, idempotency keys."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from app.store.inbox import RedisInbox
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    notification,
    text_message,
)
from tests.working import apply_commands

WHY = {"evidence": {"reason": "asked by phone"}}
PATH = f"/v1/recipients/{ADA}"


def patch(client: FlaskClient, body: dict[str, Any], **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(PATH, json={**WHY, **body}, headers={**API_HEADERS, **named})


def show(client: FlaskClient) -> Any:
    return client.get(PATH, headers=API_HEADERS)


def events(client: FlaskClient) -> list[dict[str, Any]]:
    entries = client.get(f"{PATH}/history", headers=API_HEADERS).json["entries"]
    return [entry for entry in entries if entry["kind"] == "event"]


def test_caps_are_set_replaced_and_taken_away(client: FlaskClient) -> None:
    first = patch(
        client, {"frequency": {"all": "weekly", "offers": "3/day", "marketing": "9/month"}}
    )
    looser = patch(client, {"frequency": {"all": "10/day", "offers": None}})

    assert first.json["frequency"] == {"all": "1/week", "marketing": "9/month", "offers": "3/day"}
    assert looser.json["frequency"] == {"all": "10/day", "marketing": "9/month"}
    assert show(client).json["frequency"] == looser.json["frequency"]
    assert events(client)[1]["changed"] == {
        "frequency": ["1/week", "10/day"],
        "frequency.offers": ["3/day", None],
    }


@pytest.mark.parametrize(
    "frequency",
    ["1/week", [], None, {"all": "often"}, {"all": 1}, {"all": "0/day"}, {"all": "100/day"},
     {"parties": "1/day"}, {"all": ["1/day"]}, {"all": {}}, {"": "1/day"}, {"all": "1/day", "x": None}],
)  # fmt: skip
def test_a_cap_that_makes_no_sense_changes_nothing(client: FlaskClient, frequency: object) -> None:
    answer = patch(client, {"messages": "opted_in", "frequency": frequency})

    assert answer.status_code == 400
    assert "3/week" in answer.json["detail"]
    assert show(client).json["revision"] == 0


def test_no_channel_at_all_leaves_what_is_essential(client: FlaskClient) -> None:
    patch(client, {"messages": "opted_in", "channel": "none"})

    for channel in ("whatsapp", "sms", "none"):
        body = {"recipients": [ADA], "topic": "orders", "channel": channel}
        answer = client.post("/v1/check", json=body, headers=API_HEADERS)
        assert answer.json["results"][0]["reason"] == "prefers_channel"


def test_a_change_counts_only_for_the_revision_that_was_seen(client: FlaskClient) -> None:
    seen = show(client).headers["ETag"]
    first = patch(client, {"messages": "opted_in"}, If_Match=seen)
    late = patch(client, {"messages": "opted_out"}, If_Match=seen)
    again = patch(client, {"topics": {"offers": False}}, If_Match=late.headers["ETag"])

    assert (seen, first.status_code, first.headers["ETag"]) == ('"0"', 200, '"1"')
    assert late.status_code == 412
    assert late.mimetype == "application/problem+json"
    assert "revision 1" in late.json["detail"]
    assert again.status_code == 200
    assert show(client).json["messages"] == "opted_in"
    assert [entry["outcome"] for entry in events(client)] == ["applied", "refused", "applied"]
    assert show(client).json["held"] is False


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ("*", 200),
        ('"0"', 200),
        ('"7", "0"', 200),
        ('"7", "8"', 412),
        ('"abc"', 412),
        ('W/"0"', 412),
        ('"00"', 412),
        ('"999999999999999999999"', 412),
        ("0", 400),
        ('"0', 400),
        ('"0" "1" x', 400),
    ],
)
def test_if_match_is_read_as_http_has_it(client: FlaskClient, tags: str, status: int) -> None:
    assert patch(client, {"messages": "opted_in"}, If_Match=tags).status_code == status


def test_a_refused_change_stays_refused_whoever_applies_it_first(
    client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch(client, {"messages": "opted_in"})
    accept = RedisInbox.accept

    def accept_and_work(self: RedisInbox, *args: Any, **kwargs: Any) -> Any:
        found = accept(self, *args, **kwargs)
        apply_commands(runtime)
        return found

    monkeypatch.setattr(RedisInbox, "accept", accept_and_work)

    assert patch(client, {"messages": "opted_out"}, If_Match='"0"').status_code == 412
    assert patch(client, {"messages": "opted_out"}, If_Match='"1"').status_code == 200
    assert show(client).json["messages"] == "opted_out"


def test_the_same_key_gives_the_same_answer_and_one_change(client: FlaskClient) -> None:
    first = patch(client, {"messages": "opted_out"}, Idempotency_Key="k-1")
    patch(client, {"messages": "opted_in"})
    again = patch(client, {"messages": "opted_out"}, Idempotency_Key="k-1")

    assert again.json == first.json
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert show(client).json["messages"] == "opted_in"
    assert len(events(client)) == 2


def test_a_key_belongs_to_one_request_of_one_caller(client: FlaskClient) -> None:
    patch(client, {"messages": "opted_out"}, Idempotency_Key="k-1")

    other = patch(client, {"messages": "opted_in"}, Idempotency_Key="k-1")
    elsewhere = client.patch(
        "/v1/recipients/447700900999",
        json={**WHY, "messages": "opted_out"},
        headers={**API_HEADERS, "Idempotency-Key": "k-1"},
    )
    conditional = patch(client, {"messages": "opted_out"}, Idempotency_Key="k-1", If_Match='"1"')

    for answer in (other, elsewhere, conditional):
        assert answer.status_code == 422
        assert "new one" in answer.json["detail"]
    assert show(client).json["messages"] == "opted_out"


def test_a_refusal_is_repeated_too(client: FlaskClient) -> None:
    patch(client, {"messages": "opted_in"})
    first = patch(client, {"messages": "opted_out"}, Idempotency_Key="k", If_Match='"0"')
    again = patch(client, {"messages": "opted_out"}, Idempotency_Key="k", If_Match='"0"')

    assert (first.status_code, again.status_code) == (412, 412)
    assert again.json == first.json
    assert len(events(client)) == 2


def test_a_request_that_died_before_its_answer_is_finished_and_not_repeated(
    client: FlaskClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(type(runtime.answers), "complete", _die)
        assert patch(client, {"messages": "opted_in"}, Idempotency_Key="k").status_code == 500

    again = patch(client, {"messages": "opted_in"}, Idempotency_Key="k")

    assert again.status_code == 200
    assert again.json["revision"] == 1
    assert len(events(client)) == 1


def _die(*args: object) -> None:
    raise RuntimeError("the process is gone")


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(client: FlaskClient, key: str) -> None:
    answer = patch(client, {"messages": "opted_in"}, Idempotency_Key=key)

    assert answer.status_code == 400
    assert show(client).json["revision"] == 0


def test_a_key_is_kept_for_a_day_and_tells_nothing(client: FlaskClient, redis: Redis) -> None:
    patch(client, {"messages": "opted_out"}, Idempotency_Key=f"opt-out-of-{ADA}")

    found = [name for name in redis.keys("heed:*") if b"answer." in name]

    assert len(found) == 1
    assert ADA.encode() not in found[0]
    assert ADA.encode() not in redis.get(found[0])
    assert 24 * 3600 - 60 < redis.ttl(found[0]) <= 24 * 3600


def test_a_body_that_is_wrong_does_not_use_up_the_key(client: FlaskClient) -> None:
    assert patch(client, {"messages": "maybe"}, Idempotency_Key="k").status_code == 400
    assert patch(client, {"messages": "opted_in"}, Idempotency_Key="k").status_code == 200


def test_a_topic_that_the_same_words_turn_off_again_is_seen_by_its_tag(
    client: FlaskClient, runtime: Runtime
) -> None:
    for topics in ({"offers": False}, {"marketing": True}):
        seen = patch(client, {"topics": topics})
    assert seen.json["topics"]["offers"] is True

    changed = patch(client, {"topics": {"offers": False}}, If_Match=seen.headers["ETag"])

    assert changed.json["topics"]["offers"] is False
    assert changed.headers["ETag"] != seen.headers["ETag"]
    late = patch(client, {"channel": "email"}, If_Match=seen.headers["ETag"])
    assert late.status_code == 412
    same = patch(client, {"topics": {"offers": False}}, If_Match=changed.headers["ETag"])
    assert same.headers["ETag"] == changed.headers["ETag"]
    # Whoever follows and keeps the greatest revision has what the API says.
    told = [one.to_json() for one in runtime.feed.read("0-0", most=10)]
    assert [one["revision"] for one in told] == [1, 2, 3]
    assert told[-1]["after"]["topics"]["offers"] is False


def test_who_it_is_is_seen_by_the_tag_too(client: FlaskClient, runtime: Runtime) -> None:
    seen = patch(client, {"messages": "opted_out"})
    message = text_message("hello", from_user_id=ADA_BSUID)
    body = notification(message, contacts=[{"wa_id": ADA, "user_id": ADA_BSUID}])
    client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    linked = show(client)

    assert (seen.json["bsuid"], linked.json["bsuid"]) == (None, ADA_BSUID)
    assert linked.json["revision"] == seen.json["revision"] + 1
