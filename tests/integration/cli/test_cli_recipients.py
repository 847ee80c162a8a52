import getpass
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.runtime import Runtime
from app.usecases.apply import apply_accepted
from tests.builders import ADA, ADA_BSUID, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.integration.cli.conftest import Run

WHY = ("--reason", "asked by phone")


def is_allowed(client: FlaskClient, topic: str | None = None) -> dict[str, Any]:
    body = {"recipients": [ADA], "topic": topic}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    result: dict[str, Any] = answer.json["results"][0]
    return result


def shown(run: Run, recipient: str = ADA) -> dict[str, Any]:
    result = run("recipients", "show", recipient, "--json")
    assert result.exit_code == 0, result.output
    view: dict[str, Any] = json.loads(result.stdout)
    return view


@pytest.mark.parametrize(
    "text", [ADA, f"+{ADA}", f"00{ADA}", "+44 7700 900123", "+44 (7700) 900-123", ADA_BSUID]
)
def test_a_recipient_may_be_written_in_any_form(text: str, run: Run) -> None:
    result = run("recipients", "show", text)

    assert result.exit_code == 0
    assert (ADA in result.output) != (ADA_BSUID in result.output)
    assert "Messages     unknown" in result.output
    assert "Nothing has happened yet." in result.output


def test_an_agent_opts_out_and_in_without_any_worker(run: Run, client: FlaskClient) -> None:
    result = run("recipients", "opt-out", ADA, *WHY)

    assert result.exit_code == 0, result.output
    assert result.output.startswith("Applied.")
    assert "Messages     opted_out" in result.output
    assert is_allowed(client)["reason"] == "opted_out"
    assert run("recipients", "opt-out", ADA, *WHY).output.startswith("Unchanged.")

    assert "Messages     opted_in" in run("recipients", "opt-in", ADA, *WHY).output
    assert is_allowed(client)["allowed"] is True


def test_one_topic_is_turned_off_and_on(run: Run, client: FlaskClient) -> None:
    run("recipients", "opt-in", ADA, *WHY)

    result = run("recipients", "opt-out", ADA, *WHY, "--topic", "offers")

    assert "offers off, news on" in result.output
    assert is_allowed(client, "offers")["reason"] == "topic_off"
    assert is_allowed(client, "news")["allowed"] is True
    assert "offers on" in run("recipients", "opt-in", ADA, *WHY, "--topic", "offers").output


def test_a_topic_opted_in_does_not_lift_an_opt_out(run: Run, client: FlaskClient) -> None:
    run("recipients", "opt-out", ADA, *WHY)

    run("recipients", "opt-in", ADA, *WHY, "--topic", "offers")

    assert is_allowed(client, "offers")["reason"] == "opted_out"


def test_a_pause_counts_in_days_or_until_a_time(run: Run) -> None:
    run("recipients", "pause", ADA, *WHY, "--days", "7")
    until = datetime.fromisoformat(shown(run)["paused_until"])
    assert timedelta(days=6.99) < until - datetime.now(UTC) <= timedelta(days=7)

    end = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    run("recipients", "pause", ADA, *WHY, "--until", end.isoformat())
    assert datetime.fromisoformat(shown(run)["paused_until"]) == end

    run("recipients", "pause", ADA, *WHY)
    until = datetime.fromisoformat(shown(run)["paused_until"])
    assert timedelta(days=29.99) < until - datetime.now(UTC) <= timedelta(days=30)

    assert "Paused       no" in run("recipients", "resume", ADA, *WHY).output


def test_resume_does_not_lift_an_opt_out(run: Run) -> None:
    run("recipients", "opt-out", ADA, *WHY)
    run("recipients", "pause", ADA, *WHY)

    assert "Messages     opted_out" in run("recipients", "resume", ADA, *WHY).output


def test_who_and_why_are_kept_as_evidence(run: Run) -> None:
    run("recipients", "opt-out", ADA, *WHY, "--by", "Zoë")
    run("recipients", "opt-in", ADA, "--reason", "changed her mind")

    first, second = (entry["event"] for entry in shown(run)["history"])
    assert first["source"] == second["source"] == "operator"
    assert first["proof"] == {"actor": "Zoë", "via": "command line", "reason": "asked by phone"}
    assert second["proof"]["actor"] == getpass.getuser()
    assert (
        "(Zoë: asked by phone) messages: not set → opted_out"
        in run("recipients", "show", ADA).output
    )


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        pytest.param(("show", "nonsense"), "not a recipient", id="no recipient"),
        pytest.param(("show",), "ID", id="nobody"),
        pytest.param(("opt-out", ADA), "--reason", id="no reason"),
        pytest.param(("opt-out", ADA, "--reason", " "), "--reason", id="empty reason"),
        pytest.param(("opt-out", ADA, *WHY, "--topic", "x"), "offers, news, orders", id="topic"),
        pytest.param(("pause", ADA, *WHY, "--days", "0"), "from 1 to 365", id="no days"),
        pytest.param(("pause", ADA, *WHY, "--days", "366"), "from 1 to 365", id="too long"),
        pytest.param(("pause", ADA, *WHY, "--days", "x"), "integer", id="days in words"),
        pytest.param(("pause", ADA, *WHY, "--until", "tomorrow"), "zone", id="no time"),
        pytest.param(("pause", ADA, *WHY, "--until", "2030-01-01T00:00"), "zone", id="no zone"),
        pytest.param(("pause", ADA, *WHY, "--until", "2020-01-01T00:00Z"), "future", id="past"),
        pytest.param(("pause", ADA, *WHY, "--until", "9999-12-31T00:00Z"), "365", id="far"),
        pytest.param(
            ("pause", ADA, *WHY, "--days", "1", "--until", "2030-01-01T00:00Z"), "both", id="both"
        ),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    arguments: tuple[str, ...], what: str, run: Run, redis: Redis
) -> None:
    result = run("recipients", *arguments)

    assert result.exit_code == 2
    assert what in result.stderr
    assert "nonsense" not in result.output
    assert redis.keys("heed:*") == []


def test_show_tells_the_persons_own_words_and_nothing_reaches_the_terminal(
    run: Run, client: FlaskClient, runtime: Runtime
) -> None:
    words = "STOP \x1b\x07\u202e\U0001f6d1"
    body = notification(text_message(words, timestamp=str(int(time.time()))))
    client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)

    held = run("recipients", "show", ADA)
    assert "Held         everything" in held.output
    for event_id in runtime.queues.waiting_to_apply():
        apply_accepted(event_id, applier=runtime.applier, now=datetime.now(UTC))

    result = run("recipients", "show", ADA)
    assert "Held         no" in result.output
    assert "by keyword “STOP \\x1b\\x07\\u202e" in result.output
    assert "\U0001f6d1" in result.output
    assert not {"\x1b", "\x07", "\u202e"} & set(result.output)
    assert "The evidence is intact." in result.output
    assert run("recipients", "show", ADA, "--json").stdout.isascii()


def test_edited_evidence_shows(run: Run, redis: Redis) -> None:
    run("recipients", "opt-out", ADA, *WHY)
    key = f"heed:{{wa.{ADA}}}:evidence"
    edited = redis.lindex(key, 0).replace(b"asked by phone", b"never asked!!!")
    redis.lset(key, 0, edited)

    assert "EDITED" in run("recipients", "show", ADA).output


def test_json_is_alone_on_standard_output(run: Run) -> None:
    result = run("recipients", "opt-out", ADA, *WHY, "--json")

    assert json.loads(result.stdout)["messages"] == "opted_out"


def test_without_redis_the_error_is_one_sentence(environ: dict[str, str], redis: Redis) -> None:
    app = create_app({**environ, "REDIS_URL": "redis://127.0.0.1:9/0"})

    for arguments in (["show", ADA], ["opt-out", ADA, *WHY]):
        result = app.test_cli_runner().invoke(args=["recipients", *arguments])
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: Redis does not answer (ConnectionError).")
        assert ADA not in result.stderr
