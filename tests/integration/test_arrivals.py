"""Signup links and ads: what WhatsApp itself brings, and what it never does."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from app.store import keys
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.payloads.samples import load_sample
from tests.working import apply_commands

AD = {"source_type": "ad", "source_id": "1200", "headline": "Chat with us", "ctwa_clid": "CLICK"}


def post(client: FlaskClient, body: Any) -> Any:
    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200
    return answer.json


def is_open(client: FlaskClient, topic: str) -> bool:
    body = {"recipients": [ADA], "topic": topic}
    answer: Any = client.post("/v1/check", json=body, headers=API_HEADERS).json
    return bool(answer["results"][0]["allowed"])


def proofs(client: FlaskClient) -> list[Any]:
    entries: Any = client.get(f"/v1/recipients/{ADA}/history", headers=API_HEADERS).json["entries"]
    return [one["event"]["proof"] for one in entries if one["kind"] == "event"]


def signup() -> Any:
    return load_sample("user_preferences_signup")


def test_a_signup_opens_the_topics_of_its_source_once(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    for _ in range(2):
        assert post(client, signup())["commands"] == 1
        apply_commands(runtime)

    assert is_open(client, "offers")
    assert is_open(client, "news")
    [proof] = proofs(client)
    assert proof["opt_in_source"] == "whatsapp-signup"
    assert proof["signup_id"] == "13000000000000001"
    assert proof["wording"].startswith("Sign up to get offers")
    # What WhatsApp showed we have not seen, so it is not claimed to have been shown.
    assert proof["wording_told_by"] == "source"
    # WhatsApp confirms it itself, and no window is open for words of ours.
    assert list(redis.scan_iter("heed:{confirmation.*")) == []


@pytest.mark.parametrize("order", [("stop", "signup"), ("signup", "stop")])
def test_a_signup_never_lifts_a_stop(
    client: FlaskClient, runtime: Runtime, order: tuple[str, str]
) -> None:
    # The sample is of a later time than this STOP, and yields all the same.
    stop = notification(text_message("STOP"))
    for one in order:
        post(client, stop if one == "stop" else signup())
        apply_commands(runtime)

    assert not is_open(client, "offers")


def test_a_signup_leaves_off_what_the_person_turned_off(
    client: FlaskClient, runtime: Runtime
) -> None:
    post(client, notification(text_message("STOP NEWS")))
    post(client, signup())
    apply_commands(runtime)

    assert is_open(client, "offers")
    assert not is_open(client, "news")


def test_an_ad_is_no_consent_and_is_named_by_a_start_that_follows(
    client: FlaskClient, runtime: Runtime, redis: Redis
) -> None:
    asked = post(client, notification(text_message("Hello! How much is it?", referral=AD)))
    apply_commands(runtime)
    assert asked["commands"] == 0
    assert not is_open(client, "offers")
    assert 0 < redis.ttl(keys.referral_key(f"wa.{ADA}")) <= 7 * 24 * 3600

    post(client, notification(text_message("START")))
    apply_commands(runtime)

    assert is_open(client, "offers")
    [proof] = proofs(client)
    assert proof["referral"] == {"kind": "ad", "id": "1200", "headline": "Chat with us"}
    assert proof["opt_in_source"] == "whatsapp-ads"
    assert "CLICK" not in str(proof)


def test_a_mark_tells_more_than_an_ad(client: FlaskClient, runtime: Runtime) -> None:
    post(client, notification(text_message("START · shop-receipt", referral=AD)))
    apply_commands(runtime)

    [proof] = proofs(client)
    assert proof["opt_in_source"] == "shop-receipt"
    assert proof["referral"]["id"] == "1200"
    assert not is_open(client, "news")


def test_a_stop_from_an_ad_is_a_stop(client: FlaskClient, runtime: Runtime) -> None:
    post(client, notification(text_message("STOP", referral=AD)))

    assert not is_open(client, "offers")


@pytest.mark.parametrize(
    "referral",
    [None, 5, [], {}, {"source_type": 1, "source_id": "1"}, {"source_type": "ad", "source_id": "a b"},
     {"source_type": "ad" * 999, "source_id": "1" * 9999, "headline": ["x"]}],
)  # fmt: skip
def test_a_malformed_ad_costs_no_words(
    client: FlaskClient, runtime: Runtime, referral: object
) -> None:
    assert post(client, notification(text_message("START", referral=referral)))["commands"] == 1
    apply_commands(runtime)

    assert is_open(client, "offers")
