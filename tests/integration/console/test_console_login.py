"""Coming in and going out: passwords, limits, and what is kept of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from app.runtime import Runtime
from app.store.access import Access, RedisSignInLimits
from app.web.console.users import address_of
from tests.integration.console.desk import PASSWORD, Desk, accesses, cookie_of, sessions

OpenDesk = Callable[..., Desk]


def test_without_a_login_every_page_leads_to_it(open_desk: OpenDesk) -> None:
    desk = open_desk()

    for path in (
        "/console",
        "/console/review",
        "/console/access",
        "/console/people/1",
        "/console/x",
    ):
        answer = desk.get(path)
        assert (answer.status_code, answer.location) == (303, "/console/login"), path


def test_logging_in_opens_the_console_and_logging_out_closes_it(
    open_desk: OpenDesk, redis: Redis
) -> None:
    desk = open_desk()
    assert desk.log_in().location == "/console"
    assert "Look somebody up" in desk.get().text
    kept = cookie_of(desk)

    assert desk.post("/console/logout").location == "/console/login?out=1"
    assert "You are logged out" in desk.get("/console/login?out=1").text

    desk.client.set_cookie("heed_console", kept, path="/console")
    assert desk.get().status_code == 303
    assert sessions(redis) == []


def test_logging_out_by_a_link_is_not_possible(desk: Desk) -> None:
    assert desk.get("/console/logout").status_code == 404
    assert desk.get().status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param("ada", "wrong", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="wrong name"),
        pytest.param("ADA", PASSWORD, id="another case"),
        pytest.param("ada", "", id="no password"),
        pytest.param("", "", id="nothing"),
        pytest.param("ada", "x" * 5000, id="a novel"),
        pytest.param("<b>ada</b>", "\x00\ud83d", id="strange"),
    ],
)
def test_a_wrong_login_says_the_same_whatever_was_wrong(
    open_desk: OpenDesk, name: str, password: str
) -> None:
    answer = open_desk().log_in(name, password.encode("utf-8", "replace").decode())

    assert answer.status_code == 401
    assert "Name or password is wrong." in answer.text
    assert "<b>ada" not in answer.text


def test_too_many_attempts_wait_longer_and_longer(runtime: Runtime) -> None:
    limits, now = RedisSignInLimits(runtime.redis), datetime(2026, 1, 1, tzinfo=UTC)

    waits: list[float] = []
    for _ in range(12):
        assert limits.attempt("ada", f"192.0.2.{len(waits)}", now=now) == timedelta(0)
        wait = limits.attempt("ada", "192.0.2.250", now=now)
        waits.append(wait.total_seconds())
        now += wait

    # The fifth attempt in vain is the first that has a wait; each round has two here, or one.
    assert waits[:2] == [0, 0]
    assert waits[-1] == 900
    assert sorted(waits) == waits
    assert {30, 60, 120, 240, 480} <= set(waits)


def test_waiting_is_not_made_longer_by_trying(runtime: Runtime) -> None:
    limits, now = RedisSignInLimits(runtime.redis), datetime(2026, 1, 1, tzinfo=UTC)
    while not limits.attempt("ada", "192.0.2.1", now=now):
        pass

    waits = [limits.attempt("ada", "192.0.2.1", now=now) for _ in range(50)]

    assert set(waits) == {timedelta(seconds=30)}
    assert limits.attempt("boss", "192.0.2.1", now=now) == timedelta(0)


def test_an_address_has_a_limit_of_its_own_and_success_does_not_count(runtime: Runtime) -> None:
    limits, now = RedisSignInLimits(runtime.redis), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(60):
        assert limits.attempt(f"user{number}", "192.0.2.1", now=now) == timedelta(0)
        limits.succeed(f"user{number}", "192.0.2.1")

    for number in range(20):
        assert limits.attempt(f"other{number}", "192.0.2.1", now=now) == timedelta(0)

    assert limits.attempt("ada", "192.0.2.1", now=now) == timedelta(seconds=30)
    assert limits.attempt("ada", "192.0.2.2", now=now) == timedelta(0)


def test_a_limited_login_says_how_long_and_does_not_look_at_the_password(
    open_desk: OpenDesk, runtime: Runtime
) -> None:
    desk = open_desk()
    for _ in range(5):
        assert desk.log_in("ada", "wrong").status_code == 401

    answer = desk.log_in("ada", PASSWORD)

    assert answer.status_code == 429
    assert "Too many attempts. Wait 0:3" in answer.text
    assert 25 <= int(answer.headers["Retry-After"]) <= 31
    assert accesses(runtime)[0] == ("ada", Access.SIGN_IN_REFUSED)
    assert desk.log_in("boss").status_code == 303


def test_logins_are_kept_but_not_what_was_typed_as_a_name(
    open_desk: OpenDesk, runtime: Runtime
) -> None:
    desk = open_desk()
    desk.log_in("my secret password", "x")
    desk.log_in("ada", "x")
    desk.log_in("ada")
    desk.post("/console/logout")

    assert accesses(runtime) == [
        ("ada", Access.SIGNED_OUT),
        ("ada", Access.SIGNED_IN),
        ("ada", Access.SIGN_IN_FAILED),
        ("?", Access.SIGN_IN_FAILED),
    ]


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        pytest.param("9.9.9.9", "8.8.8.8", "9.9.9.9", id="direct, header made up"),
        pytest.param("10.1.2.3", "8.8.8.8, 9.9.9.9", "9.9.9.9", id="behind a router"),
        pytest.param("10.1.2.3", "", "10.1.2.3", id="no header"),
        pytest.param("10.1.2.3", "nonsense", "10.1.2.3", id="nonsense"),
        pytest.param("::ffff:9.9.9.9", "", "9.9.9.9", id="mapped"),
        pytest.param("2a00:1450:4001:82a::1", "", "2a00:1450:4001:82a::/64", id="one household"),
        pytest.param(None, "", "unknown", id="a socket"),
    ],
)
def test_attempts_count_for_the_address_that_cannot_be_made_up(
    remote: str | None, forwarded: str, address: str
) -> None:
    assert address_of(remote, forwarded) == address
