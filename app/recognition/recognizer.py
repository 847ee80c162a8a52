"""Read a message: what, if anything, does the person ask about being messaged? Pure."""

from datetime import date

from app.domain.commands import Command
from app.recognition.lexicon import Lexicon, Meaning
from app.recognition.normalize import fold_text, keyword_key, split_words
from app.recognition.result import NONE, Certainty, Recognition


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
    key = keyword_key(text)
    hints = hint_languages(lexicon, country=country, language=language)
    meanings = lexicon.keywords.get(key)
    if meanings is not None:
        return resolve(meanings, hints, rule="keyword")
    words = split_words(fold_text(text))
    if len(words) > 1 and words[-1].isdigit():
        meanings = lexicon.keywords.get(keyword_key(" ".join(words[:-1])), ())
        found = resolve(meanings, hints, rule="keyword")
        if found.command is Command.PAUSE:
            days = min(int(words[-1][:6]), lexicon.max_pause_days) or None
            return Recognition(Command.PAUSE, None, days, "keyword", found.language)
    return NONE


def hint_languages(
    lexicon: Lexicon, *, country: str | None, language: str | None
) -> tuple[str, ...]:
    """Return the languages that the hints make likely, the strongest first."""
    spoken = lexicon.countries.get(country.upper(), ()) if country else ()
    if language:
        return (language.replace("_", "-").split("-")[0].lower(), *spoken)
    return spoken


def resolve(meanings: tuple[Meaning, ...], hints: tuple[str, ...], *, rule: str) -> Recognition:
    """Choose among the meanings of one word; a collision that no hint settles is UNSURE."""
    if not meanings:
        return NONE
    for meaning in meanings:
        if meaning.universal:
            return _answer(meaning, rule, universal=True)
    for hint in hints:
        for meaning in meanings:
            if meaning.language == hint:
                return _answer(meaning, rule)
    if len({meaning.command for meaning in meanings}) > 1:
        return Recognition(Command.UNSURE, rule="collision", certainty=Certainty.UNSURE)
    return _answer(meanings[0], rule, universal=len(meanings) > 2)  # noqa: PLR2004


def _answer(meaning: Meaning, rule: str, *, universal: bool = False) -> Recognition:
    if meaning.command is Command.NONE:
        return NONE
    return Recognition(meaning.command, None, None, rule, meaning.language, universal=universal)
