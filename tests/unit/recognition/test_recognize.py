"""Rules of the ladder, one by one."""

from datetime import date

import pytest

from app.domain.commands import Command
from app.recognition import BusinessWords, Certainty, Lexicon, load_lexicon, recognize
from app.recognition.lexicon import LEGAL_WORDS
from tests.unit.recognition.conftest import LEXICON

TODAY = date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize("word", LEGAL_WORDS)
@pytest.mark.parametrize("form", ["{}", "{} ", "{}!!", "*{}*", "“{}”", "_{}_", "{}\u200b 🙏"])
@pytest.mark.parametrize("hint", [None, "de", "hi", "tr"])
def test_a_legal_word_always_stops(
    lexicon: Lexicon, word: str, form: str, hint: str | None
) -> None:
    for text in (form.format(word), form.format(word.upper())):
        assert recognize(text, lexicon, language=hint).command is Command.STOP


def test_legal_words_hold_even_when_every_file_leaves_them_out(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("lexicon")
    (directory / "xx.toml").write_text(
        'language = "xx"\nname = "X"\nenglish_name = "X"\nreview = "none"\n'
        '[keywords]\nstart = ["stop", "cancel", "opt out"]\n'
    )
    lexicon = load_lexicon(directory)

    for word in LEGAL_WORDS:
        assert recognize(word, lexicon, language="xx").command is Command.STOP


@pytest.mark.parametrize(
    ("text", "country", "language", "command"),
    [
        ("acha", None, None, "UNSURE"),
        ("acha", "KE", None, "STOP"),
        ("acha", "IN", None, "NONE"),
        ("acha", "US", "sw", "STOP"),
        ("pare", None, None, "UNSURE"),
        ("pare", "BR", None, "STOP"),
        ("pare", "PH", None, "NONE"),
        ("pare", None, "fil", "NONE"),
    ],
)
def test_a_word_that_two_languages_share_acts_only_with_a_hint(
    lexicon: Lexicon, text: str, country: str | None, language: str | None, command: str
) -> None:
    found = recognize(text, lexicon, country=country, language=language)

    assert found.command is Command[command]


def test_fillers_settle_a_collision_too(lexicon: Lexicon) -> None:
    assert recognize("acha tafadhali", lexicon).language == "sw"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("leiratkozás", "STOP"),
        ("feliratkozás", "START"),
        ("取消订阅", "STOP"),
        ("订阅", "START"),
        ("alta", "START"),
        ("baja", "STOP"),
        ("abmelden", "STOP"),
        ("anmelden", "START"),
    ],
)
def test_opposites_are_never_each_others_typing_error(
    lexicon: Lexicon, text: str, command: str
) -> None:
    assert recognize(text, lexicon).command is Command[command]


@pytest.mark.parametrize(
    "text",
    ["stop?", "unsubscribe?", "stop until further notice", "STOP 12345", "how do I unsubscribe?"],
)
def test_what_may_be_an_opt_out_is_asked_about(lexicon: Lexicon, text: str) -> None:
    found = recognize(text, lexicon)

    assert (found.command, found.certainty) == (Command.UNSURE, Certainty.UNSURE)


@pytest.mark.parametrize(
    "text",
    [
        "don't stop",
        "please don't stop sending these",
        "non-stop",
        "where is the bus stop",
        "can I stop by?",
        "cancel my order",
        "stop the subscription box",
        'she wrote "stop sending me messages" to him',
        "12 Stop Street, London",
        "why was I unsubscribed?",
    ],
)
def test_negations_questions_objects_and_quotations_are_nothing(
    lexicon: Lexicon, text: str
) -> None:
    assert recognize(text, lexicon).command is Command.NONE


def test_an_opt_out_in_one_sentence_of_several_counts(lexicon: Lexicon) -> None:
    text = "Thanks for the parcel. Please stop messaging me now."

    assert recognize(text, lexicon).command is Command.STOP


def test_opposite_commands_in_one_message_are_asked_about(lexicon: Lexicon) -> None:
    text = "Please stop messaging me. Start sending me messages again."

    assert recognize(text, lexicon).command is Command.UNSURE


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("pause", None),
        ("PAUSE 7", 7),
        ("pause 400 days", 365),
        ("pause 0", None),
        ("Snooze 2w", 14),
        ("stop for 2-3 weeks", 21),
        ("stop messaging me until Monday", 5),
        ("no messages until 15 January", 58),
        ("no messages until 15.01.2027", 58),
        ("no messages until 2027-01-15", 58),
        ("no messages this weekend", 5),
        ("pause until the 1st", 13),
        ("pausa até amanhã", 1),
        ("إيقاف مؤقت ٧ أيام", 7),
        ("पंद्रह दिन के लिए बंद करो", 15),
    ],
)
def test_pauses_have_the_length_that_was_said(
    lexicon: Lexicon, text: str, days: int | None
) -> None:
    found = recognize(text, lexicon, today=TODAY)

    assert (found.command, found.days) == (Command.PAUSE, days)


def test_a_date_without_today_is_a_pause_of_unknown_length(lexicon: Lexicon) -> None:
    found = recognize("pause until Monday", lexicon)

    assert (found.command, found.days) == (Command.PAUSE, None)


@pytest.mark.parametrize(
    "text", ["stop messaging me every day", "you have messaged me for weeks. stop messaging me"]
)
def test_how_often_and_since_when_make_no_pause(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon, today=TODAY).command is Command.STOP


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("stop offers", "offers"),
        ("no more promos", "offers"),
        ("stop the newsletter please", "news"),
        ("stop offers and news", "marketing"),
        ("only order updates please", "marketing"),
        ("STOP ORDERS", "orders"),
        ("no más ofertas", "offers"),
        ("stop", None),
    ],
)
def test_topics_are_heard(lexicon: Lexicon, text: str, topic: str | None) -> None:
    found = recognize(text, lexicon)

    assert (found.command, found.topic) == (Command.STOP, topic)


def test_a_topic_that_the_business_lacks_is_marketing() -> None:
    lexicon = load_lexicon(LEXICON, business=BusinessWords(topics={"cats": {"en": ["kittens"]}}))

    assert recognize("no more promos", lexicon).topic == "marketing"
    assert recognize("no more kittens", lexicon).topic == "cats"
    assert recognize("stop cats", lexicon).topic == "cats"


def test_a_business_lays_its_words_and_phrases_over_the_built_in_ones() -> None:
    words = BusinessWords(
        keywords={"en": {"stop": ["arrivederci"], "start": ["stop", "welcome aboard"]}},
        phrases={"en": {"stop": ["... kick me out of {list}"]}},
    )
    lexicon = load_lexicon(LEXICON, business=words)

    assert recognize("Arrivederci!", lexicon).command is Command.STOP
    assert recognize("welcome aboard", lexicon).command is Command.START
    assert recognize("kick me out of your list please", lexicon).command is Command.STOP
    assert recognize("stop", lexicon).command is Command.STOP


def test_a_bare_stop_says_nothing_about_the_language(lexicon: Lexicon) -> None:
    assert recognize("STOP", lexicon).universal
    assert recognize("stop bitte", lexicon).language == "de"
    assert not recognize("stop bitte", lexicon).universal


@pytest.mark.parametrize("text", ["", " ", "\u200b", "🙏", "???", "\ud800", "\x00", "﷽" * 50])
def test_what_says_nothing_is_nothing(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon).command is Command.NONE


def test_a_stop_sign_stops(lexicon: Lexicon) -> None:
    assert recognize("🛑🛑 🛑", lexicon).command is Command.STOP
    assert recognize("🚫", lexicon).command is Command.UNSURE
    assert recognize("🛑 the bus", lexicon).command is Command.NONE


@pytest.mark.parametrize(
    "text",
    [
        "STOP - thanks, Dave",
        "stop\n\nthanks\nPriya",
        "Abmelden. MfG K. Schulz",
        "BAJA. Gracias, Lucía",
    ],
)
def test_a_name_under_a_message_changes_nothing(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon).command is Command.STOP


@pytest.mark.parametrize(
    "text", ["stop, wrong person", "baja por favor, ya compré", "стоп, уже купил"]
)
def test_a_keyword_beside_a_reason_counts(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon).command is Command.STOP


def test_a_keyword_beside_another_matter_does_not_count(lexicon: Lexicon) -> None:
    assert recognize("stop, I meant the blue one", lexicon).command is not Command.STOP


def test_an_absence_makes_a_pause_of_the_refusal_behind_it(lexicon: Lexicon) -> None:
    found = recognize("I am away till Sunday, don't message me", lexicon, today=TODAY)

    assert (found.command, found.days) == (Command.PAUSE, 4)


@pytest.mark.parametrize(
    "text", ["not interested", "kein Interesse", "no me interesa", "sem interesse"]
)
def test_no_interest_as_the_whole_message_is_asked_about(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon).command is Command.UNSURE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("st0p", None),
        ("abme1den", None),
        ("lasst mich in rihe", None),
        ("lass mixh in ruhe bitte", None),
        ("수신거브", "ko"),
        ("đừng nhắn tni", "vi"),
        ("หยุดส่งข้อความ", None),
    ],
)
def test_a_slip_in_a_keyword_is_put_right(
    lexicon: Lexicon, text: str, language: str | None
) -> None:
    assert recognize(text, lexicon, language=language).command is Command.STOP


@pytest.mark.parametrize("text", ["อย่าสั่ง", "중자", "h2o", "size 34", "flight 4s", "공지"])
def test_a_word_of_its_own_is_no_slip(lexicon: Lexicon, text: str) -> None:
    assert recognize(text, lexicon).command is Command.NONE
