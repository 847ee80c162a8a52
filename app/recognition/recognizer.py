"""Read a message: what, if anything, does the person ask about being messaged? Pure.

The rungs, from certain to nothing: the exact keyword; then, only for messages that hold a word
which some language's phrases need, the keyword among fillers and the phrases; then typing errors
of keywords in short messages. See docs/recognition.md.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from app.domain.commands import Command
from app.recognition.clauses import split_sentences
from app.recognition.lexicon import STEM, Lexicon, Meaning
from app.recognition.normalize import fold_text, split_words, strip_accents
from app.recognition.phrases import read_phrases
from app.recognition.reading import Message, prepare, read_keyword
from app.recognition.result import NONE, Certainty, Recognition

MAX_LANGUAGES = 8
"""Most languages in which one message is read."""

MAX_WORDS = 700
"""Most words of a message that are read; WhatsApp's 4096 characters rarely hold more."""

SHORT_KEYWORD = 4
"""Keywords up to this length are too near to other words: only those used worldwide, or of a
hinted language, are looked for behind a typing error. Of STOP and its like, that is; permissions
are never guessed without a hint."""

_PERMISSIVE = frozenset({Command.START, Command.RESUME})

LOOKALIKES = str.maketrans("асеорхуѕіјтмкпвнԛԝαοεικνρτυχ", "aceopxysijtmknbhqwaoeikvptux")
"""Cyrillic and Greek letters that look like Latin ones, as in "ЅТОР"."""

_LONG_RUN = re.compile(r"([^\W\d_])\1\1+")
_CLOSELY_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
)


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
    folded = fold_text(text)
    plain = strip_accents(folded)
    words = split_words(plain)
    if not words:
        return _read_emoji(text, lexicon)
    hints = hint_languages(lexicon, country=country, language=language)
    if len(words) <= 8:  # noqa: PLR2004
        plain_key = " ".join(words)
        key = plain_key if plain is folded else " ".join(split_words(folded))
        meanings = lexicon.meanings(key, plain_key)
        if meanings:
            return _read_exact(meanings, hints, folded, lexicon)
    codes = find_languages(folded, words, lexicon, hints)
    found = read_in_languages(folded, codes, lexicon, hints, today) if codes else NONE
    if found is NONE and len(words) <= 20 and len(folded) <= 80:  # noqa: PLR2004
        return read_misspelt(folded, plain, words, lexicon, hints, today)
    return found


def hint_languages(
    lexicon: Lexicon, *, country: str | None, language: str | None
) -> tuple[str, ...]:
    """Return the languages that the hints make likely, the strongest first."""
    spoken = lexicon.countries.get(country.upper(), ()) if country else ()
    if language:
        return (language.replace("_", "-").split("-")[0].lower(), *spoken)
    return spoken


def resolve(meanings: Sequence[Meaning], hints: Sequence[str], *, rule: str) -> Recognition:
    """Choose among the meanings of one word; a collision that no hint settles is UNSURE."""
    for meaning in meanings:
        if meaning.universal:
            return Recognition(meaning.command, None, None, rule, meaning.language, universal=True)
    for hint in hints:
        for meaning in meanings:
            if meaning.language == hint:
                return _answer(meaning, rule)
    commands = {meaning.command for meaning in meanings}
    if len(commands) > 1:
        return Recognition(Command.UNSURE, rule="collision", certainty=Certainty.UNSURE)
    return _answer(meanings[0], rule, universal=len(meanings) > 3)  # noqa: PLR2004


def _answer(meaning: Meaning, rule: str, *, universal: bool = False) -> Recognition:
    if meaning.command is Command.NONE:
        return NONE
    if meaning.command is Command.UNSURE:
        return Recognition(
            Command.UNSURE, rule="ask", language=meaning.language, certainty=Certainty.UNSURE
        )
    return Recognition(meaning.command, None, None, rule, meaning.language, universal=universal)


def _read_exact(
    meanings: Sequence[Meaning], hints: Sequence[str], folded: str, lexicon: Lexicon
) -> Recognition:
    found = resolve(meanings, hints, rule="keyword")
    asks = "?" in folded or "؟" in folded
    if asks and found.command in (Command.STOP, Command.START, Command.PAUSE, Command.RESUME):
        return Recognition(
            Command.UNSURE,
            rule="question",
            language=found.language,
            certainty=Certainty.UNSURE,
            universal=found.universal,
        )
    return found


def _read_emoji(text: str, lexicon: Lexicon) -> Recognition:
    """Read a message without words: a stop sign, perhaps repeated."""
    signs = {c for c in text[:64] if not c.isspace() and c not in "\ufe0f\u200d!."}
    if len(signs) == 1:
        command = lexicon.emoji.get(signs.pop())
        if command is not None:
            unsure = command is Command.UNSURE
            certainty = Certainty.UNSURE if unsure else Certainty.CERTAIN
            return Recognition(command, rule="emoji", certainty=certainty, universal=True)
    return NONE


def find_languages(
    folded: str, words: Sequence[str], lexicon: Lexicon, hints: Sequence[str]
) -> list[str]:
    """Return the languages in which a message must be read; for most messages there are none."""
    found: dict[str, int] = {}
    if not lexicon.triggers.keys().isdisjoint(words):
        for word in lexicon.triggers.keys() & set(words):
            for code, companions in lexicon.triggers[word]:
                if companions is None or not companions.isdisjoint(words):
                    found[code] = found.get(code, 0) + 1
    stems = {word[:STEM] for word in words}
    if not lexicon.stems.keys().isdisjoint(stems):
        _count(found, (lexicon.stems.get(stem, ()) for stem in stems))
    if not folded.isascii() and _CLOSELY_UNSPACED.search(folded):
        dense = "".join(folded.split())
        starts = {dense[i : i + 2] for i in range(len(dense))}.union(dense)
        for first in lexicon.unspaced.keys() & starts:
            for piece, code, companions in lexicon.unspaced[first]:
                if piece in dense and (
                    companions is None or any(other in dense for other in companions)
                ):
                    found[code] = found.get(code, 0) + len(piece)
    if not found:
        return []
    if len(words) <= 8:  # noqa: PLR2004
        # A word used worldwide may stand among fillers of any language: "stop bitte".
        shared = [lexicon.fillers.get(w) for w in words if not _is_universal(w, lexicon)]
        if shared and len(shared) < len(words) and all(shared):
            common = frozenset.intersection(*(codes for codes in shared if codes))
            likely = common.intersection(hints) or common & {"en"} or common
            _count(found, [likely])
    order = {code: index for index, code in enumerate(hints)}
    ranked = sorted(found, key=lambda code: (order.get(code, 99), -found[code], code))
    return ranked[:MAX_LANGUAGES]


def _count(found: dict[str, int], groups: Iterable[Iterable[str]]) -> None:
    for group in groups:
        for code in group:
            found[code] = found.get(code, 0) + 1


def _is_universal(word: str, lexicon: Lexicon) -> bool:
    return any(meaning.universal for meaning in lexicon.plain.get(word, ()))


def read_in_languages(
    folded: str,
    codes: Sequence[str],
    lexicon: Lexicon,
    hints: Sequence[str],
    today: date | None,
) -> Recognition:
    """Read a message in each language and choose the best reading."""
    sentences = split_sentences(folded)
    readings: list[tuple[Recognition, int, str]] = []
    for code in codes:
        message = prepare(sentences, lexicon.languages[code], lexicon, today)
        found = read_keyword(message)
        if found is NONE:
            found = read_phrases(message)
        if found is not NONE:
            readings.append((found, message.known, code))
    return _choose(readings, hints)


def _choose(readings: list[tuple[Recognition, int, str]], hints: Sequence[str]) -> Recognition:
    """Prefer hinted languages, then sure readings, then the language that knows more words."""
    if not readings:
        return NONE
    hinted = [reading for reading in readings if reading[2] in hints]
    if len(hinted) == 1:
        return hinted[0][0]
    pool = hinted or readings
    best = max(known for _, known, _ in pool)
    top = [found for found, known, _ in pool if known == best]
    if len({found.command for found in top}) > 1:
        return Recognition(Command.UNSURE, rule="collision", certainty=Certainty.UNSURE)
    sure = [found for found in top if found.certainty is Certainty.CERTAIN]
    return (sure or top)[0]


def read_misspelt(
    folded: str,
    plain: str,
    words: Sequence[str],
    lexicon: Lexicon,
    hints: Sequence[str],
    today: date | None,
) -> Recognition:
    """Read a short message whose keyword is stretched, spelled out or misspelt."""
    if _LONG_RUN.search(plain):
        for replacement in (r"\1", r"\1\1"):
            short = _LONG_RUN.sub(replacement, folded)
            if _LONG_RUN.sub(replacement, short) == short:
                found = recognize_again(short, lexicon, hints, today, rule="stretched")
                if found is not NONE:
                    return found
    content = [word for word in words if word not in lexicon.fillers]
    if not content or len(content) > 20:  # noqa: PLR2004
        return NONE
    compact = "".join(content)
    if len(content) > 1 and max(map(len, content)) == 1:
        return recognize_again(compact, lexicon, hints, today, rule="spelled_out")
    if len(content) > 1 and " " in plain.strip():
        return _read_split(content, lexicon, hints, folded)
    if not compact.isascii() and compact.translate(LOOKALIKES) in lexicon.plain:
        return recognize_again(
            compact.translate(LOOKALIKES), lexicon, hints, today, rule="lookalike"
        )
    candidates = lexicon.typos.candidates(compact)
    meanings = {
        meaning
        for keyword in candidates
        for meaning in lexicon.meanings(keyword, keyword)
        if meaning.universal
        or meaning.language in hints
        or (len(keyword) > SHORT_KEYWORD and meaning.command not in _PERMISSIVE)
    }
    return _read_candidates(sorted(meanings, key=_order), hints, folded)


def _order(meaning: Meaning) -> tuple[str, str]:
    return (meaning.language, meaning.command.value)


def _read_candidates(meanings: Sequence[Meaning], hints: Sequence[str], folded: str) -> Recognition:
    commands = {meaning.command for meaning in meanings} - {Command.NONE}
    if not commands:
        return NONE
    worldwide = {meaning.command for meaning in meanings if meaning.universal}
    if len(worldwide) == 1 and commands - worldwide <= {Command.UNSURE}:
        commands = worldwide
    if len(commands) > 1 or "?" in folded:
        return Recognition(Command.UNSURE, rule="typo", certainty=Certainty.UNSURE)
    found = resolve([m for m in meanings if m.command in commands], hints, rule="typo")
    if found.certainty is Certainty.CERTAIN:
        return Recognition(
            found.command,
            rule="typo",
            language=found.language,
            certainty=Certainty.LIKELY,
            universal=found.universal,
        )
    return found


def _read_split(
    content: Sequence[str], lexicon: Lexicon, hints: Sequence[str], folded: str
) -> Recognition:
    """Read a keyword torn apart by a space ("un subscribe"); it must then be exact."""
    compact = "".join(content)
    if len(content) > 3 or len(compact) < 4:  # noqa: PLR2004
        return NONE
    meanings = lexicon.meanings(compact, compact)
    if not meanings and len(compact) >= 6:  # noqa: PLR2004
        # One word of a keyword of several misspelt: "opt uot", "daeme de baja".
        joined = " ".join(content)
        keywords = lexicon.typos.candidates_of_several(joined)
        meanings = tuple(m for keyword in keywords for m in lexicon.meanings(keyword, keyword))
    elif len(compact) < 6 and not any(m.universal for m in meanings):  # noqa: PLR2004
        return NONE
    return _read_candidates(meanings, hints, folded)


def recognize_again(
    folded: str, lexicon: Lexicon, hints: Sequence[str], today: date | None, *, rule: str
) -> Recognition:
    """Read a repaired message; what acted is marked as likely with the rule of the repair."""
    plain = strip_accents(folded)
    words = split_words(plain)
    key = " ".join(split_words(folded))
    meanings = lexicon.meanings(key, " ".join(words))
    if meanings:
        found = _read_exact(meanings, hints, folded, lexicon)
    else:
        codes = find_languages(folded, words, lexicon, hints)
        found = read_in_languages(folded, codes, lexicon, hints, today)
    if found is NONE or found.command is Command.UNSURE:
        return found
    return Recognition(
        found.command,
        found.topic,
        found.days,
        rule,
        found.language,
        Certainty.LIKELY,
        found.universal,
    )
