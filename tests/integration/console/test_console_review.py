"""Open questions: see them, decide them, export what was decided; in the console and by command."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.domain.recipients import parse_recipient
from app.domain.times import to_milliseconds
from app.runtime import Runtime
from app.usecases.history import history
from tests.builders import ADA
from tests.integration.console.desk import Desk

OpenDesk = Callable[..., Desk]
QUESTION = "0" * 31 + "1"
WORDS = "<i>enough</i> 😤"


@pytest.fixture(autouse=True)
def _question(runtime: Runtime) -> None:
    asked_at = to_milliseconds(datetime.now(UTC) - timedelta(hours=5, minutes=3))
    entry = {
        "id": QUESTION,
        "identity": f"wa.{ADA}",
        "words": WORDS,
        "rule": "phrase.en.7",
        "language": "en",
        "country": "GB",
        "asked_at": asked_at,
    }
    runtime.reviews.open(QUESTION, asked_at, entry)


def entries(runtime: Runtime) -> list[dict[str, Any]]:
    return history(parse_recipient(ADA), preferences=runtime.preferences).entries


def test_a_question_shows_sentence_rule_language_country_and_age(desk: Desk) -> None:
    page = desk.get("/console/review").text

    assert '<q dir="auto">&lt;i&gt;enough&lt;/i&gt; 😤</q>' in page
    for fact in ("phrase.en.7", ">en<", ">GB<", "5 h", "+44•••••0123"):
        assert fact in page, fact
    assert ADA not in page


def test_a_question_leads_to_its_person(desk: Desk) -> None:
    answer = desk.post(f"/console/review/{QUESTION}/person")

    assert "+44 7700 900123" in desk.get(answer.location).text


@pytest.mark.parametrize(
    ("decision", "messages", "said"),
    [
        pytest.param("stop", "opted_out", "all messages are stopped", id="stop"),
        pytest.param("keep", "unknown", "messages go on as before", id="keep"),
    ],
)
def test_a_decision_is_evidence_and_closes_the_question(
    desk: Desk, runtime: Runtime, decision: str, messages: str, said: str
) -> None:
    answer = desk.post(f"/console/review/{QUESTION}", decision=decision, reason="they meant it")

    page = desk.get(answer.location).text
    assert said in page
    assert "Nothing is open." in page
    assert runtime.preferences.load(f"wa.{ADA}").preferences.messages == messages
    (entry,) = entries(runtime)
    assert entry["event"]["proof"]["actor"] == "ada"
    assert entry["event"]["proof"]["reason"] == "they meant it"


def test_a_question_is_decided_once(desk: Desk, runtime: Runtime) -> None:
    desk.post(f"/console/review/{QUESTION}", decision="stop", reason="one")
    answer = desk.post(f"/console/review/{QUESTION}", decision="keep", reason="two")

    assert "This question is answered already." in desk.get(answer.location).text
    assert len(entries(runtime)) == 1
    gone = desk.post(f"/console/review/{QUESTION}/person")
    assert gone.location == "/console/review"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"decision": "stop", "reason": " "}, "Say why", id="no reason"),
        pytest.param(
            {"decision": "maybe", "reason": "x"}, "Choose stop or keep.", id="no decision"
        ),
    ],
)
def test_a_decision_needs_a_choice_and_a_reason(
    desk: Desk, runtime: Runtime, fields: dict[str, str], said: str
) -> None:
    answer = desk.post(f"/console/review/{QUESTION}", **fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert entries(runtime) == []


def test_decisions_are_exported_as_rows(open_desk: OpenDesk) -> None:
    boss = open_desk("boss")
    boss.post(f"/console/review/{QUESTION}", decision="stop", reason="clear")

    answer = boss.get("/console/review/decisions")

    assert answer.mimetype == "application/x-ndjson"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.text) == {
        "text": WORDS,
        "language": "en",
        "command": "STOP",
        "kind": "reviewed",
    }


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["review", *arguments])


def test_the_command_line_lists_decides_and_exports(app: Flask, runtime: Runtime) -> None:
    listed = run(app, "list").stdout
    assert QUESTION in listed
    assert "“<i>enough</i> 😤”" in listed
    assert ADA not in listed
    assert json.loads(run(app, "list", "--json").stdout)[0]["rule"] == "phrase.en.7"

    decided = run(app, "decide", QUESTION, "stop", "--reason", "clear", "--by", "Ada")
    assert decided.exit_code == 0, decided.output
    assert runtime.preferences.load(f"wa.{ADA}").preferences.messages == "opted_out"
    assert entries(runtime)[0]["event"]["proof"]["actor"] == "Ada"

    assert run(app, "list").stdout == "Nothing is open.\n"
    assert json.loads(run(app, "export").stdout)["command"] == "STOP"
    again = run(app, "decide", QUESTION, "keep", "--reason", "x", "--by", "Ada")
    assert again.exit_code == 1
    assert "Nothing is open under this id" in again.output


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["decide", QUESTION, "maybe", "--reason", "x", "--by", "A"], id="decision"),
        pytest.param(["decide", QUESTION, "stop", "--by", "A"], id="no reason"),
        pytest.param(["decide", QUESTION, "stop", "--reason", " ", "--by", "A"], id="empty reason"),
        pytest.param(["decide", QUESTION, "stop", "--reason", "x"], id="nobody"),
    ],
)
def test_a_command_that_lacks_something_changes_nothing(
    app: Flask, runtime: Runtime, arguments: list[str]
) -> None:
    assert run(app, *arguments).exit_code == 2
    assert entries(runtime) == []
