"""The words that people receive, from data and names."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.business import Business, Category, Topic
from app.domain.commands import Command
from app.domain.dates import write_date
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.replies import BUTTON_LIMIT, TEXT_LIMIT, Reply, ReplyKind, render
from app.domain.replies_lint import measure_longest
from app.domain.summary import (
    PreferenceState,
    list_off_topics,
    name_topic,
    summarize_preferences,
)
from app.domain.times import to_milliseconds
from app.domain.wording import clean_name, fill_placeholders, join_within, measure_text
from app.recognition import load_lexicon, recognize_button
from config.replies_loader import load_replies

REPLIES = load_replies()
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
END = date(2027, 3, 1)
OFFERS = Topic("offers", Category.MARKETING, names={"en": "Offers", "pt": "Ofertas", "zh": "优惠"})
ORDERS = Topic("orders", Category.UTILITY, names={"en": "Order updates"})
SHOP = Business("Example Shop", topics=(OFFERS, ORDERS))


def say(kind: str, language: str = "en", **details: Any) -> Reply:
    wanted: dict[str, Any] = {"business_name": "Acme", "way_back": True, **details}
    return render(ReplyKind(kind), replies=REPLIES, language=language, **wanted)


def preferences_with(**registers: Any) -> Preferences:
    return Preferences(
        {
            name.replace("__", "."): Register(value, Stamp(index, False, name))
            for index, (name, value) in enumerate(registers.items())
        }
    )


def test_stop_is_confirmed_with_the_way_back_where_policy_allows() -> None:
    assert say("stop").text == (
        "Done. You will get no more messages from Acme.\nReply START to get messages again."
    )
    assert say("stop", way_back=False).text == "Done. You will get no more messages from Acme."
    assert say("stop").buttons == ()


def test_start_tells_what_stays_off_and_where_whatsapp_is_in_the_way() -> None:
    reply = say("start", off_topics=["Offers", "News"], whatsapp_stopped=True)

    assert reply.text.split("\n") == [
        "You will now get messages from Acme. Reply STOP at any time to stop.",
        "Still off, as you chose: Offers, News.",
        "Offers from this business are still stopped in WhatsApp itself. To change that, tap the name of the business at the top of this chat, then “Offers and announcements”.",
    ]
    assert say("start").text.count("\n") == 0


def test_whatsapp_is_named_only_where_something_was_turned_on() -> None:
    named = {
        kind
        for kind in ReplyKind
        if "announcements" in say(kind, whatsapp_stopped=True, state=PreferenceState(True)).text
    }

    assert named == {ReplyKind.START, ReplyKind.START_TOPIC, ReplyKind.PREFERENCES}


def test_who_turns_a_topic_on_after_stop_is_told_the_way_back_in_any_country() -> None:
    assert "START" in say("start_topic_stopped", topic_names=["Offers"], way_back=False).text
    assert "START" not in say("still_stopped", way_back=False).text
    assert "START" in say("still_stopped").text


def test_help_names_every_command_word() -> None:
    for name, language in REPLIES.languages.items():
        text = say("help", name).text
        assert all(word in text for word in language.words.values()), name


def test_preferences_show_the_present_state() -> None:
    state = PreferenceState(True, END, (("Offers", False), ("Orders", True)))

    assert say("preferences", state=state).text == (
        "Your choices for messages from Acme:\n"
        "• Messages: on\n• Pause: until 1 March 2027\n• Offers: off\n• Orders: on"
    )


def test_preferences_after_stop_show_that_alone() -> None:
    state = PreferenceState(False, END, (("Offers", True),))

    assert say("preferences", state=state, whatsapp_stopped=True).text == (
        "Your choices for messages from Acme:\n• Messages: off\nReply START to get messages again."
    )
    assert say("preferences", state=state).buttons == ()


@pytest.mark.parametrize("language", REPLIES.languages)
@pytest.mark.parametrize("kind", ReplyKind)
def test_a_reply_is_within_the_limits_however_long_the_names(
    language: str, kind: ReplyKind
) -> None:
    assert measure_longest(kind, REPLIES, language) <= TEXT_LIMIT


@pytest.mark.parametrize("language", REPLIES.languages)
@pytest.mark.parametrize("kind", ReplyKind)
def test_a_reply_leaves_no_placeholder_and_its_buttons_can_be_sent(
    language: str, kind: ReplyKind
) -> None:
    reply = say(
        kind,
        language,
        topic_names=["Offers"],
        date=END,
        off_topics=["Offers"],
        state=PreferenceState(True, None, (("Offers", True),)),
    )

    assert "{" not in reply.text
    assert "…" not in reply.text
    assert reply.language == language
    assert len(reply.buttons) <= 3
    assert len({button.title for button in reply.buttons}) == len(reply.buttons)
    assert all(0 < measure_text(button.title) <= BUTTON_LIMIT for button in reply.buttons)


def test_a_tap_on_each_button_is_understood(request: pytest.FixtureRequest) -> None:
    lexicon = load_lexicon(request.config.rootpath / "config" / "lexicon")
    state = PreferenceState(True)
    buttons = {button for kind in ReplyKind for button in say(kind, state=state).buttons}

    meant = {button.id: recognize_button(button.id, button.title, lexicon) for button in buttons}

    assert {name: found.command for name, found in meant.items()} == {
        "heed:stop": Command.STOP,
        # "Keep messages" answers our question and asks for nothing.
        "heed:keep": Command.NONE,
        "heed:pause": Command.PAUSE,
        "heed:preferences": Command.PREFERENCES,
    }


def test_the_question_offers_stop_first() -> None:
    assert [button.id for button in say("unsure").buttons] == [
        "heed:stop",
        "heed:keep",
        "heed:pause",
    ]


def test_a_person_in_a_pause_is_not_offered_another() -> None:
    paused = PreferenceState(True, END)

    assert [button.id for button in say("preferences", state=paused).buttons] == ["heed:stop"]


@pytest.mark.parametrize(
    ("language", "default", "expected"),
    [
        ("pt", "en", "pt"),
        ("pt-BR", "en", "pt"),
        ("zh_TW", "en", "zh-Hant"),
        ("xx", "de", "de"),
        ("xx", "de-AT", "de"),
        ("xx", "yy", "en"),
        ("", "", "en"),
    ],
)
def test_a_language_that_is_missing_falls_back(language: str, default: str, expected: str) -> None:
    reply = say("stop", language, default_language=default)

    assert reply.language == expected
    assert reply == say("stop", expected)


def test_nothing_raises_where_details_are_missing() -> None:
    for kind in ReplyKind:
        assert say(kind, business_name="").text


@pytest.mark.parametrize(
    "name",
    ["{business} {0} {START}", "{" * 5000, "\n\r\t", "\ud800", "a\x00b", "\u202eevil", "é" * 10**5],
)
def test_a_name_can_do_no_harm(name: str) -> None:
    for kind in ReplyKind:
        reply = say(kind, business_name=name, topic_names=[name], off_topics=[name] * 3)

        assert measure_text(reply.text) <= TEXT_LIMIT
        assert "\u202e" not in reply.text
        assert "\x00" not in reply.text
        reply.text.encode("utf-8")


def test_a_brace_in_a_name_stays_a_brace() -> None:
    assert fill_placeholders("{a} {b}", {"a": "{b}", "b": "x"}) == "{b} x"
    assert fill_placeholders("{unknown}", {}) == "{unknown}"


@pytest.mark.parametrize(
    ("name", "direction", "expected"),
    [
        ("Acme", "ltr", "Acme"),
        ("Acme", "rtl", "\u2068Acme\u2069"),
        ("متجر", "rtl", "متجر"),
        ("متجر", "ltr", "\u2068متجر\u2069"),
        ("  Two \n words ", "ltr", "Two words"),
        ("1234567890abc", "ltr", "123456789…"),
        ("🙂🙂🙂🙂🙂🙂", "ltr", "🙂🙂🙂🙂…"),
    ],
)
def test_a_name_is_clipped_and_set_apart(name: str, direction: str, expected: str) -> None:
    assert clean_name(name, 10, direction) == expected


def test_a_list_keeps_what_fits() -> None:
    assert join_within(["aaa", "bbb"], ", ", 20) == "aaa, bbb"
    assert join_within(["aaa", "bbb", "ccc"], ", ", 10) == "aaa, bbb, …"
    assert join_within([], ", ", 10) == ""


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1 March 2027"),
        ("fr", "1er mars 2027"),
        ("pt", "1º de março de 2027"),
        ("es", "1 de marzo de 2027"),
        ("de", "1. März 2027"),
        ("ru", "1 марта 2027 года"),
        ("he", "1 במרץ 2027"),
        ("ar", "1 مارس 2027"),
        ("hi", "1 मार्च 2027"),
        ("th", "1 มีนาคม 2570"),
        ("zh", "2027年3月1日"),
        ("ko", "2027년 3월 1일"),
        ("vi", "ngày 1 tháng 3 năm 2027"),
        ("fil", "Marso 1, 2027"),
    ],
)
def test_dates_are_written_as_people_write_them(language: str, expected: str) -> None:
    assert write_date(END, REPLIES.languages[language].dates) == expected


def test_the_summary_says_what_the_gate_does() -> None:
    until = to_milliseconds(datetime(2027, 3, 1, tzinfo=UTC))

    unknown = summarize_preferences(Preferences(), business=SHOP, language="en", now=NOW)
    known = summarize_preferences(
        preferences_with(messages="opted_in", topics__orders=False, paused_until=until),
        business=SHOP,
        language="pt",
        now=NOW,
    )
    switched = summarize_preferences(
        preferences_with(messages="opted_in", whatsapp_marketing="stopped"),
        business=SHOP,
        language="en",
        now=NOW,
    )

    # Nobody who has said nothing gets marketing.
    assert unknown == PreferenceState(True, None, (("Offers", False), ("Order updates", True)))
    assert known == PreferenceState(True, END, (("Ofertas", True), ("Order updates", False)))
    assert dict(switched.topics) == {"Offers": False, "Order updates": True}


def test_topics_that_stay_off_are_named_by_topic_or_by_category() -> None:
    def off(business: Business, **registers: Any) -> tuple[str, ...]:
        return list_off_topics(
            preferences_with(**registers),
            business=business,
            language="en",
            name_category=lambda category: REPLIES.text("en", f"category_{category}"),
        )

    assert off(SHOP) == ()
    assert off(SHOP, topics__offers=False) == ("Offers",)
    assert off(SHOP, topics__marketing=False) == ("Offers",)
    assert off(SHOP, topics__marketing=False, topics__offers=True) == ()
    assert off(Business("Bare"), topics__marketing=False) == ("Offers and advertising",)


@pytest.mark.parametrize(
    ("topic", "language", "expected"),
    [
        ("offers", "pt", "Ofertas"),
        ("offers", "zh-Hant", "优惠"),
        ("offers", "de", "Offers"),
        ("marketing", "de", "Angebote und Werbung"),
        ("gone", "de", "gone"),
    ],
)
def test_a_topic_is_called_what_the_person_calls_it(
    topic: str, language: str, expected: str
) -> None:
    assert name_topic(topic, business=SHOP, replies=REPLIES, language=language) == expected
