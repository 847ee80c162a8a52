"""The bars that recognition has to clear on the committed corpus."""

from collections.abc import Callable

import pytest

from app.recognition import Lexicon
from tests.evaluate import CORPUS, Scored, read_rows, score

PHRASE_LANGUAGES = [
    "en",
    "es",
    "pt",
    "fr",
    "de",
    "it",
    "nl",
    "pl",
    "ru",
    "tr",
    "ar",
    "he",
    "hi",
    "bn",
    "id",
    "ms",
    "vi",
    "th",
    "zh",
    "ja",
    "ko",
    "sw",
]


@pytest.fixture(scope="module")
def scored(lexicon: Lexicon) -> list[Scored]:
    return score(read_rows([CORPUS]), lexicon)


def share(scored: list[Scored], wanted: Callable[[Scored], bool]) -> float:
    rows = [s for s in scored if wanted(s)]
    assert rows
    return sum(s.is_right for s in rows) / len(rows)


def test_the_corpus_is_large_and_hard_negatives_outnumber_the_rest(scored: list[Scored]) -> None:
    negatives = sum(s.wanted == "NONE" for s in scored)

    assert len(scored) >= 3000
    assert negatives > len(scored) - negatives
    assert len({s.row["language"] for s in scored}) >= 40


def test_exact_keywords_are_all_recognized(scored: list[Scored]) -> None:
    assert [s.row for s in scored if s.row.get("kind") == "keyword" and not s.is_right] == []


@pytest.mark.parametrize("kind", ["decorated", "misspelt"])
def test_decorated_and_misspelt_keywords_are_recognized(scored: list[Scored], kind: str) -> None:
    assert share(scored, lambda s: s.row.get("kind") == kind) >= 0.995


@pytest.mark.parametrize("language", PHRASE_LANGUAGES)
def test_clearly_said_opt_outs_are_recognized(scored: list[Scored], language: str) -> None:
    rows = [
        s
        for s in scored
        if s.row["language"] == language and s.wanted == "STOP" and "hint" not in s.row
    ]

    assert len(rows) >= 10
    assert sum(s.got == "STOP" for s in rows) / len(rows) >= 0.95


def test_durations_and_dates_are_right(scored: list[Scored]) -> None:
    assert share(scored, lambda s: "days" in s.row) >= 0.98


def test_hard_negatives_change_nothing(scored: list[Scored]) -> None:
    negatives = [s for s in scored if s.wanted == "NONE"]
    stopped = [s for s in negatives if s.got in {"STOP", "PAUSE"}]
    asked = [s for s in negatives if s.got == "UNSURE"]

    assert len(stopped) / len(negatives) <= 0.002
    assert len(asked) / len(negatives) <= 0.01


def test_nobody_is_opted_in_by_mistake(scored: list[Scored]) -> None:
    assert [s.row["text"] for s in scored if s.got == "START" and s.wanted != "START"] == []
