"""The texts themselves: complete, within limits, and kind to whoever has just said stop."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.replies import Replies
from app.domain.replies_lint import LABELS, TEXTS, lint_replies
from app.domain.reply_texts import ReplyLanguage
from config.replies_loader import RepliesError, load_countries, load_replies

REPLIES = load_replies()
ASKED_FOR = {
    "en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "tr", "ar", "he", "hi", "bn", "id", "ms",
    "vi", "th", "zh", "ja", "ko", "sw",
}  # fmt: skip


def lint_english(**changes: str) -> list[str]:
    return lint_replies(Replies({"en": REPLIES.languages["en"]}, {"en": changes}))


def lint_with(**changes: object) -> list[str]:
    return lint_replies(Replies({"en": replace(REPLIES.languages["en"], **changes)}))  # type: ignore[arg-type]


def test_every_language_passes_the_linter() -> None:
    assert lint_replies(REPLIES) == []


def test_every_language_that_was_asked_for_is_there() -> None:
    assert set(REPLIES.languages) >= ASKED_FOR


@pytest.mark.parametrize("language", REPLIES.languages.values(), ids=lambda one: one.language)
def test_texts_of_a_language_are_its_own(language: ReplyLanguage) -> None:
    """A text that was left in English would pass every other rule."""
    english = REPLIES.languages["en"]
    same = [key for key, text in language.texts.items() if text == english.texts[key]]

    assert same == ([] if language is not english else list(TEXTS))


@pytest.mark.parametrize("language", REPLIES.languages.values(), ids=lambda one: one.language)
def test_buttons_of_one_message_differ(language: ReplyLanguage) -> None:
    """WhatsApp refuses a message with two equal titles."""
    titles = [text for key, text in language.labels.items() if key.startswith("button_")]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("language", REPLIES.languages.values(), ids=lambda one: one.language)
def test_months_and_command_words_of_a_language_differ(language: ReplyLanguage) -> None:
    assert len(set(language.dates.months)) == 12
    assert len({word.casefold() for word in language.words.values()}) == 5


STOP = "You get no more messages from {business}."


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"stop": f"{STOP} Why?"}, "asks a question", id="question"),
        pytest.param({"stop": f"{STOP} Why؟"}, "asks a question", id="Arabic question mark"),
        pytest.param({"stop": f"{STOP} Why？"}, "asks a question", id="wide question mark"),
        pytest.param({"stop": f"¿Seguro? {STOP}"}, "asks a question", id="Spanish question"),
        pytest.param({"stop": f"{STOP} https://a.example"}, "holds a link", id="link"),
        pytest.param({"stop": f"{STOP} www.example"}, "holds a link", id="link without scheme"),
        pytest.param({"stop": f"{STOP} See shop.example"}, "holds a link", id="bare domain"),
        pytest.param({"stop": f"{STOP} Here is a Discount."}, "an offer: discount", id="offer"),
        pytest.param({"stop": f"{STOP} But 20% less."}, "a price or a percentage", id="percent"),
        pytest.param({"way_back": "Reply {START} for deals."}, "an offer: deal", id="way back"),
        pytest.param({"stop": "Done."}, "it needs ['business']", id="lost placeholder"),
        pytest.param({"stop": f"{STOP} {{topic}}"}, "it needs ['business']", id="extra one"),
        pytest.param({"stop": f"{STOP} {{business}}"}, "each once", id="twice"),
        pytest.param({"stop": f"{STOP} {{0}}"}, "brace", id="brace that is no placeholder"),
        pytest.param({"stop": f" {STOP}"}, "at an edge", id="leading space"),
        pytest.param({"stop": f"{STOP}\n"}, "at an edge", id="trailing newline"),
        pytest.param({"help": "{business} {STOP} \n{START}{PAUSE}{RESUME}{PREFERENCES}"},
                     "at an edge", id="space at the end of a line"),
        pytest.param({"stop": f"{STOP} Cafe\u0301"}, "NFC", id="decomposed accent"),
        pytest.param({"stop": f"{STOP} Pаy"}, "another script: а", id="Cyrillic look-alike"),
        pytest.param({"button_stop": "Stop all the messages"}, "more than 20", id="long button"),
        pytest.param({"list_button": "🙂" * 11}, "more than 20", id="emoji count twice"),
        pytest.param({"state_on": "o" * 41}, "more than 40", id="long label"),
        pytest.param({"stop": STOP + "x" * 1024}, "more than 1024", id="long text"),
        pytest.param({"start": "x" * 300 + "{business}{STOP}",
                      "start_whatsapp_stopped": "x" * 500}, "with long names", id="long together"),
        pytest.param({"stopp": STOP}, "en stopp: no such text", id="unknown key"),
    ],
)  # fmt: skip
def test_a_bad_text_of_a_business_is_told(changes: Mapping[str, str], expected: str) -> None:
    problems = lint_english(**changes)

    assert any(expected in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"direction": "up"}, "direction", id="direction"),
        pytest.param({"review": "perhaps"}, "review", id="review"),
        pytest.param({"offer_words": ()}, "offer_words", id="offer words"),
        pytest.param({"words": {"STOP": "STOP"}}, "words", id="command words"),
        pytest.param({"labels": {}}, "button_stop: is missing", id="no labels"),
        pytest.param({"texts": {"odd": "x"}}, "odd: no such text", id="unknown text"),
        pytest.param(
            {"dates": replace(REPLIES.languages["en"].dates, order="{day}")}, "order", id="dates"
        ),
        pytest.param({"direction": "rtl"}, "left-to-right letter", id="begins the wrong way"),
    ],
)
def test_a_bad_language_is_told(changes: dict[str, object], expected: str) -> None:
    problems = lint_with(**changes)

    assert any(expected in problem for problem in problems), problems


def test_a_greek_question_is_told() -> None:
    replies = REPLIES.with_overrides({"el": {"stop": "Τέλος από {business};"}})

    assert lint_replies(replies) == ["el stop: asks a question"]


def test_the_texts_of_a_language_that_is_not_built_in_are_told() -> None:
    assert lint_replies(REPLIES.with_overrides({"xx": {}})) == [
        "xx: no such language; the built-in ones can be overridden"
    ]


def test_a_good_text_of_a_business_passes_and_is_used() -> None:
    replies = REPLIES.with_overrides({"en": {"stop": "All quiet now from {business}."}})

    assert lint_replies(replies) == []
    assert replies.text("en", "stop") == "All quiet now from {business}."
    assert replies.text("pt", "stop") == REPLIES.text("pt", "stop")


def test_a_missing_text_falls_back_to_english_and_never_raises() -> None:
    portuguese = replace(REPLIES.languages["pt"], texts={})
    replies = Replies({"en": REPLIES.languages["en"], "pt": portuguese})

    assert replies.text("pt", "stop") == REPLIES.text("en", "stop")
    assert replies.text("xx", "stop") == REPLIES.text("en", "stop")
    assert replies.text("pt", "no such key") == ""


def test_replies_without_english_are_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="English"):
        Replies({"pt": REPLIES.languages["pt"]})


def test_each_key_is_either_a_text_or_a_label() -> None:
    assert not set(TEXTS) & set(LABELS)


def test_files_that_cannot_be_used_are_all_told_at_once(tmp_path: Path) -> None:
    source = (Path("config/replies") / "en.toml").read_text(encoding="utf-8")
    (tmp_path / "xx.toml").write_text(source, encoding="utf-8")
    (tmp_path / "aa.toml").write_text("[meta", encoding="utf-8")
    (tmp_path / "bb.toml").write_text("[meta]\n", encoding="utf-8")
    (tmp_path / "cc.toml").write_bytes(b"\xff")
    (tmp_path / "dd.toml").write_text(source.replace('"January", ', ""), encoding="utf-8")
    (tmp_path / "ee.toml").write_text(
        source.replace('list_button = "Choose"', "list_button = 1"), encoding="utf-8"
    )
    (tmp_path / "ff.toml").mkdir()

    with pytest.raises(RepliesError) as refused:
        load_replies(tmp_path)

    for expected in ("aa.toml", "bb.toml", "cc.toml", "dd.toml: ValueError has 11 months",
                     "ee.toml: TypeError list_button is not a text", "ff.toml",
                     "xx.toml: says that its language is en"):  # fmt: skip
        assert expected in str(refused.value)


def test_a_folder_without_english_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match=r"en\.toml is missing"):
        load_replies(tmp_path)


def test_countries_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(RepliesError, match=r"none\.toml"):
        load_countries(tmp_path / "none.toml")
    (tmp_path / "odd.toml").write_text("BR = 'pt'", encoding="utf-8")
    with pytest.raises(RepliesError, match=r"odd\.toml"):
        load_countries(tmp_path / "odd.toml")
