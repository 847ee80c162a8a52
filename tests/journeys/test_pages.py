"""The page, the panel and the console in the running stack: each register, seen at the gate."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.builders import API_HEADERS
from tests.integration.console.desk import Desk
from tests.integration.preference_page.pages import Page
from tests.stack import RunningStack, eventually, text_of
from tests.web_client import WebClient

NewNumber = Callable[..., str]

ON_THE_PAGE = [
    pytest.param("stop", {}, "opted_out", {"messages": "opted_out"}, id="stop"),
    pytest.param(
        "save", {"topics.offers": None}, "topic_off", {"topics": {"offers": False}}, id="topic"
    ),
    pytest.param("save", {"channel": "sms"}, "prefers_channel", {"channel": "sms"}, id="channel"),
    pytest.param(
        "save", {"frequency": "1/week"}, None, {"frequency": {"all": "1/week"}}, id="frequency"
    ),
]
AT_THE_CONSOLE = [
    pytest.param("stop", {}, "opted_out", {"messages": "opted_out"}, id="stop"),
    pytest.param("pause", {"length": "7"}, "paused", {}, id="pause"),
    pytest.param(
        "channel", {"channel": "sms"}, "prefers_channel", {"channel": "sms"}, id="channel"
    ),
    pytest.param(
        "frequency", {"cap": "1/week"}, None, {"frequency": {"all": "1/week"}}, id="frequency"
    ),
    pytest.param(
        "start", {"asked": "yes", "how": "phone"}, None, {"messages": "opted_in"}, id="start"
    ),
]


@pytest.fixture
def client(stack: RunningStack) -> Iterator[WebClient]:
    client = WebClient(stack.web)
    yield client
    client.close()


def opt_in(stack: RunningStack, person: str) -> None:
    body = {"messages": "opted_in", "evidence": {"reason": "asked in the shop"}}
    url = f"{stack.web}/v1/recipients/{person}"
    assert requests.patch(url, json=body, headers=API_HEADERS, timeout=10).ok


def link_for(stack: RunningStack, person: str) -> str:
    url = f"{stack.web}/v1/preference-links"
    answer = requests.post(url, json={"recipient": person}, headers=API_HEADERS, timeout=10)
    assert answer.status_code == 201
    return str(answer.json()["url"])


def assert_seen(
    stack: RunningStack, person: str, reason: str | None, shown: dict[str, Any], source: str
) -> None:
    assert stack.check(person)["reason"] == reason
    view = stack.get(f"/v1/recipients/{person}")
    for name, value in shown.items():
        found = view[name]
        assert (found == value) or (isinstance(value, dict) and value.items() <= found.items())
    events = [entry for entry in stack.history(person) if entry["kind"] == "event"]
    assert events[-1]["event"]["source"] == source


@pytest.mark.parametrize(("do", "fields", "reason", "shown"), ON_THE_PAGE)
def test_the_page_sets_each_register(
    stack: RunningStack,
    client: WebClient,
    new_number: NewNumber,
    do: str,
    fields: dict[str, Any],
    reason: str | None,
    shown: dict[str, Any],
) -> None:
    person = new_number()
    opt_in(stack, person)
    page = Page(client, link_for(stack, person).removeprefix(stack.web)).open()  # type: ignore[arg-type]

    if do == "save":
        page.save(**fields)
    else:
        page.press(do)

    assert_seen(stack, person, reason, shown, "page")


def test_the_panel_is_the_same_page_for_the_business_own_site(
    stack: RunningStack, client: WebClient, new_number: NewNumber
) -> None:
    person = new_number()
    opt_in(stack, person)
    script = client.get("/panel.js")
    page = Page(client, link_for(stack, person).removeprefix(stack.web)).open(panel="1")  # type: ignore[arg-type]

    page.press("stop")

    assert script.status_code == 200
    assert_seen(stack, person, "opted_out", {"messages": "opted_out"}, "page")


@pytest.mark.parametrize(("action", "fields", "reason", "shown"), AT_THE_CONSOLE)
def test_the_console_sets_each_register_with_who_and_why(
    stack: RunningStack,
    client: WebClient,
    new_number: NewNumber,
    action: str,
    fields: dict[str, str],
    reason: str | None,
    shown: dict[str, Any],
) -> None:
    person = new_number()
    if action != "start":
        opt_in(stack, person)
    desk = Desk(client)  # type: ignore[arg-type]
    assert desk.log_in("local", "local-console-password").status_code == 303

    answer = desk.act(desk.look_up(f"+{person}"), action, reason="called us", **fields)

    assert answer.status_code == 200
    assert_seen(stack, person, reason, shown, "operator")
    proof = stack.history(person)[-1]["event"]["proof"]
    assert proof["actor"] == "local"
    assert "called us" in proof["reason"]


def test_preferences_in_the_chat_give_a_link_that_reading_does_not_use_up(
    stack: RunningStack, client: WebClient, new_number: NewNumber
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "PREFERENCES"})
    sent = eventually(lambda: stack.sent_to(person), seconds=10)

    found = re.search(rf"{re.escape(stack.web)}(/preferences/\S+)", text_of(sent[0]))

    assert found
    for _ in range(2):  # a link scanner looks first
        page = Page(client, found[1]).open()  # type: ignore[arg-type]
    assert stack.get(f"/v1/recipients/{person}")["revision"] == 0
    page.press("stop")
    assert stack.check(person, "orders")["reason"] == "opted_out"
    answers = [entry for entry in stack.history(person) if entry["kind"] == "confirmation"]
    assert "/preferences/" not in str(answers)
