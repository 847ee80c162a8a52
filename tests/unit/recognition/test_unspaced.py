"""Scripts without spaces: pieces, mixed scripts, and days that are lengths or dates."""

from datetime import date

import pytest

from app.domain.commands import Command
from app.recognition import Lexicon, recognize
from app.recognition.language import build_language
from app.recognition.source import read_source
from app.recognition.times import find_times

TODAY = date(2026, 11, 18)
CONTENT = {
    "language": "xx",
    "name": "xx",
    "english_name": "xx",
    "review": "test",
    "spaces": False,
    "phrases": {"stop": ["... 送らないで"]},
    "time": {
        "until": ["まで"],
        "day_or_mark": ["日"],
        "year": ["年"],
        "day": ["日間"],
        "month_mark": ["月"],
    },
}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("3日", 3, id="a length"),
        pytest.param("3日間", 3, id="a length that says so"),
        pytest.param("20日まで", 2, id="a day of this month"),
        pytest.param("3日まで", 15, id="a day of the next month"),
        pytest.param("12月3日まで", 15, id="a day of a month"),
        pytest.param("2027年1月3日まで", 46, id="a day of a year"),
        pytest.param("2028年まで", 409, id="a year"),
    ],
)
def test_a_day_counts_unless_it_ends_the_time(text: str, days: int) -> None:
    language = build_language(read_source("xx", CONTENT), topics={}, phrases={})

    _, spans = find_times(language.words.split(text), language.times, TODAY)

    assert [span.days for span in spans] == [days]


def test_a_latin_word_may_stand_inside_unspaced_text(lexicon: Lexicon) -> None:
    assert recognize("唔好再send訊息俾我", lexicon).command is Command.STOP


def test_a_piece_starts_the_longer_look_only_with_its_companion(lexicon: Lexicon) -> None:
    for entries in lexicon.unspaced.values():
        for piece, code, companions in entries:
            if code == "zh" and piece == "发":
                assert companions is not None


def test_a_keyword_that_is_part_of_another_word_says_nothing(lexicon: Lexicon) -> None:
    for text in ("停车场", "不停地咳嗽", "退订单", "发票", "取消订单"):
        assert recognize(text, lexicon).command is Command.NONE, text


def test_opposites_are_never_each_others_typing_error(lexicon: Lexicon) -> None:
    assert recognize("取消订阅", lexicon).command is Command.STOP
    assert recognize("订阅", lexicon).command is Command.START
    assert recognize("消订阅", lexicon).command is not Command.START


def test_a_space_within_unspaced_text_changes_nothing(lexicon: Lexicon) -> None:
    for text in ("메시지 보내지 마세요", "메시지보내지마세요", "메시지 보내 지마세요"):
        assert recognize(text, lexicon).command is Command.STOP, text
