"""The quick ways to fold and to cut give what the general ones give."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from app.recognition.normalize import WORD, fold_text, split_words, strip_accents
from tests.evaluate import CORPUS, read_rows

GENERAL = re.compile(rf"{WORD}|\d+")


@given(st.text(max_size=60))
def test_any_text_is_cut_as_the_general_pattern_cuts_it(text: str) -> None:
    folded = fold_text(text)

    assert split_words(folded) == GENERAL.findall(folded)
    assert split_words(strip_accents(folded)) == GENERAL.findall(strip_accents(folded))


def test_every_message_of_the_corpus_is_cut_as_the_general_pattern_cuts_it() -> None:
    for row in read_rows([CORPUS]):
        folded = fold_text(row["text"])

        assert split_words(folded) == GENERAL.findall(folded)


def test_invisible_and_variant_characters_are_folded_wherever_they_stand() -> None:
    chance = random.Random(3)
    for sign in ("\u200b", "\u00ad", "\ufe0f", "\U000e0061", "\u0640"):
        word = chance.choice(["stop", "توقف", "στοπ"])
        place = chance.randrange(1, len(word))

        assert fold_text(word[:place] + sign + word[place:]) == fold_text(word)
    assert fold_text("١٢ ५") == "12 5"
