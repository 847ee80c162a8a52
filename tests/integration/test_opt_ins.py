"""What others record of a person's yes: once, with its proof, and never against the person."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.business import Policy
from app.runtime import Runtime
from tests.builders import ADA, API_HEADERS
from tests.consents import at, body, is_allowed, opt_ins, post, says


@pytest.fixture
def wording(runtime: Runtime) -> str:
    source = runtime.business.source("shop-receipt")
    assert source
    return source.wording("en").id


def test_it_opens_exactly_the_topics_and_keeps_the_proof(
    client: FlaskClient, wording: str, runtime: Runtime
) -> None:
    answer = post(client, body(wording))

    assert answer.status_code == 201, answer.json
    assert (answer.json["outcome"], answer.json["messages"]) == ("new", "opted_in")
    assert is_allowed(client, "offers")
    assert not is_allowed(client, "news")
    [entry] = opt_ins(client)
    assert entry["event"]["id"] == answer.json["evidence_id"]
    proof = entry["event"]["proof"]
    assert "Example Shop" in proof["wording"]
    assert proof["evidence"] == {"order": "A-1207"}
    assert (proof["actor"], proof["via"], proof["where"]) == (
        "Sam",
        "tests",
        "Till 3, Harbour Street",
    )
    receipt = client.get(f"/v1/recipients/{ADA}/receipt", headers=API_HEADERS).json
    [event] = receipt["events"]
    assert (event["given"], event["privacy_notice"]["wording_id"]) == (["offers"], wording)


def test_the_same_consent_is_recorded_once(client: FlaskClient, wording: str) -> None:
    sent = body(wording)

    first, second = post(client, sent), post(client, sent)

    assert (first.json["outcome"], second.json["outcome"]) == ("new", "same")
    assert first.json["evidence_id"] == second.json["evidence_id"]
    assert len(opt_ins(client)) == 1


def test_the_same_key_gets_the_same_answer(client: FlaskClient, wording: str) -> None:
    sent = body(wording)
    first = post(client, sent, **{"Idempotency-Key": "one"})

    again = post(client, sent, **{"Idempotency-Key": "one"})
    other = post(client, {**sent, "by": "Kim"}, **{"Idempotency-Key": "one"})

    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        pytest.param({"source": "nowhere"}, 422, "`source`", id="no such source"),
        pytest.param({"wording": "0" * 32}, 422, "`wording`", id="never shown"),
        pytest.param({"at": at(days=-1)}, 422, "`at`", id="in the future"),
        pytest.param({"at": "2008-01-01T00:00:00Z"}, 422, "`at`", id="before there was WhatsApp"),
        pytest.param({"at": "yesterday"}, 400, "`at`", id="no time"),
        pytest.param({"topics": ["news"]}, 422, "`topics`", id="not of this source"),
        pytest.param({"evidence": {"Order No": "7"}}, 422, "`evidence`", id="no name"),
        pytest.param({"evidence": ["7"]}, 400, "`evidence`", id="no map"),
        pytest.param({"where": " "}, 400, "`where`", id="nowhere"),
        pytest.param({"by": None}, 400, "`by`", id="nobody"),
        pytest.param({"recipient": "12"}, 400, "recipient", id="no recipient"),
        pytest.param({"ticked": True}, 400, "The body may have", id="what nobody asked for"),
        pytest.param({"source": "website-form", "wording": "w"}, 422, "`wording`", id="both"),
    ],
)
def test_what_lacks_anything_is_refused_and_changes_nothing(
    client: FlaskClient, wording: str, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = post(client, body(wording, **changes))

    assert (answer.status_code, said in answer.json["detail"]) == (status, True), answer.json
    assert opt_ins(client) == []


def test_a_source_that_asks_twice_takes_no_ones_word(client: FlaskClient, runtime: Runtime) -> None:
    source = runtime.business.source("website-form")
    assert source

    answer = post(client, body(source.wording("en").id, source="website-form"))

    assert answer.status_code == 409
    assert "once more on WhatsApp" in answer.json["detail"]
    assert opt_ins(client) == []


@pytest.mark.parametrize(
    ("words", "topic"),
    [("STOP", "offers"), ("STOP OFFERS", "offers"), ("STOP PROMOTIONS", "offers")],
)
@pytest.mark.parametrize("stop_first", [True, False])
@pytest.mark.parametrize("newer", [True, False])
def test_a_no_of_the_person_stands_whenever_it_comes(
    client: FlaskClient,
    runtime: Runtime,
    wording: str,
    words: str,
    topic: str,
    *,
    stop_first: bool,
    newer: bool,
) -> None:
    """The recorded yes may be newer or older, and may be told before or after the no."""
    sent = body(wording, at=at(minutes=5 if newer else 60))
    if not stop_first:
        assert post(client, sent).status_code == 201

    says(client, runtime, words, ago=30 * 60)

    answer = post(client, sent)
    assert answer.status_code == 409, answer.json
    assert "START" in answer.json["detail"]
    assert not is_allowed(client, topic)
    assert len(opt_ins(client)) == 1


def test_start_opens_again_what_a_recorded_yes_could_not(
    client: FlaskClient, runtime: Runtime, wording: str
) -> None:
    says(client, runtime, "STOP", ago=600)
    assert post(client, body(wording)).status_code == 409

    says(client, runtime, "START")

    assert is_allowed(client)


def test_a_policy_may_let_a_newer_yes_lift_a_stop_and_never_an_older(
    client: FlaskClient, runtime: Runtime, wording: str
) -> None:
    says(client, runtime, "STOP", ago=30 * 60)
    before = runtime.business.policy
    object.__setattr__(runtime.business, "policy", Policy(recorded_opt_in_lifts_stop=True))
    try:
        assert post(client, body(wording, at=at(hours=2))).status_code == 409
        assert not is_allowed(client)
        assert post(client, body(wording, at=at(minutes=5))).status_code == 201
        assert is_allowed(client)
    finally:
        object.__setattr__(runtime.business, "policy", before)
