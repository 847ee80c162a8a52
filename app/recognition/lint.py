"""Look for words that do not do what they seem to do. Pure.

Errors should stop a change; warnings are for a person to judge.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.commands import Command
from app.domain.language import resolve_language
from app.recognition.lexicon import BusinessWords, Lexicon
from app.recognition.recognizer import recognize


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or may be."""

    severity: Severity
    kind: str
    text: str


def lint(
    lexicon: Lexicon,
    business: BusinessWords,
    *,
    ordinary: Iterable[str] = (),
    replies: Collection[str] = (),
) -> Iterator[Finding]:
    """Return what is wrong with the words of a business over the built-in ones.

    `ordinary` are messages that must change nothing. `replies` are the languages that people can
    be answered in.
    """
    yield from _find_missing_languages(lexicon, business, replies)
    yield from _find_unreachable(lexicon, business)
    yield from _find_collisions(lexicon)
    yield from _find_tripped(lexicon, ordinary)


def _find_missing_languages(
    lexicon: Lexicon, business: BusinessWords, replies: Collection[str]
) -> Iterator[Finding]:
    for code in sorted({*business.keywords, *business.phrases} - set(lexicon.languages)):
        text = f"words in {code!r} reach nobody: there is no such language file"
        yield Finding(Severity.ERROR, "missing_language", text)
    for code in sorted(set(replies) - set(lexicon.languages)):
        if code.partition("-")[0] not in lexicon.languages:
            text = f"{code!r} has replies and no words"
            yield Finding(Severity.WARNING, "missing_language", text)
    unanswered = [one for one in sorted(lexicon.languages) if not resolve_language(one, replies)]
    for code in unanswered if replies else ():
        text = f"{code!r} has words and no replies"
        yield Finding(Severity.WARNING, "missing_replies", text)


def _find_unreachable(lexicon: Lexicon, business: BusinessWords) -> Iterator[Finding]:
    """Words of the business that do not give the command under which they stand."""
    for code, by_command in business.keywords.items():
        if code not in lexicon.languages:
            continue
        for name, words in by_command.items():
            wanted = Command.UNSURE if name.lower() == "ask" else name.upper()
            for word in words:
                found = recognize(word, lexicon, language=code)
                if found.command != wanted:
                    text = f"[{code}] {word!r} stands under {name} and is read as {found.command}"
                    yield Finding(Severity.ERROR, "unreachable", text)


def _find_collisions(lexicon: Lexicon) -> Iterator[Finding]:
    """Keywords that mean different things in two languages; without a hint they are asked about."""
    for words in (lexicon.plain, lexicon.accented):
        for word, meanings in sorted(words.items()):
            commands = {meaning.command for meaning in meanings}
            if len(commands) > 1 and not any(meaning.universal for meaning in meanings):
                said = ", ".join(f"{one.language} {one.command}" for one in meanings)
                yield Finding(Severity.WARNING, "collision", f"{word!r}: {said}")


def _find_tripped(lexicon: Lexicon, ordinary: Iterable[str]) -> Iterator[Finding]:
    for text in ordinary:
        found = recognize(text, lexicon)
        if found.command in {Command.STOP, Command.START, Command.PAUSE, Command.RESUME}:
            shown = f"{text[:60]!r} would be read as {found.command} (rule {found.rule})"
            yield Finding(Severity.ERROR, "trips", shown)
        elif found.command is Command.UNSURE:
            shown = f"{text[:60]!r} would be asked about (rule {found.rule})"
            yield Finding(Severity.WARNING, "trips", shown)
