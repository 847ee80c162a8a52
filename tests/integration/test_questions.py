"""Not sure: hold, ask once, let the answer decide, and show the rest to a human (design 2.10)."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.permission import Reason
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.check import Question, check
from app.usecases.review import NoQuestionError, decide, export_rows
from tests.builders import ADA, WEBHOOK_HEADERS, button_message, notification, text_message
from tests.working import apply_commands

UNSURE_WORDS = "enough already"


def write(client: FlaskClient, message: dict[str, Any]) -> None:
    answer = client.post("/webhooks/360dialog", json=notification(message), headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def tap(client: FlaskClient, button_id: str) -> None:
    reply = {"type": "button_reply", "button_reply": {"id": button_id, "title": "…"}}
    # Nobody answers within the second of their question; in that a restriction would win.
    message = text_message(type="interactive", timestamp=str(int(time.time()) + 5))
    del message["text"]
    write(client, {**message, "interactive": reply})


def reasons(runtime: Runtime, at: datetime) -> dict[str, Reason | None]:
    found = {}
    for topic in ("offers", "orders"):
        permission = check(
            [Recipient(wa_id=ADA)],
            Question(topic=topic),
            checker=runtime.checker,
            now=at,
        )[0]
        found[topic] = permission.reason
    return found


@pytest.fixture
def asked(client: FlaskClient, runtime: Runtime) -> Runtime:
    write(client, text_message("START"))
    write(client, text_message(UNSURE_WORDS))
    apply_commands(runtime)
    return runtime


def test_everything_is_held_while_the_person_may_answer_and_marketing_after_that(
    asked: Runtime, now: datetime
) -> None:
    assert reasons(asked, now) == {"offers": "held", "orders": "held"}
    assert reasons(asked, now + timedelta(hours=25)) == {"offers": "held", "orders": None}


def test_it_is_held_from_the_moment_of_the_answer(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    write(client, text_message(UNSURE_WORDS))

    assert reasons(runtime, now) == {"offers": "held", "orders": "held"}


def test_a_question_is_listed_with_the_sentence_and_the_rule(asked: Runtime) -> None:
    (entry,) = asked.reviews.list_open(most=10)

    assert entry["words"] == UNSURE_WORDS
    assert entry["rule"]
    assert entry["identity"] == f"wa.{ADA}"


@pytest.mark.parametrize(
    ("button", "offers"),
    [("heed:stop", "opted_out"), ("heed:keep", None), ("heed:pause:7", "paused")],
)
def test_the_answer_decides_and_ends_the_review(
    client: FlaskClient, asked: Runtime, now: datetime, button: str, offers: str | None
) -> None:
    tap(client, button)
    apply_commands(asked)

    assert reasons(asked, now)["offers"] == offers
    assert asked.reviews.list_open(most=10) == []


def test_a_question_is_asked_once(client: FlaskClient, asked: Runtime) -> None:
    before = asked.outbox.size()

    write(client, text_message(UNSURE_WORDS))
    apply_commands(asked)

    assert asked.outbox.size() == before
    assert len(asked.reviews.list_open(most=10)) == 1


def test_an_unrelated_message_answers_nothing(
    client: FlaskClient, asked: Runtime, now: datetime
) -> None:
    for text in ("where is my order?", "yes", "HELP"):
        write(client, text_message(text))
    write(client, button_message("OTHER", "Something else"))
    apply_commands(asked)

    assert reasons(asked, now)["offers"] == "held"
    assert len(asked.reviews.list_open(most=10)) == 1


@pytest.mark.parametrize(("decision", "offers"), [("stop", "opted_out"), ("keep", None)])
def test_a_humans_decision_is_evidence_and_a_new_row(
    asked: Runtime, now: datetime, decision: str, offers: str | None
) -> None:
    (entry,) = asked.reviews.list_open(most=10)

    decide(
        entry["id"],
        decision,
        actor="kim",
        reason="clear enough",
        reviews=asked.reviews,
        applier=asked.applier,
        now=now + timedelta(minutes=1),
    )

    assert reasons(asked, now)["offers"] == offers
    last = asked.preferences.evidence(f"wa.{ADA}")[-1]
    assert last["event"]["proof"]["actor"] == "kim"
    assert last["event"]["proof"]["reason"] == "clear enough"
    assert export_rows(asked.reviews) == [
        {
            "text": UNSURE_WORDS,
            "language": entry["language"],
            "command": {"stop": "STOP", "keep": "NONE"}[decision],
            "kind": "reviewed",
        },
    ]
    with pytest.raises(NoQuestionError):
        decide(
            entry["id"],
            decision,
            actor="kim",
            reason="again",
            reviews=asked.reviews,
            applier=asked.applier,
            now=now,
        )


def test_a_redelivered_question_does_not_come_back_after_its_answer(
    client: FlaskClient, runtime: Runtime, now: datetime
) -> None:
    question = text_message(UNSURE_WORDS)
    write(client, question)
    apply_commands(runtime)
    tap(client, "heed:keep")
    apply_commands(runtime)

    write(client, question)
    apply_commands(runtime)

    assert runtime.reviews.list_open(most=10) == []
    assert reasons(runtime, now)["orders"] is None


def test_the_clock_of_the_person_decides_when_the_time_to_answer_ends(
    runtime: Runtime, now: datetime
) -> None:
    view = runtime.preferences.view_many([Recipient(wa_id=ADA)])[0]

    assert view.preferences.question_until() is None
    assert reasons(runtime, now) == {"offers": "not_opted_in", "orders": None}
