"""Read a tap on a button or a list row. Ids first; visible text only when there is no id."""

import re

from app.domain.commands import Command
from app.recognition.lexicon import MARKETING, Lexicon
from app.recognition.normalize import keyword_key
from app.recognition.recognizer import recognize
from app.recognition.result import NONE, Certainty, Recognition

_OURS = re.compile(r"heed:(stop|start|pause|resume|help|preferences)(?::([^:]{1,100}))?")
_DAYS = re.compile(r"[0-9]{1,4}")


def recognize_button(
    button_id: str | None,
    label: str | None,
    lexicon: Lexicon,
    *,
    country: str | None = None,
    language: str | None = None,
) -> Recognition:
    """Return the reading of a tap. A button that is not known is NONE, never UNSURE.

    Our own ids come first, then the table of payloads (whole, or up to a `|`), then the label,
    which decides only when there is no payload or when the payload merely repeats the label, as
    WhatsApp does for template quick replies that were given none.
    """
    if button_id and button_id.startswith("heed:"):
        return _read_own_id(button_id, lexicon)
    if button_id:
        for payload in (button_id, button_id.partition("|")[0]):
            known = lexicon.payloads.get(payload.strip().casefold())
            if known is not None:
                return Recognition(known[0], known[1], rule="payload", universal=True)
    if not label or (button_id and keyword_key(button_id) != keyword_key(label)):
        return NONE
    known = lexicon.labels.get(keyword_key(label))
    if known is not None:
        return Recognition(known[0], known[1], rule="label", universal=True)
    found = recognize(label, lexicon, country=country, language=language)
    if found.certainty is not Certainty.CERTAIN or found.command is Command.NONE:
        return NONE
    return found


def _read_own_id(button_id: str, lexicon: Lexicon) -> Recognition:
    parts = _OURS.fullmatch(button_id)
    if parts is None:
        return NONE
    command, value = Command[parts[1].upper()], parts[2]
    if command is Command.PAUSE:
        return _read_pause(command, value, lexicon)
    if value is None:
        return Recognition(command, rule="button_id", universal=True)
    if command not in (Command.STOP, Command.START):
        return NONE
    if value != MARKETING and value not in lexicon.topics:
        return NONE
    return Recognition(command, value, rule="button_id", universal=True)


def _read_pause(command: Command, value: str | None, lexicon: Lexicon) -> Recognition:
    if value is None:
        return Recognition(command, rule="button_id", universal=True)
    if not _DAYS.fullmatch(value) or int(value) == 0:
        return NONE
    days = min(int(value), lexicon.max_pause_days)
    return Recognition(command, None, days, "button_id", universal=True)
