from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq_dashboard import web

from tests.builders import API_SECRET
from tests.integration.dashboard.jobs import CHANGING, CONFIRMED, LOGIN, READING, basic, snapshot


@pytest.mark.parametrize("path", READING)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nobody"),
        pytest.param(basic("tests", "wrong"), id="wrong password"),
        pytest.param(basic("nobody", API_SECRET), id="wrong user"),
        pytest.param(basic("reader", "reader-secret-0001"), id="no administrator"),
        pytest.param(basic("reader", API_SECRET), id="another's password"),
        pytest.param(basic("tésts", "pässword"), id="not ASCII"),
        pytest.param({"Authorization": f"Bearer {API_SECRET}"}, id="bearer"),
        pytest.param({"Authorization": "Basic !!!"}, id="not base64"),
        pytest.param({"Authorization": "Basic /////w=="}, id="not UTF-8"),
        pytest.param({"Authorization": "Basic"}, id="empty"),
    ],
)
def test_without_an_administrators_login_the_answer_is_always_the_same_401(
    path: str, headers: dict[str, str], client: FlaskClient
) -> None:
    answer = client.get(path, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.data == client.get("/rq/").data


@pytest.mark.parametrize("path", CHANGING)
def test_nothing_changes_without_login(path: str, client: FlaskClient) -> None:
    assert client.post(path, headers=CONFIRMED).status_code == 401


@pytest.mark.parametrize("path", CHANGING)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_no_other_method_than_post_changes_anything(
    path: str, method: str, client: FlaskClient, redis: Redis, jobs_in_every_state: dict[str, str]
) -> None:
    before = snapshot(redis)

    answer = client.open(path, method=method, headers={**LOGIN, **CONFIRMED})

    assert answer.status_code in ({200} if method == "OPTIONS" else {405})
    assert snapshot(redis) == before


def test_every_route_that_is_not_known_to_read_takes_post_alone(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/rq")]

    changing = {
        rule.endpoint.partition(".")[2]: rule.methods
        for rule in rules
        if "POST" in (rule.methods or ())
    }
    assert set(changing) == {
        "delete_job_view",
        "requeue_job_view",
        "requeue_all",
        "empty_queue",
        "compact_queue",
    }
    assert all(methods == {"POST", "OPTIONS"} for methods in changing.values())
    mounted = {rule.endpoint.partition(".")[2] for rule in rules}
    theirs = {name for name in vars(web) if f"rq_dashboard.{name}" in app.view_functions}
    assert theirs <= mounted
    assert len(rules) == 18 + 1  # the routes of 0.9.0 and the static files


@pytest.mark.usefixtures("jobs_in_every_state")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 403, id="no origin at all"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="same origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="cross site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a sister domain"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="typed by hand"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403, id="both"
        ),
        pytest.param({"Origin": "http://localhost"}, 200, id="origin"),
        pytest.param({"Origin": "https://localhost"}, 200, id="behind a router with TLS"),
        pytest.param({"Origin": "https://LOCALHOST:443"}, 200, id="default port"),
        pytest.param({"Origin": "http://localhost:81"}, 403, id="another port"),
        pytest.param({"Origin": "http://evil.example"}, 403, id="another host"),
        pytest.param({"Origin": "http://localhost.evil.example"}, 403, id="a longer host"),
        pytest.param({"Origin": "http://localhost@evil.example"}, 403, id="host as a user"),
        pytest.param({"Origin": "null"}, 403, id="null"),
        pytest.param({"Origin": "http://[bad"}, 403, id="no URL"),
        pytest.param({"Referer": "http://localhost/rq/"}, 200, id="referer"),
        pytest.param({"Referer": "http://evil.example/rq/"}, 403, id="another referer"),
    ],
)
def test_a_change_must_come_from_our_own_pages(
    headers: dict[str, str], status: int, post: Callable[..., Any]
) -> None:
    assert post("/rq/requeue/commands", headers).status_code == status
