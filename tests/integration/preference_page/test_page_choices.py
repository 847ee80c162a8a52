"""What a person chooses on their page is effective at once, and nothing else is."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.builders import ADA, WEBHOOK_HEADERS, notification, text_message
from tests.integration.preference_page.pages import (
    Page,
    history,
    reason,
    set_registers,
    show,
)
from tests.working import apply_commands


def test_stop_all_is_the_first_thing_and_effective_at_once(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    assert page.html.index('value="stop"') < page.html.index('type="checkbox"')

    page.press("stop")

    assert reason(client) == reason(client, "orders") == "opted_out"
    assert "Done. You will get no more messages from Example Shop." in page.text
    assert "You stopped all messages from Example Shop" in page.text
    assert 'value="stop"' not in page.html


def test_each_change_leaves_its_proof(client: FlaskClient, page_of: Callable[..., Page]) -> None:
    page_of().press("stop").open(lang="de").press("start")

    stop, start = history(client)
    assert stop["event"]["source"] == start["event"]["source"] == "page"
    assert stop["event"]["command"] == "STOP"
    proof = start["event"]["proof"]
    assert proof["page_language"] == "de"
    assert proof["wording"] == "Ja, ich möchte Nachrichten von Example Shop"
    assert re.fullmatch(r"[0-9a-f]{12}", proof["wording_version"])
    assert proof["via"] == "preference page"
    assert start["changed"]["messages"] == ["opted_out", "opted_in"]


def test_start_again_is_asked_for_with_the_business_named(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    set_registers(runtime, messages="opted_out", topics__news=False)
    page = page_of().open(lang="de")
    assert "Ja, ich möchte Nachrichten von Example Shop" in page.text

    page.path += "?lang=de"
    page.press("start")

    assert reason(client) is None
    assert reason(client, "news") == "topic_off"
    assert "Ab jetzt erhalten Sie Nachrichten von Example Shop." in page.text
    assert history(client)[-1]["event"]["proof"]["page_language"] == "de"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        pytest.param({"topics.offers": None}, {"topics": {"offers": False}}, id="topic off"),
        pytest.param({"frequency": "1/week"}, {"frequency": {"all": "1/week"}}, id="frequency"),
        pytest.param(
            {"frequency.news": "1/month"}, {"frequency": {"news": "1/month"}}, id="topic's cap"
        ),
        pytest.param({"channel": "sms"}, {"channel": "sms"}, id="channel"),
        pytest.param({"channel": "none"}, {"channel": "none"}, id="no channel"),
    ],
)
def test_choices_are_saved_and_shown_and_can_be_taken_back(
    client: FlaskClient,
    runtime: Runtime,
    page_of: Callable[..., Page],
    changes: dict[str, Any],
    shown: dict[str, Any],
) -> None:
    set_registers(runtime, messages="opted_in")
    page = page_of()
    before = page.fields()

    page.save(**changes)

    assert "Your choices are saved." in page.text
    after = show(client)
    for name, value in shown.items():
        part = (
            value.items() <= after[name].items()
            if isinstance(value, dict)
            else value == after[name]
        )
        assert part, after
    assert page.fields() == {
        name: value for name, value in {**before, **changes}.items() if value is not None
    }
    page.save(**{name: before[name] for name in changes})
    assert page.fields() == before
    assert history(client)[-1]["event"]["source"] == "page"


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_pause_is_one_tap_and_so_is_its_end(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page], days: int
) -> None:
    set_registers(runtime, messages="opted_in")
    page = page_of().press("pause", days=days)

    assert reason(client) == "paused"
    until = datetime.fromisoformat(show(client)["paused_until"])
    assert abs(until - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)
    assert "are paused until" in page.text

    page.press("resume")
    assert reason(client) is None
    assert "The pause is over." in page.text


def test_a_business_with_essential_topics_keeps_them_on(
    environ: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    business = Path("config/business.toml").read_text(encoding="utf-8")
    path = tmp_path / "business.toml"
    path.write_text(
        business.replace('id = "orders"', 'id = "orders"\nessential = true'), encoding="utf-8"
    )
    app = create_app({**environ, "BUSINESS_FILE": str(path)})
    runtime: Runtime = app.extensions["heed"]
    link = make_link(Recipient(wa_id=ADA), links=runtime.links, now=runtime.clock())
    page = Page(app.test_client(), f"/preferences/{runtime.tokens.sign_link(link.id)}").open()

    assert re.search(r'id="topic-orders" checked disabled', page.html)
    assert "Always on. Only “Stop all messages” ends it." in page.text
    page.save(**{"topics.orders": "off", "frequency.orders": "1/month"})
    assert show(page.client)["topics"]["orders"] is True
    assert reason(page.client, "orders") is None
    page.press("stop")
    assert reason(page.client, "orders") == "opted_out"


def test_a_stop_in_the_chat_and_one_here_are_the_same(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    client.post(
        "/webhooks/360dialog", json=notification(text_message("STOP")), headers=WEBHOOK_HEADERS
    )
    apply_commands(runtime)

    page.press("stop")

    assert "Done. You will get no more messages" in page.text
    assert [entry["outcome"] for entry in history(client)] == ["applied", "unchanged"]


def test_a_stop_here_wins_over_a_start_of_the_chat_that_is_still_on_its_way(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    page = page_of().press("stop")
    client.post(
        "/webhooks/360dialog", json=notification(text_message("START")), headers=WEBHOOK_HEADERS
    )

    # From a tab that was open before the first stop; that START may not lift this one.
    assert page.send(do="stop").status_code == 303
    apply_commands(runtime)

    assert reason(client) == "opted_out"


def test_an_answer_here_closes_a_question_of_the_chat(
    runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    later = int((runtime.clock() + timedelta(hours=20)).timestamp() * 1000)
    set_registers(runtime, messages="opted_in", question=later)
    page = page_of()
    assert "still being dealt with" in page.text

    page.save(channel="sms")

    assert "still being dealt with" not in page.text


def test_a_page_in_a_second_tab_undoes_nothing(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    set_registers(runtime, messages="opted_in")
    first = page_of()
    second = Page(client, first.path).open()
    first.save(**{"topics.offers": None, "frequency": "1/week"})

    second.save(channel="email")

    after = show(client)
    assert after["topics"]["offers"] is False
    assert after["frequency"] == {"all": "1/week"}
    assert after["channel"] == "email"


def test_a_page_from_before_a_stop_does_not_lift_it(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    other = Page(client, page.path).open()
    page.press("stop")

    other.save(**{"topics.offers": "on"})

    assert reason(client) == "opted_out"


def test_a_save_that_changes_nothing_writes_nothing(
    client: FlaskClient, page_of: Callable[..., Page], redis: Redis
) -> None:
    page = page_of()

    page.save()

    assert "Nothing was changed." in page.text
    assert history(client) == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"channel": "pigeon"}, id="unknown channel"),
        pytest.param({"frequency": "1000/second"}, id="unknown cap"),
        pytest.param({"frequency": "\ud800\x00" * 9}, id="broken letters"),
        pytest.param({"frequency.": "1/week"}, id="no topic"),
        pytest.param({"frequency.unheard": "1/week"}, id="unknown topic"),
        pytest.param({"topics.unheard": "on"}, id="unknown topic, ticked"),
        pytest.param({"messages": "opted_in"}, id="a register of its own"),
        pytest.param({"whatsapp_marketing": "allowed"}, id="a register of WhatsApp's"),
        pytest.param({"channel": "s" * 5000}, id="long"),
    ],
)
def test_what_the_page_does_not_offer_is_not_set(
    client: FlaskClient, page_of: Callable[..., Page], fields: dict[str, str]
) -> None:
    page = page_of()

    page.press(
        "save",
        **{
            **page.fields(),
            **{k: v.encode("utf-8", "replace").decode() for k, v in fields.items()},
        },
    )

    assert history(client) == []
