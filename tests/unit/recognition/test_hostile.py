"""Weird, long and hostile texts: nothing raises, and the work stays bounded."""

import random
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.commands import Command
from app.recognition import NONE, Lexicon, load_lexicon, recognize, recognize_button
from tests.unit.recognition.conftest import LEXICON
from tests.work import count_lines

WHOLE = load_lexicon(LEXICON)

MOST_LINES = 800_000
"""Lines of Python for any text; a current machine runs about fifty in a microsecond."""

LINES_PER_CHARACTER, SPARE_LINES = 250, 20_000

UNITS = (
    "a", "stop ", "s t o p ", "\ufdfa", '"', "1", "1.1.", "don't stop sending me ", "stooop ", "?!",
    "停", "停止发送", "停 ", "\u0301", "a\u0301", "until monday ", "😀", "ก", "no me ", "me no stop, ",
    "https://", "( ", "مم", "בבב ", "보내지", "やめてください", "अब मत ", "\u200d", "stop sms, ",
    "stop. ", "stop\n", "2 weeks, stop sms, ", "a.b.", "> \n", '" "',
)  # fmt: skip


@given(
    st.text(max_size=200),
    st.one_of(st.none(), st.text(max_size=5)),
    st.one_of(st.none(), st.text(max_size=5)),
)
@settings(max_examples=300, deadline=None)
def test_no_text_and_no_hint_raises(text: str, country: str | None, language: str | None) -> None:
    recognize(text, WHOLE, country=country, language=language)
    recognize_button(text, text, WHOLE, country=country, language=language)


@given(st.lists(st.sampled_from(sorted(WHOLE.plain)), max_size=12), st.sampled_from(" ,.?!\n-"))
@settings(max_examples=300, deadline=None)
def test_keywords_in_any_order_raise_nothing(words: list[str], joint: str) -> None:
    recognize(joint.join(words), WHOLE)


@pytest.mark.parametrize("unit", UNITS)
def test_64_kilobytes_are_bounded_work(lexicon: Lexicon, unit: str) -> None:
    texts = [(unit * size)[:size] for size in (32 * 1024, 64 * 1024)]
    half, whole = (count_lines(partial(recognize, text, lexicon)) for text in texts)

    assert whole <= MOST_LINES
    assert whole <= 2 * half + SPARE_LINES


@pytest.mark.parametrize("unit", UNITS)
def test_the_work_grows_with_the_length_and_not_with_its_square(
    lexicon: Lexicon, unit: str
) -> None:
    for size in (256, 1024, 4096):
        lines = count_lines(partial(recognize, (unit * size)[:size], lexicon))

        assert lines <= LINES_PER_CHARACTER * size + SPARE_LINES


@pytest.mark.parametrize("joint", [" ", "", ", ", "\n"])
def test_heaps_of_words_of_all_languages_are_bounded_work(lexicon: Lexicon, joint: str) -> None:
    chance = random.Random(7)
    words = [*lexicon.triggers, *lexicon.plain, *"?.,!\"'«»()-:;", "\n", "2", "15.", "until"]
    pieces = [p for one in lexicon.languages.values() for p in one.words.pieces]
    short = [word for word in (*words, *pieces) if len(word) < 5]

    for heap in (words, pieces, short):
        text = joint.join(chance.choice(heap) for _ in range(64 * 1024))[: 64 * 1024]
        half, whole = (
            count_lines(partial(recognize, part, lexicon)) for part in (text[: 32 * 1024], text)
        )
        assert whole <= MOST_LINES
        assert whole <= 2 * half + SPARE_LINES


@pytest.mark.parametrize(
    ("opt_out", "filling"),
    [
        ("Please stop sending me messages.", "I like your shop very much and I come often. "),
        ("No quiero recibir más mensajes.", "Me gusta mucho su tienda y voy todos los días. "),
        ("请不要再给我发消息了。", "你们的店很好我每天都去。"),
    ],
)
def test_an_opt_out_at_either_end_of_a_very_long_message_counts(
    lexicon: Lexicon, opt_out: str, filling: str
) -> None:
    long = (filling * 6000)[: 64 * 1024 - len(filling)]

    for text in (f"{opt_out} {long}", f"{long}\n{opt_out}"):
        assert recognize(text, lexicon).command is Command.STOP
    assert recognize(long, lexicon) is NONE
