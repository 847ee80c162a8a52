import pytest

from app.domain.commands import Command
from app.recognition import BusinessWords, Lexicon, load_lexicon, recognize_button
from tests.unit.recognition.conftest import LEXICON


@pytest.mark.parametrize(
    ("button_id", "command", "topic", "days"),
    [
        ("heed:stop", "STOP", None, None),
        ("heed:stop:offers", "STOP", "offers", None),
        ("heed:stop:marketing", "STOP", "marketing", None),
        ("heed:start", "START", None, None),
        ("heed:start:news", "START", "news", None),
        ("heed:pause:7", "PAUSE", None, 7),
        ("heed:pause:9999", "PAUSE", None, 365),
        ("heed:resume", "RESUME", None, None),
        ("heed:help", "HELP", None, None),
        ("heed:preferences", "PREFERENCES", None, None),
        ("heed:stop:unheard-of", "NONE", None, None),
        ("heed:stop:", "NONE", None, None),
        ("heed:pause:0", "NONE", None, None),
        ("heed:pause:seven", "NONE", None, None),
        ("heed:help:me", "NONE", None, None),
        ("heed:stop:offers:all", "NONE", None, None),
        ("heed:", "NONE", None, None),
        ("heed:none", "NONE", None, None),
        ("HEED:STOP", "NONE", None, None),
        ("OPTOUT_ALL", "STOP", None, None),
        ("OPTOUT_ALL|campaign=spring26", "STOP", None, None),
        ("pref:pause:7d", "NONE", None, None),
        ("pref:freq:weekly", "NONE", None, None),
    ],
)
def test_a_button_id_means_what_the_table_says(
    lexicon: Lexicon, button_id: str, command: str, topic: str | None, days: int | None
) -> None:
    found = recognize_button(button_id, "Pause 7 days", lexicon)

    assert (found.command, found.topic, found.days) == (Command[command], topic, days)


@pytest.mark.parametrize(
    "label",
    ["Stop promotions", "Parar promoções", "Detener promociones", "Остановить рекламу"],
)
@pytest.mark.parametrize("with_payload", [True, False])
def test_whatsapps_own_button_turns_marketing_off_and_nothing_else(
    lexicon: Lexicon, label: str, with_payload: bool
) -> None:
    found = recognize_button(label if with_payload else None, label, lexicon)

    assert (found.command, found.topic) == (Command.STOP, "marketing")


def test_a_label_counts_only_without_a_payload_of_its_own(lexicon: Lexicon) -> None:
    assert recognize_button(None, "Unsubscribe", lexicon).command is Command.STOP
    assert recognize_button("Unsubscribe", "Unsubscribe", lexicon).command is Command.STOP
    assert recognize_button("wizard:7", "Unsubscribe", lexicon).command is Command.NONE


def test_a_tap_on_an_unknown_button_is_never_unsure(lexicon: Lexicon) -> None:
    assert recognize_button(None, "acha", lexicon).command is Command.NONE
    assert recognize_button(None, None, lexicon).command is Command.NONE


def test_a_business_adds_its_own_payloads() -> None:
    words = BusinessWords(payloads={"BYE": "STOP", "BYE_OFFERS": "STOP:offers"})
    lexicon = load_lexicon(LEXICON, business=words)

    assert recognize_button("BYE|x", None, lexicon).command is Command.STOP
    assert recognize_button("BYE_OFFERS", None, lexicon).topic == "offers"
