"""Read a message in one language: whole-message keywords first, then phrases. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from app.domain.commands import Command
from app.recognition.clauses import Sentence
from app.recognition.firstlook import Meaning
from app.recognition.language import Language
from app.recognition.lexicon import Lexicon
from app.recognition.result import NONE, Certainty, Recognition
from app.recognition.scope import apply_time, are_weak, find_topics, join_topics
from app.recognition.times import Span, find_times

CORRECTED_WORDS = 16
"""Longest message in which misspelt words of phrases are put right; it is the dearest step."""

MAX_KEYWORD = 6
"""Longest keyword in words that is looked for among fillers."""

SHORT_WORDS = 12
"""Longest message in which a bare keyword as one of several sentences is asked about."""


class Clause(NamedTuple):
    """One clause in the keys of one language, time expressions replaced."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]
    question: bool
    sentence: int
    asked: bool = False
    groups: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message cut for one language; `known` counts the words that the language knows."""

    clauses: tuple[Clause, ...]
    known: int
    language: Language
    lexicon: Lexicon

    @property
    def words(self) -> list[str]:
        """All words in order."""
        return [word for clause in self.clauses for word in clause.words]

    @property
    def spans(self) -> list[Span]:
        """All time expressions in order."""
        return [span for clause in self.clauses for span in clause.spans]


def prepare(
    sentences: Sequence[Sentence], language: Language, lexicon: Lexicon, today: date | None
) -> Message:
    """Cut a message into the keys of a language and find phrases in every clause."""
    clauses: list[Clause] = []
    known = 0
    vocabulary, spelling = language.words.vocabulary, language.spelling
    correcting = sum(len(c) for s in sentences for c in s.clauses) <= CORRECTED_WORDS
    for number, sentence in enumerate(sentences):
        last = len(sentence.clauses) - 1
        cut = [language.words.keys(clause) for clause in sentence.clauses]
        polite = any(not language.requests.isdisjoint(keys) for keys in cut)
        for place, raw in enumerate(cut):
            known += sum(map(vocabulary.__contains__, raw))
            keys = raw
            if correcting and not vocabulary.issuperset(raw):
                keys = [spelling.correct(key) for key in raw]
            words, spans = find_times(keys, language.times, today)
            asks = sentence.question or (
                place == last and not language.question_ends.isdisjoint(words[-2:])
            )
            found, at_end = language.automaton.find(
                words,
                fillers=language.gaps,
                blockers=language.blockers,
                connectives=language.connectives,
            )
            clauses.append(
                Clause(
                    tuple(words),
                    tuple(spans),
                    asks and not polite,
                    number,
                    asks,
                    tuple([language.lines[n].group for n in found]),
                    any(language.lines[n].whole for n in at_end),
                )
            )
    return Message(tuple(clauses), known, language, lexicon)


def loosen(message: Message) -> Message | None:
    """Return a message with the opt-outs that other words tear apart; None when there are none.

    Only clauses that speak of messages are looked at. A phrase of several places counts,
    a shorter one is asked about.
    """
    language = message.language
    clauses: list[Clause] = []
    for clause in message.clauses:
        group = ""
        if not language.messages.isdisjoint(clause.words) and not clause.groups:
            group = _find_torn(clause, language)
        clauses.append(clause._replace(groups=(group,) if group else (), whole=False))
    if not any(clause.groups for clause in clauses):
        return None
    return replace(message, clauses=tuple(clauses))


def _find_torn(clause: Clause, language: Language) -> str:
    for strong, group in ((True, "stop"), (False, "ask")):
        numbers = language.automaton.find_loosely(
            clause.words,
            fillers=language.gaps,
            blockers=language.blockers,
            connectives=language.connectives,
            strong=strong,
        )
        groups = {language.lines[number].group for number in numbers}
        if "stop" in groups and "never" not in groups:
            return group
    return ""


def read_keyword(message: Message) -> Recognition:
    """Read a message that is one keyword among fillers, a time and a topic."""
    language = message.language
    skipped = language.fillers
    if not language.messages.isdisjoint(message.words):
        skipped = language.gaps  # "stop all these messages", but not "the end"
    found = _read_content(message, [w for w in message.words if w not in skipped], message.spans)
    if found is NONE and message.spans:
        # "Pauze van een maand": with a time, more words may stand around a word that means pause.
        content = [w for w in message.words if w not in language.gaps]
        wider = _read_content(message, content, message.spans)
        found = wider if wider.command is Command.PAUSE else NONE
        if found is not NONE and not _means_pause(message, content):
            found = NONE
    if found.command in (Command.STOP, Command.PAUSE, Command.START) and any(
        clause.question for clause in message.clauses
    ):
        return ask(message.language, "question")
    return found


def _means_pause(message: Message, content: list[str]) -> bool:
    core = [w for w in content if not w.isdecimal()]
    meaning = _find_keyword(message, core)
    return meaning is not None and (meaning.universal or meaning.command is Command.PAUSE)


def _read_content(message: Message, content: list[str], spans: list[Span]) -> Recognition:
    language = message.language
    meaning = _find_keyword(message, content)
    rule, topic = ("filler" if len(content) != len(message.words) else "keyword"), None
    number: int | None = None
    if meaning is None:
        core = [w for w in content if w not in language.messages and not w.isdecimal()]
        core = [w for w in core if w not in message.lexicon.topic_names] or core
        meaning = _find_keyword(message, core)
        if meaning is None or meaning.command not in _SCOPED:
            return NONE
        topics = find_topics(content, language, message.lexicon.topic_names)
        topic = join_topics(topics, message.lexicon)
        if topics and topic is None:
            return ask(language, "topics")
        numbers = [int(w[:6]) for w in content if w.isdecimal()]
        number = numbers[0] if numbers else None
        rule = "topic" if topic else "filler"
        if numbers and (meaning.command is not Command.PAUSE or len(numbers) > 1):
            return ask(language, "number")
        if topic in message.lexicon.utility and set(core) & _ORDERING:
            return NONE
    return _finish(meaning, message, spans, topic=topic, number=number, rule=rule)


_SCOPED = frozenset({Command.STOP, Command.START, Command.PAUSE, Command.RESUME})
_ORDERING = frozenset({"cancel", "end", "quit", "revoke"})


def _finish(
    meaning: Meaning,
    message: Message,
    spans: list[Span],
    *,
    topic: str | None,
    number: int | None,
    rule: str,
) -> Recognition:
    command, days = meaning.command, number
    certainty = Certainty.CERTAIN
    if command is Command.UNSURE:
        # "Para mañana", for tomorrow: a word that may mean stop, and a date, mean something else.
        return NONE if spans else ask(message.language, "ask")
    if spans:
        if not meaning.universal and command is Command.STOP and are_weak(spans):
            return NONE
        command, days = apply_time(command, spans, keyword=True)
        rule = {Command.PAUSE: "time", Command.UNSURE: "open_end"}.get(command, rule)
        certainty = Certainty.UNSURE if command is Command.UNSURE else certainty
    universal = meaning.universal and all(w in message.lexicon.plain for w in message.words)
    code = "en" if universal else message.language.code
    return limit(Recognition(command, topic, days, rule, code, certainty, universal), message)


def limit(found: Recognition, message: Message) -> Recognition:
    """Keep a pause within a day and the lexicon's maximum."""
    if found.command is not Command.PAUSE or found.days is None:
        return found
    days = min(found.days, message.lexicon.max_pause_days)
    return Recognition(
        found.command,
        found.topic,
        days if days > 0 else None,
        found.rule,
        found.language,
        found.certainty,
        found.universal,
    )


def _find_keyword(message: Message, content: list[str]) -> Meaning | None:
    """Return the one meaning of the words, once repetitions ("stop stop") are left out."""
    if not content or len(content) > 40 or len(set(content)) > MAX_KEYWORD:  # noqa: PLR2004
        return None
    language = message.language
    glue = " " if language.words.spaced else ""
    commands: dict[Command, Meaning] = {}
    length = len(content)
    for size in range(1, min(length, MAX_KEYWORD) + 1):
        if length % size or content[:size] * (length // size) != content:
            continue
        key = glue.join(content[:size])
        for meaning in message.lexicon.meanings(key, key):
            if meaning.universal or meaning.language == language.code:
                commands.setdefault(meaning.command, meaning)
        break
    commands.pop(Command.NONE, None)
    if len(commands) == 1:
        return next(iter(commands.values()))
    return None


def ask(language: Language, rule: str) -> Recognition:
    """Return the answer that asks the person."""
    return Recognition(
        Command.UNSURE, rule=rule, language=language.code, certainty=Certainty.UNSURE
    )
