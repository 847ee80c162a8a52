"""What narrows a command: times and topics. Pure."""

from collections.abc import Mapping, Sequence

from app.domain.commands import Command
from app.recognition.language import Language
from app.recognition.lexicon import MARKETING, Lexicon
from app.recognition.times import Span

_COUNTING = frozenset({"length", "until"})


def are_weak(spans: Sequence[Span]) -> bool:
    """Tell whether the times prove too little to make a pause of a STOP."""
    return all(span.kind == "weak" for span in spans)


def apply_time(
    command: Command, spans: Sequence[Span], *, keyword: bool
) -> tuple[Command, int | None]:
    """Return what a command becomes with a time: a STOP with an end is a pause."""
    if command not in (Command.STOP, Command.PAUSE):
        counting = any(span.kind in _COUNTING for span in spans)
        return (Command.UNSURE if command is Command.START and counting else command), None
    weak = command is Command.PAUSE or keyword
    for span in spans:
        if span.kind == "open":
            return Command.UNSURE, None
        if span.kind == "while":
            return Command.PAUSE, None
        if span.kind in _COUNTING or (span.kind == "weak" and weak):
            return Command.PAUSE, span.days
    return command, None


def find_topics(
    words: Sequence[str], language: Language, names: Mapping[str, str]
) -> frozenset[str]:
    """Return the topics that the words name."""
    found = {language.topics[w] for w in words if w in language.topics}
    return frozenset(found | {names[w] for w in words if w in names})


def join_topics(topics: frozenset[str], lexicon: Lexicon) -> str | None:
    """Return the one topic that covers all of these, or None."""
    if len(topics) < 2:  # noqa: PLR2004
        return next(iter(topics), None)
    return None if topics & lexicon.utility else MARKETING
