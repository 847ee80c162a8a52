"""Choices that are no command are confirmed once, each in its own words, and truly."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.business import Policy
from app.domain.commands import ANSWERED, Command, settings_of
from app.domain.events import Event, Source
from app.domain.frequency import WEEKLY, Cap, Period
from app.domain.menu import read_page
from app.domain.preferences import Preferences, apply_event
from app.domain.recipients import Recipient
from app.domain.replies import ReplyKind, choose_reply, render
from app.domain.summary import PreferenceState
from config.replies_loader import load_replies

REPLIES = load_replies()
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ADA = Recipient(wa_id="447700900123")
NOT_ASKED: Any = ANSWERED


def choice(
    minute: int = 0,
    *,
    source: Source = Source.BUTTON,
    command: Command | None = None,
    menu: str | None = None,
    **settings: Any,
) -> Event:
    at = NOON + timedelta(minutes=minute)
    named = {name.replace("__", "."): value for name, value in settings.items()}
    proof = {"menu": menu} if menu else {}
    return Event(f"{minute}-{menu}", ADA, source, at, at, named, command=command, proof=proof)


def after(*events: Event) -> Preferences:
    preferences = Preferences()
    for event in events:
        preferences = apply_event(preferences, event, NOON).after
    return preferences


def reply_to(event: Event, before: Preferences) -> ReplyKind | None:
    return choose_reply(event, apply_event(before, event, NOON))


def asked(minute: int) -> Event:
    at = NOON + timedelta(minutes=minute)
    settings: Any = settings_of(
        Command.UNSURE, topic=None, days=None, occurred_at=at, policy=Policy()
    )
    return choice(minute, command=Command.UNSURE, **settings)


IN = after(choice(-60, messages="opted_in"))
STOPPED = after(choice(-60, messages="opted_out"))
WEEKLY_BY_SMS = after(choice(-60, messages="opted_in", frequency="1/week", channel="sms"))


@pytest.mark.parametrize(
    ("settings", "before", "expected"),
    [
        pytest.param({"frequency": "1/week"}, IN, "frequency", id="cap"),
        pytest.param({"frequency": None}, WEEKLY_BY_SMS, "frequency", id="no cap any more"),
        pytest.param({"frequency": None}, IN, None, id="no cap, as before"),
        pytest.param({"frequency": "1/week"}, WEEKLY_BY_SMS, None, id="the same cap"),
        pytest.param({"frequency__offers": "1/day"}, IN, "frequency_topic", id="cap of a topic"),
        pytest.param({"channel": "sms"}, IN, "channel", id="channel"),
        pytest.param({"channel": "sms"}, WEEKLY_BY_SMS, None, id="the same channel"),
        pytest.param({"channel": "none"}, IN, "no_channel", id="no channel"),
        pytest.param({"topics__a": False, "topics__b": True}, IN, "saved", id="several"),
        pytest.param({"topics__a": False}, IN, "saved", id="a form with one topic"),
        pytest.param({"messages": "opted_out"}, IN, "stop", id="a form that stops all"),
        pytest.param({"messages": "opted_out", "channel": "sms"}, IN, "stop", id="stop and more"),
        pytest.param({"frequency": "1/day"}, STOPPED, "still_stopped", id="cap after stop"),
        pytest.param({"channel": "sms"}, STOPPED, "still_stopped", id="channel after stop"),
        pytest.param({}, IN, None, id="no question was open"),
    ],
)
def test_a_choice_is_confirmed_once(
    settings: dict[str, Any], before: Preferences, expected: str | None
) -> None:
    assert reply_to(choice(**settings, **NOT_ASKED), before) == (
        ReplyKind(expected) if expected else None
    )


def test_we_ask_once_until_the_person_answers() -> None:
    first, second, later = asked(0), asked(5), asked(20)
    answer = choice(10, **NOT_ASKED)

    assert reply_to(first, IN) is ReplyKind.UNSURE
    assert reply_to(second, after(first)) is None
    assert reply_to(answer, after(first, second)) is ReplyKind.KEPT
    assert reply_to(answer, after(first, second, answer)) is None
    assert reply_to(later, after(first, second, answer)) is ReplyKind.UNSURE


def test_we_ask_again_when_the_time_to_answer_is_over() -> None:
    a_day = 24 * 60

    assert reply_to(asked(a_day - 1), after(asked(0))) is None
    assert reply_to(asked(a_day), after(asked(0))) is ReplyKind.UNSURE


def test_keep_after_stop_does_not_say_that_messages_come() -> None:
    before = after(asked(-9), choice(-5, messages="opted_out"))

    assert reply_to(choice(**NOT_ASKED), before) is ReplyKind.STILL_STOPPED


def test_a_late_tap_that_only_answers_a_question_claims_no_change() -> None:
    before = after(asked(-9), choice(5, frequency="1/month"))

    assert reply_to(choice(frequency="1/week", **NOT_ASKED), before) is None


@pytest.mark.parametrize("source", [Source.API, Source.OPERATOR, Source.PLATFORM, Source.LINK])
def test_only_the_chat_is_told(source: Source) -> None:
    assert reply_to(choice(source=source, frequency="1/week"), IN) is None
    assert reply_to(choice(source=Source.FLOW, frequency="1/week"), IN) is ReplyKind.FREQUENCY


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        (None, "preferences"),
        ("heed:preferences", "preferences"),
        ("heed:preferences:2", "menu_topics"),
        ("heed:menu:frequency", "menu_frequency"),
        ("heed:menu:frequency:offers", "menu_frequency_topic"),
        ("heed:menu:frequencies:2", "menu_topics"),
        ("heed:menu:channel", "menu_channel"),
    ],
)
def test_each_list_has_words_of_its_own_and_is_shown_whenever_it_is_asked_for(
    menu: str | None, expected: str
) -> None:
    event = choice(command=Command.PREFERENCES, menu=menu)

    assert reply_to(event, IN) is ReplyKind(expected)
    assert reply_to(event, after(event)) is ReplyKind(expected)
    assert reply_to(event, STOPPED) is ReplyKind.PREFERENCES
    assert menu is None or read_page(menu) is not None


def say(kind: str, **details: Any) -> str:
    return render(
        ReplyKind(kind),
        replies=REPLIES,
        language="en",
        business_name="Acme",
        way_back=True,
        **details,
    ).text


def test_what_was_chosen_is_said_in_words() -> None:
    assert (
        say("frequency", cap=WEEKLY) == "Done. How often Acme may write to you: at most 1 a week."
    )
    assert say("frequency") == "Done. How often Acme may write to you: no limit."
    assert say("frequency_topic", topic_names=["Offers"], cap=Cap(3, Period.DAY)) == (
        "Done. How often Acme may write to you about “Offers”: at most 3 a day."
    )
    assert say("channel", channel="sms") == "Done. Where Acme may write to you: SMS."
    assert "on any channel" in say("no_channel")
    assert say("kept").startswith("OK. Nothing changes.")


def test_what_was_saved_shows_caps_and_channel() -> None:
    state = PreferenceState(
        True, None, (("Offers", False),), WEEKLY, (("News", Cap(2, Period.MONTH)),), "email"
    )

    assert say("saved", state=state).split("\n")[1:] == [
        "• Messages: on",
        "• How often: at most 1 a week",
        "• Channel: Email",
        "• Offers: off",
        "• News: at most 2 a month",
    ]
