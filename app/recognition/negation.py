"""Tell whether words say no to what stands beside them. Pure."""

from collections.abc import Iterable

from app.recognition.lexicon import Lexicon
from app.recognition.normalize import fold_text, split_words
from app.recognition.recognizer import hint_languages

# English people write it too, and its negations leave it out: "no more messages" is a phrase.
_BARE_NO = frozenset({"no", "nope"})


def negates(
    text: str,
    lexicon: Lexicon,
    *,
    country: str | None = None,
    language: str | None = None,
    also: Iterable[str] = (),
) -> bool:
    """Tell whether a word denies something, in English or a language that is likely here.

    `country` and `language` are the hints of `recognize`; `also` are further languages.
    """
    if not _BARE_NO.isdisjoint(split_words(fold_text(text))):
        return True
    hints = hint_languages(lexicon, country=country, language=language)
    others = (one.partition("-")[0].lower() for one in also)
    for code in dict.fromkeys((*hints, "en", *others)):
        known = lexicon.languages.get(code)
        if known is None:
            continue
        negations = {
            key
            for word in known.source.words.get("negation", ())
            for key in known.words.forms(word)
        }
        if not negations.isdisjoint(known.words.split(text)):
            return True
    return False
