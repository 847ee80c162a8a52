"""What a form takes, whom it asks, and how often: never a way to bother strangers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from app.store import keys
from tests.integration.double_opt_in.forms import (
    PATH,
    REAL,
    Send,
    questions,
    say,
)
from tests.working import apply_commands


def test_nobody_who_said_stop_is_asked(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    say(client, "STOP")
    held = send()
    apply_commands(runtime)
    stopped = send()

    assert (held.status_code, stopped.status_code) == (202, 202)
    assert held.json == stopped.json
    assert questions(redis) == []


def test_nobody_is_asked_about_what_they_agreed_to(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    say(client, "START")
    apply_commands(runtime)

    assert send().status_code == 202
    assert questions(redis) == []


def test_of_many_forms_at_once_one_asks(app: Flask, redis: Redis, wording_id: str) -> None:
    body = {"number": f"+{REAL}", "agree": "yes", "wording_id": wording_id}

    def post(number: int) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Accept": "application/json"}
        return app.test_client().post(PATH, data=body, headers=headers).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(post, range(16))) == {202}
    assert len(questions(redis)) == 1


def test_hammering_sends_nothing_beyond_the_limits(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    same = [send(headers={"X-Forwarded-For": f"198.51.100.{one}"}).status_code for one in range(9)]
    assert set(same) == {202}
    assert len(questions(redis)) == 1

    address = {"X-Forwarded-For": "203.0.113.9"}
    many = [send(f"+4479123456{one:02}", headers=address).status_code for one in range(10, 40)]
    allowed = runtime.business.website.forms_per_address
    assert many == [202] * allowed + [429] * (30 - allowed)
    assert len(questions(redis)) == 1 + allowed


def test_all_forms_together_have_a_limit(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    redis.set(keys.form_count_key("all"), runtime.business.website.questions_per_hour, ex=3600)
    answer = send()

    assert answer.status_code == 429
    assert questions(redis) == []
    # Nobody was asked, so it does not count against their number either.
    assert redis.get(keys.consent_asks_key(f"wa.{REAL}")) is None


@pytest.mark.parametrize("said", ["STOP", "START", None])
def test_the_limit_of_all_forms_tells_nothing_about_the_person(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send, said: str | None
) -> None:
    if said:
        say(client, said)
        apply_commands(runtime)
    most = runtime.business.website.questions_per_hour
    redis.set(keys.form_count_key("all"), most - 1, ex=3600)

    # Somebody's number takes the last place, and the next form shows whether it was taken.
    answers = [send().status_code, send("+447912345699").status_code, send().status_code]
    assert answers == [202, 429, 429]


def test_a_number_is_asked_only_so_often_in_a_month(
    client: FlaskClient, runtime: Runtime, redis: Redis, send: Send
) -> None:
    for _ in range(5):
        assert send().status_code == 202
        redis.delete(keys.asked_consent_key(f"wa.{REAL}"))

    assert len(questions(redis)) == runtime.business.website.questions_per_number


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("+44 7912 345678", 202),
        ("0044 (7912) 345-678", 202),
        ("+49 1512 3456789", 202),
        ("07912 345678", 400),
        ("+44 20 7946 0018", 400),
        ("+44 7912 345678 ext. 5", 400),
        ("+1", 400),
        ("911", 400),
        ("ada@example.com", 400),
        ("+" + "4" * 60, 400),
        ("", 400),
    ],
)
def test_only_mobile_numbers_with_their_country_are_taken(
    redis: Redis, send: Send, number: str, status: int
) -> None:
    answer = send(number)

    assert answer.status_code == status
    assert len(questions(redis)) == (1 if status == 202 else 0)
    if status == 400:
        assert "country code" in answer.json["text"]


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({"agree": ""}, 400, "tick"),
        ({"agree": "no"}, 400, "tick"),
        ({"wording_id": "0" * 32}, 409, "changed"),
        ({"wording_id": ""}, 409, "changed"),
    ],
)
def test_a_form_without_its_yes_or_its_words_is_refused(
    redis: Redis, send: Send, form: dict[str, str], status: int, text: str
) -> None:
    answer = send(**form)

    assert (answer.status_code, answer.json["status"]) == (status, text)
    assert questions(redis) == []


def test_a_form_works_without_a_script_and_not_from_foreign_sites(
    client: FlaskClient, redis: Redis, send: Send
) -> None:
    plain = send(headers={"Accept": "text/html,*/*;q=0.8", "Origin": "null"})
    foreign = send(headers={"Origin": "https://evil.example"})
    large = client.post(PATH, data={"number": "1" * 20_000})

    assert plain.status_code == 202
    assert "<html lang" in plain.text
    assert "tap Yes" in plain.text
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers
    assert large.status_code == 413
    assert len(questions(redis)) == 1


def test_a_way_in_that_asks_once_takes_no_numbers(client: FlaskClient, wording_id: str) -> None:
    form = {"number": f"+{REAL}", "agree": "yes", "wording_id": wording_id}

    assert client.post("/j/shop-receipt/consents", data=form).status_code == 404
    assert "consents" not in client.get("/j/shop-receipt/source.json").text
    described: Any = client.get("/j/website-form/source.json")
    assert described.json["consents"] == PATH
    assert client.get(PATH).status_code in {404, 405}


def test_the_number_stays_out_of_the_logs(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        send()

    assert REAL not in caplog.text
    assert REAL[2:] not in caplog.text
