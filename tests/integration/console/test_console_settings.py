"""Who may log in: the environment, and the command line that writes it."""

import json
from typing import Any

import pytest
from flask import Flask

from app import create_app
from config.console_settings import from_portable, is_user_name, to_portable
from config.settings import SettingsError, load_settings
from tests.integration.console.desk import CHEAP_HASH, USERS, Desk


def test_without_users_a_page_says_how_to_let_somebody_in(environ: dict[str, str]) -> None:
    client = create_app({**environ, "CONSOLE_USERS": ""}).test_client()

    for path in ("/console", "/console/login", "/console/access"):
        answer = client.get(path, headers={"Accept-Language": "de"})
        assert answer.status_code == 503
        assert "flask --app app users hash" in answer.text
        assert "Ein voreingestelltes Passwort gibt es nicht." in answer.text
    assert (
        client.post("/console/login", data={"name": "admin", "password": "admin"}).status_code
        == 503
    )
    with client.get("/console/static/console.css") as style:
        assert style.status_code == 200
        assert "max-age" in style.headers["Cache-Control"]


def test_a_hash_survives_shells_and_files(environ: dict[str, str]) -> None:
    with_dollars = from_portable(CHEAP_HASH)

    assert with_dollars
    assert not set(CHEAP_HASH) & set("$,'\"\\ `&;")
    assert to_portable(with_dollars) == CHEAP_HASH
    for text in (CHEAP_HASH, with_dollars):
        (user,) = load_settings({**environ, "CONSOLE_USERS": f"ada:agent:{text}"}).console.users
        assert (user.name, user.role, user.password_hash) == ("ada", "agent", with_dollars)
        assert text[30:] not in repr(user)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        pytest.param({"CONSOLE_USERS": "ada"}, "entry 1 must be name:role:hash", id="no role"),
        pytest.param({"CONSOLE_USERS": f"ada:king:{CHEAP_HASH}"}, "entry 1 must be", id="role"),
        pytest.param({"CONSOLE_USERS": f"{USERS},eve:read:scrypt:32768:8:1"}, "entry 4 has no whole hash; a shell", id="eaten by a shell"),
        pytest.param({"CONSOLE_USERS": "ada:agent:hunter2hunter2"}, "entry 1 has no whole hash", id="a password"),
        pytest.param({"CONSOLE_USERS": f"{USERS},{USERS}"}, "each name may stand once", id="twice"),
        pytest.param({"CONSOLE_TRUSTED_HEADER": "X Forwarded"}, "name of a header", id="header"),
        pytest.param({"CONSOLE_TRUSTED_ROLE": "king"}, "CONSOLE_TRUSTED_ROLE must be", id="trusted role"),
        pytest.param({"CONSOLE_TIME_ZONE": "Mars/Crater"}, "name of a time zone", id="zone"),
        pytest.param({"CONSOLE_TIME_ZONE": "../../etc/passwd"}, "name of a time zone", id="path"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_at_the_start_without_its_value(
    environ: dict[str, str], changes: dict[str, str], problem: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({**environ, **changes})

    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", " ada", "a,b", "a:b", "a$b", "x" * 65, "a\nb", "a b", "\u202eada"]
)
def test_names_that_could_be_mistaken_are_refused(name: str) -> None:
    assert not is_user_name(name)


def run(app: Flask, *arguments: str, typed: str = "") -> Any:
    return app.test_cli_runner().invoke(args=list(arguments), input=typed)


def test_the_command_line_makes_an_entry_that_logs_in(app: Flask, environ: dict[str, str]) -> None:
    result = run(
        app,
        "users",
        "hash",
        "--name",
        "grace",
        "--role",
        "admin",
        "--stdin",
        typed="a long password\n",
    )

    assert result.exit_code == 0, result.output
    line = result.stdout.strip()
    assert "a long password" not in result.output
    desk = Desk(create_app({**environ, "CONSOLE_USERS": f"{USERS},{line}"}).test_client())
    assert desk.log_in("grace", "a long password").status_code == 303
    assert desk.get("/console/access").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        pytest.param(["--name", "grace"], "agent\nshort\nshort\n", "12 characters", id="short"),
        pytest.param(["--name", "gr ace", "--role", "read"], "", "without spaces", id="name"),
    ],
)
def test_the_command_line_refuses_what_would_not_be_safe(
    app: Flask, arguments: list[str], typed: str, said: str
) -> None:
    result = run(app, "users", "hash", *arguments, typed=typed)

    assert result.exit_code != 0
    assert said in result.output


def test_the_command_line_lists_who_may_log_in(app: Flask) -> None:
    listed = json.loads(run(app, "users", "list", "--json").stdout)["users"]

    assert listed[0] == {"name": "rita", "role": "read"}
    assert "boss" in run(app, "users", "list").stdout
