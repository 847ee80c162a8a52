"""`flask lexicon`: words are checked, and a change is tried on past messages."""

from pathlib import Path

import pytest
from flask import Flask

from app.recognition import BusinessWords
from app.recognition.lint import Severity, lint
from app.recognition.loader import load_lexicon
from config.settings import ROOT

LEXICON = ROOT / "config" / "lexicon"


def test_our_own_words_have_no_errors(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["lexicon", "lint", "--errors-only"])

    assert result.exit_code == 0, result.output


def test_a_word_that_cannot_be_reached_a_language_that_is_missing_and_a_trip_are_found() -> None:
    words = BusinessWords(keywords={"en": {"STOP": ["help"]}, "xx": {"STOP": ["raus"]}})
    lexicon = load_lexicon(LEXICON, business=BusinessWords(keywords={"en": {"STOP": ["parcel"]}}))

    found = {
        one.kind
        for one in lint(lexicon, words, ordinary=["parcel"])
        if one.severity is Severity.ERROR
    }

    assert found == {"unreachable", "missing_language", "trips"}


def test_a_replay_names_the_lines_that_would_flip_and_not_their_words(
    app: Flask, tmp_path: Path
) -> None:
    former = tmp_path / "lexicon"
    former.mkdir()
    for file in LEXICON.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        changed = text.replace('"avregistrera mig", ', "") if file.stem == "sv" else text
        (former / file.name).write_text(changed, encoding="utf-8")
    messages = tmp_path / "messages.jsonl"
    messages.write_text('{"text": "STOP"}\n\n{"text": "avregistrera mig"}\n', encoding="utf-8")

    result = app.test_cli_runner().invoke(
        args=["lexicon", "replay", str(messages), "--before", str(former)]
    )

    assert result.exit_code == 0, result.output
    assert "of 2 messages would be read differently" in result.output
    assert "avregistrera" not in result.output


@pytest.mark.parametrize("line", ["{", "[]", '{"words": "STOP"}'])
def test_a_line_that_is_no_message_is_named(app: Flask, tmp_path: Path, line: str) -> None:
    messages = tmp_path / "messages.jsonl"
    messages.write_text(f'{{"text": "STOP"}}\n{line}\n', encoding="utf-8")

    result = app.test_cli_runner().invoke(args=["lexicon", "replay", str(messages)])

    assert result.exit_code == 2
    assert "line 2" in result.output
