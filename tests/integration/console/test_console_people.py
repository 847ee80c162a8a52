"""Look up, read, change on somebody's behalf."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.recipients import parse_recipient
from app.runtime import Runtime
from app.usecases.history import history
from tests.builders import ADA, ADA_BSUID, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.integration.console.desk import Desk
from tests.working import apply_commands, work

OpenDesk = Callable[..., Desk]
EVIL = "<script>alert(1)</script>\u202e\ud83d stop"


def hear(client: FlaskClient, runtime: Runtime, text: str, **message: Any) -> None:
    body = notification(text_message(text, **message))
    assert client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS).status_code == 200
    apply_commands(runtime)


def gate(client: FlaskClient, topic: str = "offers", recipient: str = ADA) -> str | None:
    body = {"recipients": [recipient], "topic": topic}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    return str(answer.json["results"][0]["reason"])


def timeline(page: str) -> list[str]:
    """Return the items of a page as plain lines."""
    items = re.findall(r"<li class=\"by-[a-z]+\">\s*<p>(.*?)</p>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


def facts(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize(
    "who",
    [
        ADA,
        f"+{ADA}",
        "+44 7700 900123",
        "0044 (7700) 900-123",
        " +44\u00a07700\u2011900123 ",
        "+٤٤٧٧٠٠٩٠٠١٢٣",
        f"https://wa.me/{ADA}",
        f"wa.me/{ADA}?text=hi",
        f"tel:+{ADA}",
        f"{ADA}@c.us",
        ADA_BSUID,
    ],
)
def test_a_person_is_found_by_every_form_of_number_or_id(
    desk: Desk, client: FlaskClient, runtime: Runtime, who: str
) -> None:
    hear(client, runtime, "STOP", from_user_id=ADA_BSUID)

    page = desk.get(desk.look_up(who)).text

    assert "+44 7700 900123" in page
    assert "Stopped: this person gets no messages." in page


@pytest.mark.parametrize("who", ["(212) 456-7890", "2124567890", "1 212 456 7890"])
def test_a_national_number_is_completed_by_the_country_of_the_business(
    desk: Desk, who: str
) -> None:
    assert "+1 212-456-7890" in desk.get(desk.look_up(who)).text


def test_a_number_that_may_be_two_is_asked_about(desk: Desk) -> None:
    # Of Iceland with its country, or of the United States without.
    answer = desk.post("/console/people", who="354 520 0000", why="called")

    assert "Which of these?" in answer.text
    assert re.findall(r'name="who" value="([^"]+)"', answer.text) == ["+3545200000", "+13545200000"]
    assert 'name="why" value="called"' in answer.text


@pytest.mark.parametrize("who", ["", "nobody", "12", "<b>", "+0", "x" * 5000, "٪", "wa.me/"])
def test_what_is_no_number_is_told_and_shown_again(desk: Desk, who: str) -> None:
    answer = desk.post("/console/people", who=who, why="called")

    assert answer.status_code == 422
    assert "This is no phone number and no id." in answer.text
    assert 'value="called"' in answer.text
    assert "<b>" not in answer.text


def test_no_address_and_no_title_has_the_number(desk: Desk) -> None:
    address = desk.look_up()
    page = desk.get(address).text

    assert ADA not in address
    assert "900123" not in address
    links = re.findall(r'(?:href|action)="([^"]+)"', page)
    assert not [link for link in links if "7700" in link]
    assert "<title>Person +44•••••0123 – Heed console</title>" in page
    assert desk.look_up("+44 7700 900123") == address


def test_an_address_of_somebody_else_s_session_means_nobody(
    desk: Desk, open_desk: OpenDesk
) -> None:
    other = open_desk("boss")

    answer = other.get(desk.look_up())

    assert answer.status_code == 404
    assert "Look the person up again." in answer.text


def test_the_history_is_a_timeline_in_plain_words(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    hear(client, runtime, "stop offers")
    work(runtime)
    page = desk.get(desk.look_up()).text

    (line,) = timeline(page)
    assert re.fullmatch(
        r"[0-9]{1,2} [A-Z][a-z]+ [0-9]{2}:[0-9]{2}: wrote stop offers → Offers off",
        line.split(";")[0],
    )
    assert "Evidence intact" in page
    assert "Exact words" in page
    assert "Seal (SHA-256)" in page
    assert "No: this topic is off" in facts(page)


def test_edited_evidence_shows(desk: Desk, client: FlaskClient, runtime: Runtime) -> None:
    hear(client, runtime, "STOP")
    key = f"heed:{{wa.{ADA}}}:evidence"
    entry = runtime.redis.lindex(key, 0)
    runtime.redis.lset(key, 0, entry.replace(b'"STOP"', b'"SURE"'))

    page = desk.get(desk.look_up()).text

    assert "The evidence was edited" in page
    assert "Evidence intact" not in page


def test_the_person_s_words_are_text_and_nothing_else(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    hear(client, runtime, f"stop {EVIL}")
    hear(client, runtime, "STOP")
    desk.act(
        desk.look_up(),
        "stop",
        reason=f"{EVIL.replace(chr(0xD83D), '')}'\"><img src=x onerror=alert(1)>",
    )
    page = desk.get(desk.look_up()).text

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert '<q dir="auto">' in page


NOW_IS_STOPPED = "Done. It counts from now."


def test_a_stop_by_an_agent_counts_at_once_and_says_who_and_why(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    page = desk.act(desk.look_up(), "stop", reason="asked by phone").text

    assert NOW_IS_STOPPED in page
    assert gate(client) == "opted_out"
    assert timeline(page)[0].endswith("ada changed it: asked by phone → all messages stopped")
    (entry,) = history(parse_recipient(ADA), preferences=runtime.preferences).entries
    assert entry["event"]["source"] == "operator"
    assert entry["event"]["proof"] == {"actor": "ada", "via": "console", "reason": "asked by phone"}


def test_the_same_form_twice_is_one_change(desk: Desk, runtime: Runtime) -> None:
    page = desk.look_up()
    fields = {**desk.hidden, "reason": "asked"}

    desk.client.post(f"{page}/stop", data=fields)
    desk.client.post(f"{page}/stop", data=fields)

    assert "it was not done twice" in desk.get(page).text
    assert len(history(parse_recipient(ADA), preferences=runtime.preferences).entries) == 1
    desk.client.post(f"{page}/stop", data={**fields, "reason": "another reason"})
    assert len(history(parse_recipient(ADA), preferences=runtime.preferences).entries) == 2


def test_a_pause_ends_in_days_or_on_the_morning_of_a_day(desk: Desk, client: FlaskClient) -> None:
    page = desk.look_up()
    assert "Paused until" in desk.act(page, "pause", length="7").text
    assert gate(client) == "paused"

    day = (datetime.now(UTC) + timedelta(days=40)).date()
    text = desk.act(page, "pause", length="until", until=day.isoformat()).text
    assert f"until {day.day} {day:%B}" in text
    assert "00:00" in text

    assert "pause ended" in timeline(desk.act(page, "resume").text)[0]
    assert gate(client) == "not_opted_in"


def test_topics_change_where_the_agent_changed_them_and_nowhere_else(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    page = desk.look_up()
    was = {"was.offers": "on", "was.news": "on", "was.orders": "on"}

    text = desk.act(page, "topics", **was, **{"topic.news": "on", "topic.orders": "on"}).text

    assert timeline(text)[0].endswith("→ Offers off")
    assert gate(client, "offers") == "topic_off"
    registers = runtime.preferences.load(f"wa.{ADA}").preferences.registers
    assert set(registers) == {"topics.offers"}


def test_how_often_changes(desk: Desk, runtime: Runtime) -> None:
    page = desk.look_up()

    assert "at most 1 a week" in timeline(desk.act(page, "frequency", cap="1/week").text)[0]
    assert '<option value="1/week" selected>1 a week</option>' in desk.get(page).text
    assert "as many as there are" in timeline(desk.act(page, "frequency", cap="none").text)[0]
    assert runtime.preferences.load(f"wa.{ADA}").preferences.value("frequency") is None


def test_the_channel_changes(desk: Desk, client: FlaskClient) -> None:
    assert "channel: SMS" in desk.act(desk.look_up(), "channel", channel="sms").text
    assert gate(client, "orders") == "prefers_channel"


def test_messages_start_again_only_when_the_person_asked(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    hear(client, runtime, "STOP")
    page = desk.look_up()
    for fields in ({}, {"asked": "yes"}, {"how": "phone"}, {"asked": "yes", "how": "pigeon"}):
        assert desk.act(page, "start", **fields).status_code == 422, fields
    assert gate(client) == "opted_out"

    # WhatsApp's STOP counts as the end of its second.
    later = datetime.now(UTC) + timedelta(seconds=1)
    while datetime.now(UTC) < later:
        pass
    text = desk.act(page, "start", asked="yes", how="phone", reason="called us").text

    assert gate(client) == "None"
    assert timeline(text)[0].endswith("ada changed it: called us → messages on")
    assert "by phone" in text


def test_an_agent_does_not_undo_a_newer_word_of_the_person(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    page = desk.look_up()
    hear(client, runtime, "STOP", timestamp=str(int(datetime.now(UTC).timestamp()) + 60))

    text = desk.act(page, "start", asked="yes", how="phone").text

    assert "A newer choice of the person stands" in text
    assert gate(client) == "opted_out"


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        pytest.param("stop", {"reason": " "}, "Say why", id="no reason"),
        pytest.param("stop", {"reason": "x" * 501}, "At most 500 characters.", id="long"),
        pytest.param("pause", {}, "Choose how long.", id="no length"),
        pytest.param("pause", {"length": "8"}, "Choose how long.", id="other length"),
        pytest.param("pause", {"length": "until", "until": "soon"}, "within 365 days", id="no day"),
        pytest.param("pause", {"length": "until", "until": "2020-01-01"}, "from tomorrow on", id="past"),
        pytest.param("pause", {"length": "until", "until": "9999-12-31"}, "from tomorrow on", id="far"),
        pytest.param("topics", {}, "Nothing was changed in the form.", id="no topics"),
        pytest.param("topics", {"was.x": "on"}, "Nothing was changed in the form.", id="unknown topic"),
        pytest.param("frequency", {"cap": "9/year"}, "Choose how often.", id="frequency"),
        pytest.param("channel", {"channel": "pigeon"}, "Choose a channel.", id="channel"),
        pytest.param("start", {}, "Tick that the person asked", id="not asked"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_changes(
    desk: Desk, runtime: Runtime, action: str, fields: dict[str, str], said: str
) -> None:
    page = desk.look_up()

    answer = desk.act(page, action, **{"reason": "kept reason", **fields})

    assert answer.status_code == 422
    assert said in answer.text
    assert "<details open>" in answer.text
    assert ("kept reason" in answer.text) is (fields.get("reason") is None)
    assert history(parse_recipient(ADA), preferences=runtime.preferences).entries == []


def test_reading_changes_nothing(desk: Desk, runtime: Runtime) -> None:
    page = desk.look_up()

    for path in (page, f"{page}/stop", f"{page}/start", "/console/people", "/console/review/x"):
        desk.get(path)
        desk.client.head(path)

    assert history(parse_recipient(ADA), preferences=runtime.preferences).entries == []


def test_a_long_history_is_shown_in_pages(
    desk: Desk, client: FlaskClient, runtime: Runtime
) -> None:
    page = desk.look_up()
    for number in range(52):
        desk.post(f"{page}/stop", reason=f"reason {number}")

    newest, older = desk.get(page).text, desk.get(f"{page}?page=2").text

    assert len(timeline(newest)) == 50
    assert [line.partition("it: ")[2] for line in timeline(older)] == [
        "reason 1 → was so already",
        "reason 0 → all messages stopped",
    ]
    assert desk.get(f"{page}?page={'9' * 5000}").status_code == 200
    assert desk.get(f"{page}?page=-7").status_code == 200
