import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app import create_app
from app.cli.checks import judge_clock
from app.domain.events import Event, Source
from app.domain.recipients import Recipient
from app.queues import ALL_QUEUES
from app.runtime import Runtime
from sandbox.server import RunningSandbox
from tests.builders import ADA, API_SECRET, WEBHOOK_TOKEN
from tests.integration.cli.conftest import Run


@pytest.fixture
def workers(redis: Redis) -> None:
    for name in ALL_QUEUES:
        SimpleWorker([name], connection=redis, serializer=JSONSerializer).register_birth()


def look(run: Run) -> dict[tuple[str, str], list[str]]:
    rows: list[dict[str, Any]] = json.loads(run("doctor", "--json").stdout)
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault((row["level"], row["subject"]), []).append(
            f"{row['seen']} → {row['advice']}"
        )
    return found


@pytest.mark.usefixtures("workers")
def test_a_sound_deployment_is_well(run: Run) -> None:
    run("webhook", "register", "http://127.0.0.1:8000")

    result = run("doctor")

    assert result.exit_code == 0, result.output
    assert "\nfail" not in result.output
    assert "\nwarn" not in result.output
    assert "append-only is on" in result.output
    assert "1 alive for commands" in result.output
    for secret in (WEBHOOK_TOKEN, API_SECRET, "sandbox-key"):
        assert secret not in result.output


def test_workers_that_do_not_run_are_a_failure(run: Run) -> None:
    assert run("doctor").exit_code == 1
    assert len(look(run)["fail", "workers"]) == len(ALL_QUEUES)


@pytest.mark.usefixtures("workers")
def test_a_webhook_without_our_header_is_a_failure(run: Run, app: Flask) -> None:
    d360 = app.extensions["heed"].d360

    d360.set_webhook("http://127.0.0.1:8000/webhooks/360dialog", {})
    assert "is missing" in look(run)["fail", "webhook"][0]
    d360.set_webhook(
        "http://127.0.0.1:8000/elsewhere", {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}
    )
    assert "does not end in" in look(run)["warn", "webhook"][0]


def test_a_blocked_number_is_a_failure_with_its_reason(run: Run, sandbox: RunningSandbox) -> None:
    sandbox.world.faults.add({"kind": "health_blocked", "times": 1})

    [line] = look(run)["fail", "360dialog"]

    assert "sending is blocked" in line
    assert "Add a payment method" in line


def test_a_wrong_key_and_a_dead_360dialog_are_failures(environ: dict[str, str]) -> None:
    for changes, what in (
        ({"D360_API_KEY": "a-wrong-key"}, "refused"),
        ({"D360_BASE_URL": "http://127.0.0.1:9"}, "was not reached"),
    ):
        app = create_app({**environ, **changes})
        result = app.test_cli_runner().invoke(args=["doctor", "--json"])
        [line] = [row for row in json.loads(result.stdout) if row["subject"] == "360dialog"]
        assert line["level"] == "fail"
        assert what in line["advice"]
        assert "a-wrong-key" not in result.output


def test_without_redis_everything_else_is_still_looked_at(environ: dict[str, str]) -> None:
    app = create_app({**environ, "REDIS_URL": "redis://:hunter2@127.0.0.1:9/0"})

    result = app.test_cli_runner().invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "does not answer (ConnectionError)" in result.output
    assert "sending is available" in result.output
    assert "hunter2" not in result.output


@pytest.mark.usefixtures("workers")
def test_an_event_that_waits_too_long_is_a_failure(run: Run, runtime: Runtime) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    event = Event(
        id="0123456789abcdef0123456789abcdef",
        recipient=Recipient(wa_id=ADA),
        source=Source.KEYWORD,
        occurred_at=long_ago,
        received_at=long_ago,
        settings={"messages": "opted_out"},
    )
    runtime.inbox.accept([event], now=long_ago)

    [line] = look(run)["fail", "inbox"]

    assert line.startswith("1 events wait, the oldest 30")
    assert ADA not in run("doctor").output


def test_failed_jobs_and_short_secrets_are_warnings(environ: dict[str, str], redis: Redis) -> None:
    redis.zadd("rq:failed:commands", {"apply-1": 4_000_000_000})
    app = create_app({**environ, "SECRET_KEY": "short"})

    rows = json.loads(app.test_cli_runner().invoke(args=["doctor", "--json"]).stdout)

    warnings = {row["subject"]: row["seen"] for row in rows if row["level"] == "warn"}
    assert warnings["failed jobs"] == "1 of commands"
    assert "SECRET_KEY is short" in warnings["settings"]


def test_a_number_without_its_own_key_is_a_failure(environ: dict[str, str], tmp_path: Path) -> None:
    business = tmp_path / "business.toml"
    business.write_text(
        'name = "Shop"\n[[numbers]]\nphone_number_id = "200300400500600"\n'
        '[[numbers]]\nphone_number_id = "300400500600700"\nkey = "D360_API_KEY_SECOND"\n'
    )
    app = create_app({**environ, "BUSINESS_FILE": str(business)})

    rows = json.loads(app.test_cli_runner().invoke(args=["doctor", "--json"]).stdout)

    failures = [
        row["seen"] for row in rows if (row["level"], row["subject"]) == ("fail", "settings")
    ]
    assert len(failures) == 1
    assert failures[0].startswith("D360_API_KEY_SECOND is not set")
    assert len([row for row in rows if row["subject"] == "360dialog"]) == 2


@pytest.mark.parametrize(
    ("seconds", "level"),
    [(0.1, "ok"), (-1.9, "ok"), (3, "warn"), (-59, "warn"), (61, "fail"), (-3600, "fail")],
)
def test_clocks_that_differ_are_told(seconds: float, level: str) -> None:
    assert judge_clock(seconds).level == level


def test_recognize_prints_the_reading(run: Run) -> None:
    assert "Command    STOP" in run("recognize", "Stop!").output
    reading = json.loads(run("recognize", "where is the bus stop?", "--json").stdout)
    assert reading["command"] == "NONE"
    assert set(reading) == {"command", "topic", "days", "rule", "language", "certainty"}
    assert "STOP" in run("recognize", "sair", "--country", "BR", "--language", "pt").output
    assert run("recognize").exit_code == 2


def flask(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_bad_environment_is_a_list_and_no_traceback(environ: dict[str, str]) -> None:
    for arguments in (["doctor"], ["--help"]):
        result = flask({**environ, "SECRET_KEY": "", "PORT": "x"}, *arguments)

        assert result.returncode == 3
        assert "SECRET_KEY is missing" in result.stderr
        assert "PORT must be a whole number" in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("redis")
def test_the_real_flask_command_finds_the_application(environ: dict[str, str]) -> None:
    result = flask(environ, "recipients", "opt-out", ADA, "--reason", "test", "--json")

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["messages"] == "opted_out"
    assert ADA not in result.stderr
