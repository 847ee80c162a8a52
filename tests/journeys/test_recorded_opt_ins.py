"""A yes that other systems bring, from each way that they bring it by, in the running stack.

Each ends as a yes in the chat does: the same shape of record, the gate open for exactly its
topics, one entry in the feed, and a confirmation in the person's language where a chat is open.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from app.domain.times import to_text
from tests.builders import API_HEADERS
from tests.journeys.opt_in_record import RECORD, confirmations, last_opt_in, open_topics
from tests.journeys.ways import ACCOUNT, BILL, CALL, IN_APP, LOYALTY, STAFF, TILL, WAYS, Way
from tests.receivers import Receiver
from tests.stack import RunningStack, eventually

NewNumber = Callable[..., str]
DAY_SECONDS = 24 * 3600

RECORDED = [
    pytest.param(IN_APP, "4477", "en", ["“Offers”", "STOP"], id="in-app prompt"),
    pytest.param(ACCOUNT, "4915", "de", ["„Neuigkeiten“", "STOP"], id="account settings"),
    pytest.param(TILL, "2010", "ar", ["«العروض»", "إيقاف"], id="in store"),
    pytest.param(STAFF, "4915", "de", ["„Angebote“, „Neuigkeiten“", "STOP"], id="staff"),
    pytest.param(CALL, "4477", "en", ["“News”", "STOP"], id="call centre"),
    pytest.param(BILL, "2010", "ar", ["«العروض»", "إيقاف"], id="billing statement"),
    pytest.param(LOYALTY, "2010", "ar", ["«العروض»، «الأخبار»", "إيقاف"], id="loyalty programme"),
]
HELLO = {
    "en": "Hello, when do you open tomorrow?",
    "de": "Hallo, wann macht ihr morgen auf?",
    "ar": "مرحبا، متى تفتحون غدا؟",
}


def wording_of(stack: RunningStack, way: Way, language: str) -> str:
    shown = requests.get(f"{stack.web}/j/{way.id}/source.json?lang={language}", timeout=10).json()
    wording_id: str = shown["wording_id"]
    return wording_id


def record(stack: RunningStack, person: str, way: Way, wording_id: str) -> requests.Response:
    body = {
        "recipient": f"+{person}",
        "source": way.id,
        "wording": wording_id,
        "at": to_text(datetime.now(UTC) - timedelta(days=2)),
        "where": "Harbour Street",
        "by": "Sam",
        "evidence": {"order": "A-1207"},
    }
    again: requests.Response | None = None
    for _ in range(2):
        answer = requests.post(
            f"{stack.web}/v1/opt-ins", json=body, headers=API_HEADERS, timeout=10
        )
        again = again or answer
    assert again is not None
    assert (answer.status_code, answer.json()["outcome"]) == (201, "same")
    assert answer.json()["evidence_id"] == again.json()["evidence_id"]
    return again


def told(stack: RunningStack, cursor: str, person: str) -> list[dict[str, Any]]:
    found = stack.get(f"/v1/events?after={cursor}&limit=1000")["events"]
    return [one for one in found if one["recipient"] == person]


def newest(stack: RunningStack) -> str:
    cursor = ""
    while True:
        page = stack.get(f"/v1/events?limit=1000{f'&after={cursor}' if cursor else ''}")
        cursor = page["next"]
        if not page["events"]:
            return str(cursor)


@pytest.mark.parametrize(("way", "prefix", "language", "words"), RECORDED)
def test_what_others_record_is_the_same_as_what_the_person_sends(
    stack: RunningStack,
    receiver: Receiver,
    new_number: NewNumber,
    way: Way,
    prefix: str,
    language: str,
    words: list[str],
) -> None:
    person, cursor = new_number(prefix), newest(stack)
    stack.inbound(**{"from": person, "text": HELLO[language]})
    wording_id = wording_of(stack, way, language)

    answer = record(stack, person, way, wording_id)

    assert (answer.status_code, answer.json()["outcome"]) == (201, "new")
    assert open_topics(stack, person) == {*way.topics, "orders"}
    eventually(lambda: confirmations(stack, person), seconds=15)
    proof = last_opt_in(stack, person)
    assert set(proof) >= RECORD
    assert (proof["opt_in_source"], proof["opt_in_kind"]) == (way.id, way.kind)
    assert (proof["wording_id"], proof["wording_language"]) == (wording_id, language)
    receipt = stack.get(f"/v1/recipients/{person}/receipt?format=json")
    # A link of the person's two ids may stand beside it.
    [event] = [one for one in receipt["events"] if "event_id" in one]
    assert sorted(event["given"]) == sorted(way.topics)
    assert event["privacy_notice"]["wording_id"] == wording_id
    assert receipt["integrity"]["verified"]
    entries = told(stack, cursor, person)
    [entry] = [one for one in entries if one["type"] != "identity_changed"]
    assert (entry["type"], entry["source"]) == ("opted_in", "opt_in")
    assert entry["evidence_id"] == answer.json()["evidence_id"]
    eventually(lambda: entry["id"] in [one["id"] for one in receiver.got], seconds=15)
    time.sleep(0.3)
    [confirmation] = confirmations(stack, person)
    assert all(word in confirmation for word in ["Example Shop", *words]), confirmation


@pytest.mark.parametrize("wrote", ["never", "long ago"])
def test_nobody_is_written_to_whose_chat_is_closed(
    stack: RunningStack, new_number: NewNumber, wrote: str
) -> None:
    person = new_number()
    if wrote == "long ago":
        past = int(time.time()) - DAY_SECONDS - 60
        stack.inbound(**{"from": person, "text": HELLO["en"], "timestamp": past})

    record(stack, person, LOYALTY, wording_of(stack, LOYALTY, "en"))

    assert open_topics(stack, person) == {"offers", "news", "orders"}
    # Whoever writes next is answered, and nothing that waited comes with it.
    stack.inbound(**{"from": person, "text": "HELP"})
    eventually(lambda: stack.sent_to(person), seconds=15)
    time.sleep(0.3)
    [answer] = confirmations(stack, person)
    assert "RESUME" in answer


def test_what_others_record_never_lifts_a_stop_and_start_does(
    stack: RunningStack, new_number: NewNumber
) -> None:
    person = new_number()
    stack.inbound(**{"from": person, "text": "STOP"})
    eventually(lambda: confirmations(stack, person), seconds=15)
    wording_id = wording_of(stack, TILL, "en")
    body = {
        "recipient": person, "source": TILL.id, "wording": wording_id,
        "at": to_text(datetime.now(UTC)), "where": "Harbour Street", "by": "Sam",
    }  # fmt: skip

    answer = requests.post(f"{stack.web}/v1/opt-ins", json=body, headers=API_HEADERS, timeout=10)

    assert (answer.status_code, answer.json()["title"]) == (409, "The person said no")
    assert open_topics(stack, person) == set()
    assert last_opt_in(stack, person)["opt_in_source"] == TILL.id
    later = int(time.time()) + 2
    stack.inbound(**{"from": person, "text": f"START · {TILL.id}", "timestamp": later})
    eventually(lambda: open_topics(stack, person) == {"offers", "orders"}, seconds=15)
    eventually(lambda: len(confirmations(stack, person)) == 2, seconds=15)


def test_each_way_has_its_line_in_the_figures(stack: RunningStack, new_number: NewNumber) -> None:
    for way in WAYS:
        record(stack, new_number(), way, wording_of(stack, way, "en"))

    counted = stack.flask("figures", "count")

    assert counted.returncode == 0, counted.stderr
    figures = stack.get("/v1/figures")

    by_source = {one["source"]: one for one in figures["by_source"]}
    assert all(by_source[way.id]["opt_ins"] >= 1 for way in WAYS)
    staying = {one["source"]: one for one in figures["staying"]}
    assert all(staying[way.id]["joined"] >= 1 for way in WAYS)
