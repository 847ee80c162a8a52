"""The second look may spare a reading only where the reading finds nothing."""

import random
from datetime import date

import pytest

from app.recognition import NONE, Lexicon
from app.recognition.candidates import find_languages
from app.recognition.prospects import find_prospects, may_say
from app.recognition.recognizer import read_in_languages
from app.recognition.text import Text, read_text
from tests.evaluate import CORPUS, read_rows

TODAY = date(2026, 11, 18)
ROWS = list(read_rows([CORPUS]))
JOINTS = (" ", ". ", ", ", "\n", "? ", ' "', ". https://heed.test/stop ")


def read(text: str, lexicon: Lexicon) -> Text:
    return read_text(text, lexicon, (), TODAY)


def assert_nothing_is_missed(text: str, code: str, lexicon: Lexicon) -> None:
    message = read(text, lexicon)
    if not may_say(message, code):
        assert read_in_languages(message, [code]) is NONE, (code, text)


def spoil(text: str, chance: random.Random) -> str:
    """Leave out, double or swap a letter."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(["", text[place] * 2, text[place : place + 2][::-1]]) + text[place + 1 :]  # fmt: skip


def test_nothing_is_missed_in_the_language_of_a_message(lexicon: Lexicon) -> None:
    for row in ROWS:
        if row["language"] in lexicon.languages:
            assert_nothing_is_missed(row["text"], row["language"], lexicon)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_missed_in_messages_that_are_joined_or_misspelt(
    lexicon: Lexicon, seed: int
) -> None:
    chance = random.Random(seed)
    said = [row for row in ROWS if row["command"] != "NONE"]

    for row in chance.sample(said, 1000):
        other = chance.choice(ROWS)
        code = row["language"] if row["language"] in lexicon.languages else "en"
        parts = [spoil(row["text"], chance), other["text"]]
        chance.shuffle(parts)
        assert_nothing_is_missed(spoil(row["text"], chance), code, lexicon)
        assert_nothing_is_missed(chance.choice(JOINTS).join(parts), code, lexicon)


def test_nothing_is_missed_in_words_of_one_language_in_any_order(lexicon: Lexicon) -> None:
    chance = random.Random(5)
    for code, language in lexicon.languages.items():
        words = sorted(language.words.vocabulary | language.times.roles.keys() | {"12", "15.03."})
        for _ in range(60):
            chosen = chance.sample(words, min(len(words), chance.randrange(1, 9)))
            assert_nothing_is_missed(chance.choice(JOINTS).join(chosen), code, lexicon)


def test_messages_with_some_of_the_words_of_a_command_are_spared(lexicon: Lexicon) -> None:
    for text in (
        "i want to get an item refunded",
        "i want to track a package i should be getting",
        "quero saber o preço de uma mensagem de voz",
    ):
        message = read(text, lexicon)

        assert find_languages(message) != []
        assert find_prospects(message) == []
