"""Who may do what, forms of other pages, what is logged, what a browser is told."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from redis import Redis

from app.runtime import Runtime
from app.store.access import Access, RedisAccessLog
from app.web.console.guard import PUBLIC, ROLES
from tests.builders import ADA
from tests.integration.console.desk import Desk, accesses

OpenDesk = Callable[..., Desk]

ROUTES = [
    # method, path, lowest role, status for those who may
    ("get", "/console", "read", 200),
    ("post", "/console/people", "read", 422),
    ("get", "{person}", "read", 200),
    ("get", "/console/review", "read", 200),
    ("post", "/console/review/x/person", "read", 303),
    ("get", "/console/nowhere", "read", 404),
    ("post", "{person}/stop", "agent", 422),
    ("post", "{person}/nonsense", "agent", 404),
    ("post", "/console/review/x", "agent", 422),
    ("get", "/console/review/decisions", "admin", 200),
    ("get", "/console/figures", "read", 200),
    ("get", "/console/deliveries", "admin", 200),
    ("post", "/console/deliveries/x/retry", "admin", 404),
    ("post", "/console/deliveries/x/resume", "admin", 404),
    ("get", "/console/access", "admin", 200),
    ("post", "/console/access", "admin", 303),
    ("get", "/console/access/export", "admin", 200),
    ("post", "/console/logout", "read", 303),
]
RANK = {"nobody": 0, "read": 1, "agent": 2, "admin": 3}
NAMES = {"read": "rita", "agent": "ada", "admin": "boss"}


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize(("method", "path", "lowest", "status"), ROUTES)
def test_each_role_may_do_what_it_may_and_no_more(
    open_desk: OpenDesk, role: str, method: str, path: str, lowest: str, status: int
) -> None:
    desk = open_desk(NAMES.get(role, ""))
    person = desk.look_up() if role != "nobody" else "/console/people/" + "0" * 24
    if role == "nobody":
        desk.get("/console/login")

    answer = getattr(desk, method)(path.format(person=person))

    if role == "nobody":
        assert (answer.status_code, answer.location) == (303, "/console/login")
    else:
        assert answer.status_code == (status if RANK[role] >= RANK[lowest] else 403)


def test_every_route_has_a_role_and_the_matrix_has_every_route(app: Flask) -> None:
    endpoints = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console.")
    }
    asked = set()
    for method, path, _, _ in ROUTES:
        matched, _ = app.url_map.bind("x").match(
            path.format(person="/console/people/a"), method.upper()
        )
        asked.add(matched)

    assert endpoints == {*ROLES, *PUBLIC, "console.static"}
    assert set(ROLES) == asked


def test_somebody_who_may_only_look_sees_no_form_to_change(open_desk: OpenDesk) -> None:
    page = open_desk("rita")

    assert "Change on the person" not in page.get(page.look_up()).text
    assert "Access log" not in page.get().text


POSTS = ["/console/login", "/console/logout", "/console/language", "/console/people",
         "{person}/stop", "/console/review/x", "/console/review/x/person", "/console/access"]  # fmt: skip


@pytest.mark.parametrize("token", ["", "0" * 64, "\x00é", "another session's"])
@pytest.mark.parametrize("path", POSTS)
def test_no_form_is_taken_without_its_token(
    open_desk: OpenDesk, runtime: Runtime, path: str, token: str
) -> None:
    desk, other = open_desk("boss"), open_desk("ada")
    if token == "another session's":
        token = other.hidden["csrf"]
    person = desk.look_up()

    answer = desk.post(path.format(person=person), csrf=token, reason="x", who=ADA, decision="stop")

    assert answer.status_code == 403
    assert "Nothing was changed." in answer.text
    assert runtime.preferences.load(f"wa.{ADA}").version == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused_even_with_the_token(desk: Desk, site: str) -> None:
    person = desk.look_up()
    desk.headers = {"Sec-Fetch-Site": site}

    assert desk.post(f"{person}/stop", reason="x").status_code == 403


def test_every_look_up_is_logged_before_anything_is_shown(
    open_desk: OpenDesk, runtime: Runtime
) -> None:
    desk, boss = open_desk("ada"), open_desk("boss")
    desk.look_up(why=f"called from +{ADA}")
    desk.get("/console/review")

    entries = RedisAccessLog(runtime.redis, "any").read(most=3)

    assert [(one.who, one.action) for one in entries] == [
        ("ada", Access.LISTED_REVIEW),
        ("ada", Access.VIEWED),
        ("ada", Access.LOOKED_UP),
    ]
    assert entries[1].whom == "+44•••••0123"
    assert entries[2].why == "called from +•••••"
    raw = json.dumps([str(row) for row in runtime.redis.xrange("heed:{access}:log")])
    assert ADA not in raw
    page = boss.get("/console/access").text
    assert "looked at" in page
    assert "called from" in page
    assert ADA not in page


def test_changes_decisions_and_exports_are_logged(open_desk: OpenDesk, runtime: Runtime) -> None:
    boss = open_desk("boss")
    person = boss.look_up()
    boss.post(f"{person}/stop", reason="asked")
    boss.get("/console/access/export")

    found = accesses(runtime)

    assert found[0] == ("boss", Access.EXPORTED)
    assert ("boss", Access.CHANGED) in found


def test_the_access_log_is_filtered_by_person_without_a_number_in_the_address(
    open_desk: OpenDesk,
) -> None:
    boss = open_desk("boss")
    boss.look_up("+447700900123", why="one")
    boss.look_up("+447700900999", why="two")

    answer = boss.post("/console/access", who="0044 7700 900123")
    page = boss.get(answer.location).text

    assert "900123" not in answer.location
    assert "one" in page
    assert "two" not in page
    assert boss.post("/console/access", who="nobody").status_code == 422
    assert boss.get("/console/access?whom=x&before=99999999999999999999-1").status_code == 200


def test_a_long_access_log_is_shown_in_pages(open_desk: OpenDesk, runtime: Runtime) -> None:
    log = RedisAccessLog(runtime.redis, "any")
    for number in range(250):
        log.record(
            f"user{number}", Access.VIEWED, now=datetime.now(UTC), identity="wa.447700900123"
        )
    boss = open_desk("boss")

    first = boss.get("/console/access").text
    older = first.partition("before=")[2].partition('"')[0]
    second = boss.get(f"/console/access?before={older}").text

    assert "user249" in first
    assert "user149" not in first
    assert "user149" in second
    assert "user250" not in second


def test_without_a_log_nothing_is_shown_and_without_a_store_nothing_breaks(
    desk: Desk, redis: Redis
) -> None:
    person = desk.look_up()
    redis.delete("heed:{access}:log")
    redis.set("heed:{access}:log", "a value of another kind")

    answer = desk.get(person)
    changed = desk.post(f"{person}/stop", reason="x")

    assert (answer.status_code, changed.status_code) == (503, 503)
    assert "7700" not in answer.text
    assert "sending the same form again is safe" in changed.text
    assert not redis.keys("heed:{wa.*}:evidence")


def test_every_page_is_kept_to_itself(desk: Desk) -> None:
    for path in ("/console", desk.look_up(), "/console/review", "/console/access", "/console/zz"):
        answer = desk.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        for outside in ("<script", "style=", "http://", "https://", "onclick"):
            assert outside not in answer.text, (path, outside)


def test_no_number_no_words_and_no_password_reach_the_log_of_the_process(
    open_desk: OpenDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    desk = open_desk()
    desk.log_in("ada", "not my password")
    desk.log_in("my own number 447700900123", "secret-guess")
    desk.log_in("ada")
    desk.act(desk.look_up(why="their own words"), "stop", reason="their own words")
    desk.post("/console/people", who="+44 7700 900 123 999 999 999")

    lines = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]

    assert any("console.changed" in line for line in lines)
    # As it is kept, and as it was typed; four digits alone stand in a clock now and then.
    for secret in ("7700900123", "7700 900", "their own words", "not my password", "secret-guess"):
        assert not [line for line in lines if secret in line], secret


@pytest.mark.parametrize(
    ("accept", "language", "direction"),
    [
        pytest.param("de-AT,en;q=0.5", "de", "ltr", id="German"),
        pytest.param("xx, ar-EG;q=0.8", "ar", "rtl", id="Arabic"),
        pytest.param("xx", "en", "ltr", id="unknown"),
    ],
)
def test_pages_speak_the_browser_s_language_until_another_is_chosen(
    open_desk: OpenDesk, accept: str, language: str, direction: str
) -> None:
    desk = open_desk()
    desk.headers = {"Accept-Language": accept}
    assert f'<html lang="{language}" dir="{direction}">' in desk.get("/console/login").text

    answer = desk.post("/console/language", language="de", back="/console/login")

    assert answer.location == "/console/login"
    assert '<html lang="de"' in desk.get(answer.location).text


@pytest.mark.parametrize(
    "back",
    ["https://evil.example", "//evil.example", "/v1", "/console/../rq", "/console//evil", ""],
)
def test_choosing_a_language_leads_nowhere_else(desk: Desk, back: str) -> None:
    assert desk.post("/console/language", language="zz", back=back).location == "/console"


def test_a_flood_of_a_form_is_refused(desk: Desk) -> None:
    answer = desk.post("/console/people", who="x" * 70_000)

    assert answer.status_code == 413
    assert "That was too long." in answer.text
