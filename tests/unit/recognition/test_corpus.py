"""The bars that recognition holds on the labelled corpus, and what the corpus owes its reader."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from app.domain.commands import Command
from app.recognition import Lexicon
from tests.evaluate import CORPUS, FRESH, HELD_OUT, Scored, read_rows, score

ROWS = list(read_rows([CORPUS]))
LANGUAGES = sorted({row["language"] for row in ROWS})
FULL_LANGUAGES = (
    *("ar", "bn", "de", "en", "es", "fr", "he", "hi", "id", "it", "ja"),
    *("ko", "ms", "nl", "pl", "pt", "ru", "sw", "th", "tr", "vi", "zh"),
)
"""Languages with phrases, whose sentences count."""


@pytest.fixture(scope="module")
def scored(lexicon: Lexicon) -> list[Scored]:
    return score(ROWS, lexicon)


@pytest.fixture(scope="module")
def fresh(lexicon: Lexicon) -> list[Scored]:
    return score(read_rows([FRESH]), lexicon)


def select(scored: Iterable[Scored], wanted: Callable[[Scored], bool]) -> list[Scored]:
    chosen = [row for row in scored if wanted(row)]
    assert chosen, "the corpus has rows of this kind"
    return chosen


def list_misses(rows: Iterable[Scored]) -> list[str]:
    return [
        f"[{s.row['language']}] {s.row['text']!r}: wanted {s.wanted}, got {s.got}"
        for s in rows
        if not s.is_right
    ]


def assert_share(rows: list[Scored], least: float) -> None:
    misses = list_misses(rows)
    share = 1 - len(misses) / len(rows)

    assert share >= least, "\n".join([f"{share:.4f} of {len(rows)} rows", *misses])


def test_every_exact_keyword_is_recognized(scored: list[Scored]) -> None:
    rows = select(scored, lambda s: s.row["kind"] == "keyword")

    assert_share(rows, 1.0)


@pytest.mark.parametrize("kind", ["decorated", "misspelt"])
def test_decorated_and_misspelt_keywords_are_recognized(scored: list[Scored], kind: str) -> None:
    rows = select(scored, lambda s: s.row["kind"] == kind)

    assert_share(rows, 0.995)


@pytest.mark.parametrize("language", FULL_LANGUAGES)
def test_opt_outs_said_in_sentences_are_recognized(scored: list[Scored], language: str) -> None:
    rows = select(
        scored,
        lambda s: (
            s.row["language"] == language and s.row["kind"] == "sentence" and s.wanted == "STOP"
        ),
    )

    assert_share(rows, 0.95)


def test_opt_outs_as_customers_write_them_are_recognized(fresh: list[Scored]) -> None:
    """These rows are harder than people usually write; the bar keeps what has been reached."""
    rows = select(fresh, lambda s: s.wanted == "STOP")
    heard = sum(s.got == "STOP" for s in rows)

    assert heard >= 0.93 * len(rows), "\n".join(list_misses(rows))


def test_no_ordinary_message_among_fresh_rows_stops_anything(fresh: list[Scored]) -> None:
    rows = select(fresh, lambda s: s.wanted == "NONE")

    assert list_misses(s for s in rows if s.got == "STOP") == []


def test_what_is_held_out_is_not_among_the_rows_that_are_read() -> None:
    """A row that somebody has worked on says nothing about sentences that nobody has seen."""
    known = {(row["language"], row["text"]) for row in [*ROWS, *read_rows([FRESH])]}

    assert [row for row in read_rows([HELD_OUT]) if (row["language"], row["text"]) in known] == []


def test_the_length_of_a_pause_is_right(scored: list[Scored]) -> None:
    rows = select(scored, lambda s: "days" in s.row)

    assert_share(rows, 0.98)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_ordinary_message_stops_anything(scored: list[Scored], language: str) -> None:
    rows = select(scored, lambda s: s.row["language"] == language and s.wanted == "NONE")

    assert list_misses(s for s in rows if s.got == "STOP") == []


def test_hardly_any_ordinary_message_pauses(scored: list[Scored]) -> None:
    rows = select(scored, lambda s: s.wanted == "NONE")
    paused = [s for s in rows if s.got == "PAUSE"]

    assert len(paused) <= 0.002 * len(rows), "\n".join(list_misses(paused))


def test_nobody_is_opted_in_by_mistake(scored: list[Scored]) -> None:
    """Only START reverses STOP, so "send it again" must not be one."""
    rows = select(scored, lambda s: s.wanted != "START")

    assert list_misses(s for s in rows if s.got == "START") == []


def test_few_ordinary_messages_are_asked_about(scored: list[Scored]) -> None:
    rows = select(scored, lambda s: s.wanted == "NONE")
    asked = [s for s in rows if s.got == "UNSURE"]

    assert len(asked) <= 0.005 * len(rows), "\n".join(list_misses(asked))


def test_the_corpus_is_large_and_covers_every_language(lexicon: Lexicon) -> None:
    languages = {row["language"] for row in ROWS}

    assert len(ROWS) >= 3000
    assert languages >= set(lexicon.languages)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "mixed"])
def test_ordinary_messages_outnumber_all_others(language: str) -> None:
    commands = [row["command"] for row in ROWS if row["language"] == language]

    assert commands.count("NONE") > len(commands) / 2


def test_no_row_is_written_twice_and_every_command_exists() -> None:
    keys = Counter(
        (row["language"], row["text"], row.get("country"), row.get("hint"), row.get("today"))
        for row in ROWS
    )

    assert [key for key, times in keys.items() if times > 1] == []
    assert {row["command"] for row in ROWS} <= {command.value for command in Command}
