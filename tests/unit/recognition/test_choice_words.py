"""Words that choose how often, where, and what alone: matched whole, or not at all."""

import tomllib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Business, Category, Topic
from app.domain.channels import Channel
from app.domain.commands import Command
from app.recognition import BusinessWords, LexiconError, load_lexicon, recognize
from app.recognition.choices import Choices, build_choices, choose_alone, read_choice_words
from app.recognition.loader import read_files
from tests.work import count_lines

ROOT = Path(__file__).resolve().parents[3]
SHOP = Business(
    "Shop",
    topics=(
        Topic("offers", Category.MARKETING),
        Topic("news", Category.MARKETING),
        Topic("orders", Category.UTILITY),
        Topic("recalls", Category.UTILITY, essential=True),
    ),
)
LEXICON = load_lexicon(
    ROOT / "config" / "lexicon",
    business=BusinessWords(
        topics={
            "offers": {"en": ["Offers"], "de": ["Angebote"], "ar": ["العروض"], "hi": ["ऑफ़र"]},
            "news": {"en": ["News"], "fr": ["Nouveautés"], "pt": ["Novidades"]},
            "orders": {"en": ["Order updates"], "es": ["Pedidos"]},
            "recalls": {"en": ["Recalls"]},
        },
        utility=frozenset({"orders", "recalls"}),
    ),
)
FILES = read_files(ROOT / "config" / "choices")
CHOICES = build_choices(FILES)
ENTRIES = [
    pytest.param(language, register, value, text, id=f"{language}-{text}")
    for language, content in FILES.items()
    for register in ("frequency", "channel")
    for value, texts in content[register].items()  # type: ignore[attr-defined]
    for text in texts
]


def read(text: str, *, business: Business = SHOP, **hints: Any) -> dict[str, Any] | None:
    found = read_choice_words(text, CHOICES, lexicon=LEXICON, business=business, **hints)
    return dict(found.settings) if found else None


def only(topic: str) -> dict[str, bool]:
    return {f"topics.{one}": one == topic for one in ("offers", "news", "orders")}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("WEEKLY", {"frequency": "1/week"}),
        ("Once a week, please!", {"frequency": "1/week"}),
        ("monthly digest", {"frequency": "1/month"}),
        ("no limit", {"frequency": None}),
        ("SMS PLEASE", {"channel": "sms"}),
        ("by email", {"channel": "email"}),
        ("Mejor por WhatsApp", {"channel": "whatsapp"}),
        ("por correo", {"channel": "email"}),
        ("wöchentlich", {"frequency": "1/week"}),
        ("WOCHENTLICH", {"frequency": "1/week"}),
        ("Une fois par semaine", {"frequency": "1/week"}),
        ("só uma vez por mês", {"frequency": "1/month"}),
        ("مرة في الأسبوع", {"frequency": "1/week"}),
        ("مرّة في الاسبوع", {"frequency": "1/week"}),
        ("हफ़्ते में एक बार", {"frequency": "1/week"}),
        ("ONLY ORDERS", only("orders")),
        ("only order updates please", only("orders")),
        ("just news please", only("news")),
        ("Offers only", only("offers")),
        ("nur noch Angebote", only("offers")),
        ("solo pedidos", only("orders")),
        ("só novidades", only("news")),
        ("seulement les nouveautés", only("news")),
        ("فقط العروض", only("offers")),
        ("सिर्फ़ ऑफ़र", only("offers")),
    ],
)
def test_a_whole_message_chooses(text: str, settings: dict[str, Any]) -> None:
    assert read(text) == settings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "weekly?",
        "مرة في الأسبوع؟",
        "email",
        "sms",
        "my weekly order has not come",
        "I read your weekly digest",
        "send it by email to ada",
        "only you",
        "only",
        "only parties",
        "only orders and news from the shop next door",
        "not weekly",
        "I want to cancel my weekly order by email please and thanks a lot",
        "weekly " * 4000,
    ],
)
def test_anything_else_is_no_choice(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("language", "register", "value", "text"), ENTRIES)
def test_each_entry_is_read_and_takes_nothing_from_the_recognizer(
    language: str, register: str, value: str, text: str
) -> None:
    assert recognize(text, LEXICON, language=language).command is Command.NONE
    assert read(text, language=language) == {register: None if value == "any" else value}
    assert read(text.upper(), language=language) == read(text, language=language)


def test_a_channel_that_the_business_does_not_have_is_no_choice() -> None:
    bare = replace(SHOP, channels=(Channel.EMAIL,))

    assert read("sms please", business=bare) is None
    assert read("by email", business=bare) == {"channel": "email"}


def test_only_one_topic_leaves_essential_ones_alone() -> None:
    assert choose_alone("recalls", SHOP) == {
        "topics.offers": False,
        "topics.news": False,
        "topics.orders": False,
        "topics.recalls": True,
    }
    assert choose_alone("marketing", SHOP) is None


def test_words_that_two_languages_share_tell_no_language_unless_a_hint_does() -> None:
    def language(**hints: str) -> str | None:
        found = read_choice_words("por sms", CHOICES, lexicon=LEXICON, business=SHOP, **hints)
        assert found is not None
        return found.language

    assert language() is None
    assert language(country="BR") == "pt"
    assert language(language="es_MX") == "es"


def test_words_that_mean_different_things_need_a_hint() -> None:
    table = build_choices(
        {"en": {"frequency": {"1/day": ["x"]}}, "de": {"frequency": {"any": ["x"]}}}
    )

    def chosen(**hints: str) -> object:
        found = read_choice_words("x", table, lexicon=LEXICON, business=SHOP, **hints)
        return found and dict(found.settings)

    assert chosen() is None
    assert chosen(language="de") == {"frequency": None}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"often": {}}, "tables are"),
        ({"frequency": {"often": ["x"]}}, "'often' is no frequency"),
        ({"channel": {"pigeon": ["x"]}}, "'pigeon' is no channel"),
        ({"channel": {"1/day": ["x"]}}, "'1/day' is no channel"),
        ({"channel": {"sms": "x"}}, "a list of words"),
        ({"channel": {"sms": ["!"]}}, "a list of words"),
        ({"channel": []}, "a table is needed"),
        ({"only": {"pattern": ["only {topic}"]}}, "holds patterns"),
        ({"only": {"patterns": ["only"]}}, "needs words around"),
        ({"only": {"patterns": ["!{topic}!"]}}, "needs words around"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(content: Any, problem: str) -> None:
    with pytest.raises(LexiconError, match=problem):
        build_choices({"xx": content})


def test_the_seven_languages_that_were_asked_for_are_there() -> None:
    assert set(FILES) >= {"en", "es", "pt", "de", "fr", "ar", "hi"}
    assert build_choices({}) == Choices({}, {})


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    read(text)


def test_a_long_message_costs_little() -> None:
    for text in ("only " * 2000, "just " * 9, "a" * 100_000):
        assert count_lines(partial(read, text)) < 2000


def test_files_hold_nothing_twice() -> None:
    for path in (ROOT / "config" / "choices").glob("*.toml"):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = [text for table in content.values() for group in table.values() for text in group]
        assert len(texts) == len(set(texts)), path.name
