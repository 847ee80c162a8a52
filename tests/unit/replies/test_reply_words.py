"""A reply teaches only words that we understand, and that keep the conversation's language."""

from pathlib import Path

import pytest

from app.recognition import Lexicon, load_lexicon, recognize
from config.replies_loader import load_replies

LEXICON_FOLDER = Path("config/lexicon")
CASES = [
    pytest.param(name, command, word, id=f"{name}-{command}")
    for name, language in load_replies().languages.items()
    for command, word in language.words.items()
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon(LEXICON_FOLDER)


@pytest.mark.parametrize(("name", "command", "word"), CASES)
def test_a_word_that_a_reply_teaches_is_a_keyword(
    lexicon: Lexicon, name: str, command: str, word: str
) -> None:
    base = name.partition("-")[0]
    if not (LEXICON_FOLDER / f"{base}.toml").exists():
        pytest.skip(f"no lexicon in {base} yet")

    found = recognize(word, lexicon, language=base)

    assert (found.command, found.topic) == (command, None)
    assert found.rule == "keyword"
    # Else the next reply would come in another language.
    assert found.universal or found.language == base
