"""Read a message: what, if anything, does the person ask about being messaged? Pure.

The ladder, from certain to nothing: the exact keyword; then, only for messages that hold a word
which some language needs, the keyword among fillers and the phrases; then typing errors of keywords
in short messages. See docs/recognition.md.
"""

from collections.abc import Sequence
from datetime import date

from app.domain.commands import Command
from app.recognition.clauses import split_sentences
from app.recognition.exact import read_exact, read_sign, unsure
from app.recognition.lexicon import Lexicon
from app.recognition.misspelt import read_misspelt
from app.recognition.phrases import read_phrases
from app.recognition.prospects import find_prospects
from app.recognition.reading import (
    CORRECTED_WORDS,
    Message,
    loosen,
    prepare,
    read_keyword,
)
from app.recognition.result import NONE, Certainty, Recognition
from app.recognition.signature import unsign
from app.recognition.text import Text, read_text


def recognize(
    text: str,
    lexicon: Lexicon,
    *,
    country: str | None = None,
    language: str | None = None,
    today: date | None = None,
) -> Recognition:
    """Return the reading of a text message.

    `country` (ISO code of the phone number) and `language` (of earlier messages, or of the
    business number) are hints that settle words which two languages share. `today` turns dates
    into days; without it a pause until a date has no length.
    """
    hints = hint_languages(lexicon, country=country, language=language)
    message = read_text(text, lexicon, hints, today)
    if not message.words:
        return read_sign(text, lexicon)
    exact = read_exact(message)
    if exact is not None:
        return exact
    unsigned = unsign(message)
    if unsigned is not None:
        found = _read_again(unsigned)
        if found.command in (Command.STOP, Command.PAUSE):
            return found
    found = read_in_languages(message, find_prospects(message))
    if found is not NONE and found.rule != "ask":
        return found
    repaired = read_misspelt(unsigned or message, _read_again)
    if found is NONE or repaired.command in (Command.STOP, Command.PAUSE):
        return repaired
    return found


def hint_languages(
    lexicon: Lexicon, *, country: str | None, language: str | None
) -> tuple[str, ...]:
    """Return the languages that the hints make likely, the strongest first."""
    spoken = lexicon.countries.get(country.upper(), ()) if country else ()
    if language:
        return (language.replace("_", "-").split("-")[0].lower(), *spoken)
    return spoken


def _read_again(message: Text) -> Recognition:
    """Climb the ladder once more with a repaired message."""
    exact = read_exact(message)
    if exact is not None:
        return exact
    return read_in_languages(message, find_prospects(message))


def read_in_languages(message: Text, codes: Sequence[str]) -> Recognition:
    """Read a message in each language and choose the best reading."""
    if not codes:
        return NONE
    sentences = split_sentences(message.folded)
    prepared = [
        prepare(sentences, message.lexicon.languages[code], message.lexicon, message.today)
        for code in codes
    ]
    found = _read_strictly(prepared, message.hints)
    if found is not NONE or len(message.words) > CORRECTED_WORDS:
        return found
    if any(_is_silenced(m) for m in prepared):
        return NONE
    loose = [loosened for strict in prepared if (loosened := loosen(strict)) is not None]
    return _choose([(read_phrases(m), m.known, m.language.code) for m in loose], message.hints)


def _read_strictly(prepared: Sequence[Message], hints: Sequence[str]) -> Recognition:
    """Read keywords and phrases as they are written.

    A language that is sure that the message is about something else ("não pare", which is no
    Spanish) silences languages that know fewer of its words.
    """
    silenced = max((m.known for m in prepared if _is_silenced(m)), default=-1)
    readings: list[tuple[Recognition, int, str]] = []
    for message in prepared:
        if message.known < silenced and not _is_silenced(message):
            continue
        found = read_keyword(message)
        if found is NONE:
            found = read_phrases(message)
        if found is not NONE and not _is_denied(found, message, hints):
            readings.append((found, message.known, message.language.code))
    return _choose(readings, hints)


def _is_denied(found: Recognition, message: Message, hints: Sequence[str]) -> bool:
    """Tell whether "no START" is no START: where nobody speaks Nynorsk its "no" is no "now"."""
    return (
        found.command is Command.START
        and "no" in message.words
        and message.language.code not in hints
    )


def _is_silenced(message: Message) -> bool:
    return any("never" in clause.groups for clause in message.clauses)


def _choose(readings: list[tuple[Recognition, int, str]], hints: Sequence[str]) -> Recognition:
    """Prefer hinted languages, then the language that knows most words, then sure readings."""
    if not readings:
        return NONE
    hinted = [reading for reading in readings if reading[2] in hints]
    if len(hinted) == 1:
        return hinted[0][0]
    pool = hinted or readings
    best = max(known for _, known, _ in pool)
    top = [found for found, known, _ in pool if known == best]
    if len({found.command for found in top}) > 1:
        return unsure("collision", None)
    sure = [found for found in top if found.certainty is Certainty.CERTAIN]
    return (sure or top)[0]
