"""People choose in the running stack: each way on each register, seen at once, confirmed once."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.builders import API_HEADERS
from tests.stack import RunningStack, eventually, text_of

NewNumber = Callable[..., str]
WHY = {"evidence": {"reason": "asked by phone"}}


def word(text: str) -> dict[str, Any]:
    return {"text": text}


def row(row_id: str) -> dict[str, Any]:
    return {"list_reply": {"id": row_id, "title": "A row", "description": "Off"}}


def button(button_id: str) -> dict[str, Any]:
    return {"button_reply": {"id": button_id, "title": "A button"}}


def form(**answer: Any) -> dict[str, Any]:
    text = json.dumps({"flow_token": "prefs-journey", **answer})
    reply = {"name": "flow", "body": "Sent", "response_json": text}
    interactive = {"type": "nfm_reply", "nfm_reply": reply}
    return {"message": {"type": "interactive", "interactive": interactive}}


def patch(stack: RunningStack, person: str, **body: Any) -> requests.Response:
    url = f"{stack.web}/v1/recipients/{person}"
    return requests.patch(url, json={**WHY, **body}, headers=API_HEADERS, timeout=10)


def opted_in(stack: RunningStack, new_number: NewNumber, prefix: str = "4477") -> str:
    person = new_number(prefix)
    assert patch(stack, person, messages="opted_in").status_code == 200
    return person


def replies(stack: RunningStack, person: str, count: int) -> list[dict[str, Any]]:
    eventually(lambda: len(stack.sent_to(person)) >= count, seconds=10)
    return stack.sent_to(person)


def rows_of(body: dict[str, Any]) -> list[dict[str, str]]:
    assert body["interactive"]["type"] == "list", body
    return [one for part in body["interactive"]["action"]["sections"] for one in part["rows"]]


def changes(stack: RunningStack, person: str) -> list[dict[str, Any]]:
    return [entry for entry in stack.history(person) if entry["kind"] == "event"][1:]


IN_THE_CHAT = [
    pytest.param(word("STOP"), "keyword", "opted_out", {"messages": "opted_out"}, id="word-stop"),
    pytest.param(word("PAUSE 7"), "keyword", "paused", {}, id="word-pause"),
    pytest.param(
        word("STOP OFFERS"), "keyword", "topic_off",
        {"topics": {"offers": False, "news": True, "orders": True}}, id="word-topic",
    ),
    pytest.param(
        word("ONLY ORDERS"), "keyword", "topic_off",
        {"topics": {"offers": False, "news": False, "orders": True}}, id="word-only",
    ),
    pytest.param(word("WEEKLY"), "keyword", None, {"frequency": {"all": "1/week"}}, id="word-cap"),
    pytest.param(word("SMS PLEASE"), "keyword", "prefers_channel", {"channel": "sms"}, id="word-sms"),
    pytest.param(button("heed:stop"), "button", "opted_out", {"messages": "opted_out"}, id="button-stop"),
    pytest.param(button("heed:pause:30"), "button", "paused", {}, id="button-pause"),
    pytest.param(row("heed:stop"), "button", "opted_out", {"messages": "opted_out"}, id="row-stop"),
    pytest.param(row("heed:pause:90"), "button", "paused", {}, id="row-pause"),
    pytest.param(
        row("heed:stop:offers"), "button", "topic_off",
        {"topics": {"offers": False, "news": True, "orders": True}}, id="row-topic",
    ),
    pytest.param(
        row("heed:frequency:1/month"), "button", None, {"frequency": {"all": "1/month"}}, id="row-cap"
    ),
    pytest.param(
        row("heed:frequency:1/day:offers"), "button", None, {"frequency": {"offers": "1/day"}},
        id="row-cap-of-a-topic",
    ),
    pytest.param(
        row("heed:channel:none"), "button", "prefers_channel", {"channel": "none"}, id="row-channel"
    ),
    pytest.param(
        form(marketing=False, order_updates=True, frequency="weekly"), "flow", "topic_off",
        {"frequency": {"all": "1/week"}, "topics": {"offers": False, "news": False, "orders": True}},
        id="form",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("message", "source", "reason", "shown"), IN_THE_CHAT)
def test_each_way_in_the_chat_sets_each_register_and_is_confirmed_once(
    stack: RunningStack,
    new_number: NewNumber,
    message: dict[str, Any],
    source: str,
    reason: str | None,
    shown: dict[str, Any],
) -> None:
    person = opted_in(stack, new_number)

    sent = stack.inbound(**{"from": person, **message})

    # Before a worker has seen it, a hold stands for what restricts.
    assert stack.check(person)["reason"] in {"held", reason}
    replies(stack, person, 1)
    assert stack.check(person)["reason"] == reason
    view = stack.get(f"/v1/recipients/{person}")
    assert {name: view[name] for name in shown} == shown
    assert [entry["event"]["source"] for entry in changes(stack, person)] == [source]

    stack.post_sandbox("/resend", {"notification_id": sent["notification_id"]})
    stack.inbound(**{"from": person, **message})
    eventually(lambda: len(changes(stack, person)) == 2)
    time.sleep(0.3)
    assert len(stack.sent_to(person)) == 1


@pytest.mark.parametrize(
    ("body", "reason", "shown"),
    [
        ({"messages": "opted_out"}, "opted_out", {"messages": "opted_out"}),
        ({"paused_until": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 9e5))}, "paused", {}),
        ({"topics": {"offers": False}}, "topic_off", {"messages": "opted_in"}),
        ({"frequency": {"all": "3/week"}}, None, {"frequency": {"all": "3/week"}}),
        ({"channel": "email"}, "prefers_channel", {"channel": "email"}),
    ],
    ids=["messages", "pause", "topic", "frequency", "channel"],
)  # fmt: skip
def test_the_api_sets_each_register_at_once_and_tells_nobody_in_the_chat(
    stack: RunningStack,
    new_number: NewNumber,
    body: dict[str, Any],
    reason: str | None,
    shown: dict[str, Any],
) -> None:
    person = opted_in(stack, new_number)

    answer = patch(stack, person, **body)

    assert {name: answer.json()[name] for name in shown} == shown
    assert answer.headers["ETag"] == '"2"'
    assert stack.check(person)["reason"] == reason
    assert [entry["event"]["source"] for entry in changes(stack, person)] == ["api"]
    assert stack.sent_to(person) == []


def test_preferences_open_a_list_and_each_step_is_answered(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = opted_in(stack, new_number)

    stack.inbound(**{"from": person, "text": "PREFERENCES"})
    first = rows_of(replies(stack, person, 1)[0])
    assert [one["id"] for one in first] == [
        "heed:stop:offers",
        "heed:stop:news",
        "heed:stop:orders",
        "heed:menu:frequency",
        "heed:menu:channel",
        "heed:pause:7",
        "heed:pause:30",
        "heed:pause:90",
        "heed:stop",
    ]
    stack.inbound(**{"from": person, **row("heed:menu:frequency")})
    caps = replies(stack, person, 2)[1]
    assert text_of(caps) == "How often may Example Shop write to you?"
    assert rows_of(caps)[2]["id"] == "heed:frequency:1/week"
    stack.inbound(**{"from": person, **row("heed:frequency:1/week")})
    done = replies(stack, person, 3)[2]
    assert text_of(done) == "Done. How often Example Shop may write to you: at most 1 a week."
    again = done["interactive"]["action"]["buttons"][0]["reply"]
    stack.inbound(**{"from": person, "button_reply": again})
    last = replies(stack, person, 4)[3]
    assert "How often: at most 1 a week" in text_of(last)
    assert rows_of(last)[3]["description"] == "At most 1 a week"


@pytest.mark.parametrize(
    ("prefix", "text", "title"),
    [
        ("4915", "EINSTELLUNGEN", "Angebote"),
        ("5511", "PREFERÊNCIAS", "Ofertas"),
        ("2010", "التفضيلات", "العروض"),
        ("9198", "पसंद", "ऑफ़र"),
    ],
)
def test_the_list_speaks_the_persons_language(
    stack: RunningStack, new_number: NewNumber, prefix: str, text: str, title: str
) -> None:
    person = opted_in(stack, new_number, prefix)

    stack.inbound(**{"from": person, "text": text})

    assert rows_of(replies(stack, person, 1)[0])[0]["title"] == title


def test_taps_on_an_old_list_come_late_and_do_what_they_say(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = opted_in(stack, new_number)
    now = int(time.time())

    stack.inbound(**{"from": person, **row("heed:stop:offers"), "timestamp": now})
    replies(stack, person, 1)
    # This was tapped before, and arrives now: it must not undo the later word.
    stack.inbound(**{"from": person, **row("heed:start:offers"), "timestamp": now - 600})
    eventually(lambda: len(changes(stack, person)) == 2)
    assert stack.check(person)["reason"] == "topic_off"
    # "Offers on", tapped later on the same old list, turns them on, however often.
    for second in (2, 3):
        late = {"from": person, **row("heed:start:offers"), "timestamp": now + second}
        stack.inbound(**late)
    eventually(lambda: len(changes(stack, person)) == 4)
    eventually(lambda: stack.check(person)["allowed"])
    time.sleep(0.3)
    assert len(stack.sent_to(person)) == 2


def test_our_question_is_asked_once_and_kept_once(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = opted_in(stack, new_number)

    stack.inbound(**{"from": person, "text": "stop?"})
    asked = replies(stack, person, 1)[0]
    assert asked["interactive"]["action"]["buttons"][1]["reply"]["id"] == "heed:keep"
    stack.inbound(**{"from": person, "text": "stop?"})
    eventually(lambda: len(changes(stack, person)) == 2)
    # WhatsApp's clock has whole seconds, and a question that is open wins a tie.
    later = int(time.time()) + 2
    for second in (later, later + 1):
        stack.inbound(**{"from": person, **button("heed:keep"), "timestamp": second})
    eventually(lambda: len(changes(stack, person)) == 4)
    eventually(lambda: stack.check(person)["allowed"])
    sent = replies(stack, person, 2)
    time.sleep(0.3)

    assert text_of(sent[1]).startswith("OK. Nothing changes.")
    assert len(stack.sent_to(person)) == 2


def test_after_stop_the_list_is_the_way_back_alone(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = opted_in(stack, new_number)
    stack.inbound(**{"from": person, "text": "STOP"})
    replies(stack, person, 1)

    stack.inbound(**{"from": person, **row("heed:channel:sms")})
    assert "You stopped all messages" in text_of(replies(stack, person, 2)[1])
    stack.inbound(**{"from": person, "text": "PREFERENCES"})

    assert [one["id"] for one in rows_of(replies(stack, person, 3)[2])] == ["heed:start"]
    assert stack.check(person)["reason"] == "opted_out"


def test_who_looks_through_lists_is_answered_at_every_step_and_stop_after_it_too(
    stack: RunningStack, new_number: NewNumber
) -> None:
    """Ten answers an hour are for words: a machine writes, it does not tap."""
    person = opted_in(stack, new_number)

    for count in range(1, 13):
        stack.inbound(**{"from": person, **row("heed:preferences")})
        replies(stack, person, count)
    stack.inbound(**{"from": person, "text": "STOP"})

    assert "no more messages" in text_of(replies(stack, person, 13)[12])
