"""How a session begins, lasts and ends; forged and planted ones; the trusted proxy."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from redis import Redis

from app import create_app
from app.domain.times import to_milliseconds
from app.runtime import Runtime
from app.store.access import Access
from tests.integration.console.desk import CHEAP_HASH, Desk, accesses, cookie_of, sessions

OpenDesk = Callable[..., Desk]


def test_logging_in_gives_a_new_id_so_that_a_planted_one_is_worth_nothing(
    open_desk: OpenDesk, app: Flask
) -> None:
    victim, attacker = open_desk(), open_desk()
    attacker.get("/console/login")
    victim.client.set_cookie("heed_console", cookie_of(attacker), path="/console")
    before = cookie_of(victim)

    victim.log_in()

    assert cookie_of(victim) != before
    assert attacker.get().status_code == 303


@pytest.mark.parametrize(
    ("scheme", "is_secure"),
    [pytest.param("http", False, id="http"), pytest.param("https", True, id="https")],
)
def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths(
    app: Flask, scheme: str, is_secure: bool
) -> None:
    answer = app.test_client().get("/console/login", base_url=f"{scheme}://heed.example")

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "Path=/console", "SameSite=Lax"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is is_secure


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda cookie: cookie[:-2] + "xx", id="changed signature"),
        pytest.param(lambda cookie: "s.AAAA" + cookie[6:], id="changed id"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda _: "é😀.é", id="no ASCII"),
    ],
)
def test_a_forged_cookie_opens_nothing(desk: Desk, change: Callable[[str], str]) -> None:
    desk.client.set_cookie("heed_console", change(cookie_of(desk)), path="/console")

    assert desk.get().status_code == 303


@pytest.mark.parametrize(
    ("field", "ago"),
    [
        pytest.param("seen_at", timedelta(minutes=30, seconds=1), id="idle"),
        pytest.param("created_at", timedelta(hours=8, seconds=1), id="eight hours"),
    ],
)
def test_a_session_ends_and_says_so(desk: Desk, redis: Redis, field: str, ago: timedelta) -> None:
    (key,) = sessions(redis)
    assert 0 < redis.ttl(key) <= 30 * 60
    redis.hset(key, field, to_milliseconds(datetime.now(UTC) - ago))

    answer = desk.get()

    assert answer.location == "/console/login?ended=1"
    assert "Your session has ended; nothing was changed" in desk.get(answer.location).text
    assert sessions(redis) == []


def test_a_form_that_is_sent_after_the_end_changes_nothing(desk: Desk, redis: Redis) -> None:
    page = desk.look_up()
    redis.delete(*sessions(redis))

    answer = desk.post(f"{page}/stop", reason="asked")

    assert answer.location == "/console/login?ended=1"
    assert not redis.keys("heed:{wa.*}:evidence")
    desk.log_in()
    assert desk.get(page).status_code == 404


def test_a_new_password_or_no_entry_any_more_ends_the_sessions(
    environ: dict[str, str], desk: Desk
) -> None:
    changed = CHEAP_HASH[:-1] + ("0" if CHEAP_HASH[-1] != "0" else "1")
    for users in (f"ada:agent:{changed}", f"boss:admin:{CHEAP_HASH}"):
        other = Desk(create_app({**environ, "CONSOLE_USERS": users}).test_client())
        other.client.set_cookie("heed_console", cookie_of(desk), path="/console")
        assert other.get().status_code == 303


PROXY = {
    "CONSOLE_USERS": "",
    "CONSOLE_TRUSTED_HEADER": "X-Forwarded-User",
    "CONSOLE_TRUSTED_ROLE_HEADER": "X-Role",
    "CONSOLE_TRUSTED_SECRET": "the proxy's own secret",
}
FROM_PROXY = {
    "X-Forwarded-User": "eve@example.com",
    "X-Role": "agent",
    "X-Heed-Proxy-Secret": "the proxy's own secret",
}


def test_whom_the_trusted_proxy_names_is_in(environ: dict[str, str], runtime: Runtime) -> None:
    desk = Desk(create_app({**environ, **PROXY}).test_client())
    desk.headers = FROM_PROXY

    assert "eve@example.com" in desk.get().text
    page = desk.look_up()
    assert "all messages stopped" in desk.act(page, "stop").text
    assert desk.get("/console/access").status_code == 403
    assert accesses(runtime)[-1] == ("eve@example.com", Access.SIGNED_IN)

    desk.headers = {**FROM_PROXY, "X-Forwarded-User": "other@example.com"}
    assert desk.get(page).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"X-Forwarded-User": ""}, id="nobody"),
        pytest.param({"X-Forwarded-User": "eve,admin"}, id="two"),
        pytest.param({"X-Role": "king"}, id="unknown role"),
        pytest.param({"X-Role": ""}, id="no role"),
        pytest.param({"X-Heed-Proxy-Secret": "guess"}, id="past the proxy"),
        pytest.param({"X-Heed-Proxy-Secret": ""}, id="without the secret"),
    ],
)
def test_nobody_else_is_let_in_by_a_header(
    environ: dict[str, str], changed: dict[str, str]
) -> None:
    app = create_app({**environ, **PROXY})

    assert app.test_client().get("/console", headers={**FROM_PROXY, **changed}).status_code == 403


def test_the_header_means_nothing_unless_it_is_switched_on(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.headers = FROM_PROXY

    assert desk.get().status_code == 303
