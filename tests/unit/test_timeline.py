"""History in plain words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.domain.business import Business, Category, Topic
from app.domain.console_texts import ConsoleLanguage
from app.domain.times import to_milliseconds
from app.domain.wording import list_placeholders
from app.usecases.timeline import tell_history
from app.usecases.timeline_items import LONGEST_WORDS, Item, write_plainly
from config.console_loader import ConsoleTextsError, load_console_texts

TEXTS = load_console_texts()
ENGLISH = TEXTS.of("en")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
AT = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
BUSINESS = Business(
    name="Shop",
    topics=(
        Topic("offers", Category.MARKETING, names={"en": "Offers", "de": "Angebote"}),
        Topic("orders", Category.UTILITY, names={"en": "Orders"}),
    ),
)


def event(
    event_id: str = "e1",
    *,
    changed: Mapping[str, Any] | None = None,
    outcome: str = "applied",
    at: datetime = AT,
    proof: Mapping[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    moment = to_milliseconds(at)
    return {
        "kind": "event",
        "at": moment,
        "outcome": outcome,
        "changed": changed or {},
        "hash": "ab" * 32,
        "event": {
            "id": event_id,
            "source": "keyword",
            "occurred_at": moment,
            "received_at": moment,
            "settings": dict.fromkeys(changed or {}),
            "command": None,
            "topic": None,
            "phone_number_id": None,
            "proof": proof or {},
            **fields,
        },
    }


def answer(event_id: str = "e1", **fields: Any) -> dict[str, Any]:
    return {
        "kind": "confirmation",
        "at": to_milliseconds(AT),
        "event": event_id,
        "state": "sent",
        "reply": "stop_topic",
        "reason": None,
        "text": "Done.",
        **fields,
    }


def delivery(event_id: str = "e1", status: str = "delivered", **fields: Any) -> dict[str, Any]:
    return {
        "kind": "delivery",
        "at": to_milliseconds(AT),
        "event": event_id,
        "status": status,
        **fields,
    }


def items(*entries: Any, texts: ConsoleLanguage = ENGLISH, zone: str = "UTC") -> list[Item]:
    return tell_history(entries, texts=texts, business=BUSINESS, now=NOW, zone=ZoneInfo(zone))


def told(*entries: Any, language: str = "en", zone: str = "UTC") -> list[str]:
    texts = TEXTS.of(language)
    return [write_plainly(item, texts) for item in items(*entries, texts=texts, zone=zone)]


def test_words_change_answer_and_delivery_are_one_line() -> None:
    lines = told(
        event(changed={"topics.offers": [None, False]}, proof={"words": "chega de promo"}),
        answer(),
        delivery(),
    )

    assert lines == ["12 March 14:05: wrote “chega de promo” → Offers off; confirmed, delivered"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        pytest.param(
            "de",
            "12. März 15:05: schrieb „chega de promo“ → Angebote aus; bestätigt, zugestellt",
            id="German",
        ),
        pytest.param(
            "ar",
            "12 مارس 15:05: كتب «chega de promo» ← Offers: متوقف؛ تم التأكيد، وصلت",
            id="Arabic",
        ),
    ],
)
def test_it_is_told_in_the_reader_s_language_and_time_zone(language: str, line: str) -> None:
    lines = told(
        event(changed={"topics.offers": [None, False]}, proof={"words": "chega de promo"}),
        answer(),
        delivery(),
        language=language,
        zone="Europe/Berlin",
    )

    assert lines == [line]


UNTIL = to_milliseconds(datetime(2026, 4, 1, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        pytest.param(
            [event(changed={"messages": [None, "opted_out"], "question": [5, None]}, proof={"words": "STOP"})],
            "wrote “STOP” → all messages stopped, question answered",
            id="stop",
        ),
        pytest.param(
            [event(changed={"messages": ["opted_out", "opted_in"], "paused_until": [1, None], "language": [None, "en"]}, proof={"words": "START"})],
            "wrote “START” → messages on, pause ended",
            id="start, without the language",
        ),
        pytest.param(
            [event(changed={"paused_until": [None, UNTIL]}, source="button", proof={"words": "Pause"})],
            "tapped “Pause” → paused until 1 April 09:00",
            id="a button",
        ),
        pytest.param(
            [event(changed={"messages": [None, "opted_out"]}, source="button")],
            "tapped a button → all messages stopped",
            id="a button without a label",
        ),
        pytest.param(
            [event(changed={"whatsapp_marketing": [None, "stopped"]}, source="platform", settings={"whatsapp_marketing": "stopped"})],
            "stopped offers in WhatsApp itself → no offers on WhatsApp",
            id="WhatsApp's own switch",
        ),
        pytest.param(
            [event(changed={"topics.marketing": [None, False], "channel": [None, "sms"]}, source="operator", proof={"actor": "Ada", "reason": "asked by phone"})],
            "Ada changed it: “asked by phone” → offers and advertising off, channel: SMS",
            id="an agent",
        ),
        pytest.param(
            [event(changed={"frequency": [None, "1/week"], "frequency.offers": [None, "3/month"]}, source="api", proof={"actor": "shop", "reason": "account page"})],
            "the system shop changed it: “account page” → at most 1 a week, Offers: at most 3 a month",
            id="the API",
        ),
        pytest.param(
            [event(settings={"messages": "opted_out"}, outcome="unchanged", proof={"words": "stop"})],
            "wrote “stop” → was so already",
            id="a second stop",
        ),
        pytest.param(
            [event(settings={"messages": "opted_in"}, outcome="stale", proof={"words": "start"})],
            "wrote “start” → came late; a newer choice stands",
            id="late",
        ),
        pytest.param(
            [event(command="HELP", proof={"words": "help"}), answer(reply="help"), delivery(status="read")],
            "wrote “help” → asked for help; answered, read",
            id="help",
        ),
        pytest.param(
            [event(changed={"question": [None, 9]}, command="UNSURE", proof={"words": "stopp it?"}), answer(reply="unsure")],
            "wrote “stopp it?” → unclear, so messages wait; asked back",
            id="unsure",
        ),
        pytest.param(
            [event(changed={"messages": [None, "opted_out"]}, proof={"words": "STOP"}), answer(state="skipped", reason="window_closed")],
            "wrote “STOP” → all messages stopped; not confirmed (24 hours were over)",
            id="not confirmed",
        ),
        pytest.param(
            [event(changed={"messages": [None, "opted_out"]}, proof={"words": "STOP"}), answer(state="failed", reason="refused_131026")],
            "wrote “STOP” → all messages stopped; confirmation failed (WhatsApp refused, code 131026)",
            id="refused",
        ),
        pytest.param(
            [event(changed={"messages": [None, "opted_out"]}, proof={"words": "STOP"}), answer(), delivery(status="failed", error_code=131026)],
            "wrote “STOP” → all messages stopped; confirmed, not delivered (code 131026)",
            id="not delivered",
        ),
        pytest.param(
            [{"kind": "linked", "at": to_milliseconds(AT), "event": "e1", "with": [{"identity": "bs.GB.1"}]}],
            "recognized as the same person as GB.1",
            id="linked",
        ),
        pytest.param(
            [event(changed={"topics.offers": [None, False]}, source="page", proof={"actor": "person", "reason": "topics"})],
            "chose on their own page → Offers off",
            id="the person's own page",
        ),
        pytest.param(
            [event(changed={"channel": [None, "email"]}, source="flow", proof={"fields": {"by": "email"}})],
            "answered a form in the chat → channel: e-mail",
            id="a WhatsApp Flow",
        ),
        pytest.param(
            [event(settings={"messages": "opted_in"}, outcome="refused", source="api", proof={"actor": "shop", "reason": "sync"})],
            "the system shop changed it: “sync” → refused: something had changed meanwhile",
            id="refused",
        ),
        pytest.param([answer()], "confirmed", id="an answer whose event is not there"),
        pytest.param(
            [{"kind": "moonlanding", "at": to_milliseconds(AT)}], "moonlanding", id="a kind of tomorrow"
        ),
        pytest.param(
            [event(changed={"mood": [None, "merry"]}, source="telepathy")],
            "a change came by telepathy → mood: merry",
            id="a source and a register of tomorrow",
        ),
    ],
)  # fmt: skip
def test_everything_that_happens_has_its_words(entries: list[Any], line: str) -> None:
    assert told(*entries) == [f"12 March 14:05: {line}"]


def test_the_newest_comes_first_and_another_year_is_named() -> None:
    old = event("e0", at=datetime(2024, 2, 29, 23, 59, tzinfo=UTC), proof={"words": "hi"})

    lines = told(old, event(proof={"words": "ho"}))

    assert lines == ["12 March 14:05: wrote “ho”", "29 February 2024 23:59: wrote “hi”"]


def test_an_event_that_was_applied_under_two_ids_is_told_once() -> None:
    first = event(settings={"messages": "opted_out"}, outcome="unchanged", proof={"words": "STOP"})
    second = event(changed={"messages": [None, "opted_out"]}, proof={"words": "STOP"})

    assert told(first, second) == ["12 March 14:05: wrote “STOP” → all messages stopped"]
    assert told(second, first) == ["12 March 14:05: wrote “STOP” → all messages stopped"]


def test_the_details_have_rule_certainty_ids_seal_and_the_whole_words() -> None:
    words = "please\n" + "no more " * 100
    proof = {
        "novelty": {"a": [1]},
        "words": words,
        "rule": "phrase.en.4",
        "certainty": "sure",
        "message_id": "wamid.A=",
    }

    (item,) = items(event(proof=proof, command="STOP", topic="offers"), answer())

    details = {detail.label: detail for detail in item.details}
    assert details["Exact words"].value == words
    assert details["Exact words"].kind == "words"
    assert details["Rule"].value == "phrase.en.4"
    assert details["novelty"].value == '{"a": [1]}'
    assert details["Certainty"].value == "sure"
    assert details["Message id"].kind == "id"
    assert details["Understood as"].value == "STOP offers"
    assert details["Seal (SHA-256)"].value == "ab" * 32
    assert details["Answer"].value == "Done."
    assert len("".join(part.text for part in item.subject)) < LONGEST_WORDS + 20


def test_braces_in_words_stay_words() -> None:
    (item,) = items(event(proof={"words": "{reason} {words}"}, changed={"messages": [None, "{x}"]}))

    assert write_plainly(item, ENGLISH).endswith("wrote “{reason} {words}” → messages: {x}")


json_values = some.recursive(
    some.none() | some.booleans() | some.integers(0, 10**12) | some.text(max_size=20),
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    proof=some.dictionaries(
        some.sampled_from(["words", "rule", "certainty", "actor", "reason", "asked_how"]),
        json_values,
    ),
    changed=some.dictionaries(
        some.sampled_from(
            ["messages", "topics.offers", "topics.x", "paused_until", "frequency", "zz"]
        ),
        some.tuples(json_values, json_values).map(list),
    ),
    language=some.sampled_from(sorted(TEXTS.languages)),
)
def test_no_evidence_is_too_strange_to_be_told(
    proof: dict[str, Any], changed: dict[str, Any], language: str
) -> None:
    assert len(told(event(proof=proof, changed=changed), answer(), language=language)) == 1


@pytest.mark.parametrize("language", sorted(set(TEXTS.languages) - {"en"}))
def test_each_language_says_everything_with_the_same_placeholders(language: str) -> None:
    texts = TEXTS.of(language).texts

    assert set(texts) == set(ENGLISH.texts)
    for key, text in ENGLISH.texts.items():
        assert list_placeholders(texts[key]) == list_placeholders(text), key
        assert texts[key].strip() == texts[key] != "", key


def test_a_broken_file_of_texts_is_named(tmp_path: Path) -> None:
    (tmp_path / "de.toml").write_text("[meta\n")

    with pytest.raises(ConsoleTextsError, match=r"de\.toml.*en\.toml is missing"):
        load_console_texts(tmp_path)


def test_of_two_in_the_same_second_the_later_one_comes_first() -> None:
    lines = told(event("e1", proof={"words": "one"}), event("e2", proof={"words": "two"}))

    assert [line.partition("wrote ")[2] for line in lines] == ["“two”", "“one”"]
