"""Read the phrases of a message's clauses together: one reading for the whole message. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.domain.commands import Command
from app.recognition.lexicon import MARKETING
from app.recognition.reading import (
    SHORT_WORDS,
    Clause,
    Message,
    ask,
    limit,
    read_keyword,
)
from app.recognition.result import NONE, Certainty, Recognition
from app.recognition.scope import apply_time, find_topics, join_topics
from app.recognition.times import TIME, Span

_ASKED = {Command.STOP: True, Command.PAUSE: True, Command.START: False, Command.RESUME: False}
"""Commands that a question does not give; a restriction is then asked about."""

SHORT_CLAUSE = 7
"""Longest clause in words that asks for help with messages rather than with something else."""

LONG_KEYWORD = 3
"""Words (signs, and one more, in a script without spaces) of a keyword that counts as a clause."""

_ORDER = ("stop", "start", "pause", "resume", "preferences", "help")


class _Around(NamedTuple):
    """What stands beside a clause; gathered once for all clauses of a message.

    `place` is that of the clause, `speaking` counts the clauses that say something. `times` holds
    the clauses with times by their sentence, each with its place and whether it says nothing else.
    """

    place: int
    speaking: int
    times: Mapping[int, Sequence[tuple[int, Clause, bool]]]


def read_phrases(message: Message) -> Recognition:
    """Return what the clauses of a message say together.

    An opt-out said in one clause counts whatever the others talk about; two commands that
    contradict each other are asked about.
    """
    readings: list[Recognition] = []
    if any(clause.groups for clause in message.clauses):
        around = _look_around(message)
        found = (
            _read_clause(clause, message, around._replace(place=place))
            for place, clause in enumerate(message.clauses)
            if clause.groups
        )
        readings = [reading for reading in found if reading is not NONE]
    if not readings:
        return _read_sentences(message)
    commands = {reading.command for reading in readings}
    certain = commands - {Command.UNSURE}
    if not certain:
        return readings[0]
    if Command.START in certain and certain & {Command.STOP, Command.PAUSE}:
        return ask(message.language, "contradiction")
    for command in (Command.PAUSE, Command.STOP, *certain):
        chosen = [reading for reading in readings if reading.command is command]
        if chosen:
            best = chosen[0]
            topics = {reading.topic for reading in chosen}
            if len(topics) > 1:
                known = frozenset(topic for topic in topics if topic)
                topic = None if None in topics else join_topics(known, message.lexicon)
                best = replace(best, topic=topic)
            return best
    return NONE


def _look_around(message: Message) -> _Around:
    speaking = 0
    times: dict[int, list[tuple[int, Clause, bool]]] = {}
    for place, clause in enumerate(message.clauses):
        is_idle = message.language.gaps.issuperset(clause.words)
        speaking += not is_idle
        if clause.spans:
            times.setdefault(clause.sentence, []).append((place, clause, is_idle))
    return _Around(0, speaking, times)


def _read_clause(clause: Clause, message: Message, around: _Around) -> Recognition:
    groups = set(clause.groups)
    if not groups or "never" in groups:
        return NONE
    language = message.language
    if "keep" in groups:
        return _read_keep(clause, message)
    if "stop" in groups and "start" in groups:
        groups.discard("start" if clause.whole else "")
        if "start" in groups:
            return ask(language, "contradiction")
    name = "pause" if "pause" in groups else next((g for g in _ORDER if g in groups), None)
    if name is None:
        return ask(language, "ask")
    command = Command[name.upper()]
    if clause.question and command in _ASKED:
        return ask(language, "question") if _ASKED[command] else NONE
    return _read_command(command, clause, message, around)


def _read_command(
    command: Command, clause: Clause, message: Message, around: _Around
) -> Recognition:
    topics = find_topics(clause.words, message.language, {})
    topic = join_topics(topics, message.lexicon)
    if len(topics) > 1 and topic is None:
        return ask(message.language, "topics")
    spans = [*clause.spans, *_loose_spans(clause, around)]
    if command is Command.PAUSE and not _says_how_long(spans, clause, message):
        return NONE
    command, days = apply_time(command, spans, keyword=False)
    if command is Command.UNSURE:
        return ask(message.language, "open_end")
    speaking = not message.language.gaps.issuperset(clause.words)
    alone = clause.whole and around.speaking == speaking
    if command in (Command.HELP, Command.PREFERENCES) and not (
        (alone or command is Command.PREFERENCES) and len(message.words) <= SHORT_CLAUSE
    ):
        return NONE  # "my card is lost, I need help" is for the people who answer
    if command in (Command.START, Command.RESUME) and clause.asked and not alone:
        return NONE  # "I live abroad, can I sign up?"
    certainty = Certainty.CERTAIN if alone else Certainty.LIKELY
    rule = "phrase_time" if command is Command.PAUSE and days else "phrase"
    found = Recognition(command, topic, days, rule, message.language.code, certainty)
    return limit(found, message)


def _says_how_long(spans: Sequence[Span], clause: Clause, message: Message) -> bool:
    """False when a pause rests on nothing but a bare date: "the shop pauses on Monday"."""
    weak = bool(spans) and all(span.kind in {"weak", "other"} for span in spans)
    return not weak or not message.language.messages.isdisjoint(clause.words)


def _loose_spans(clause: Clause, around: _Around) -> list[Span]:
    """Times in other clauses of the sentence: "stop this, for two weeks".

    A clause that says more gives only its end, and only before: "I am away till Monday, don't
    write".
    """
    spans: list[Span] = []
    for place, other, is_idle in around.times.get(clause.sentence, ()):
        if other is clause:
            continue
        if is_idle:
            spans += other.spans
        elif place < around.place and not (other.groups or other.asked):
            spans += [span for span in other.spans if span.kind == "until"]
    return spans


def _read_keep(clause: Clause, message: Message) -> Recognition:
    """Read "only order updates": all marketing off when what is kept is no marketing."""
    topics = find_topics(clause.words, message.language, {})
    if topics and topics <= message.lexicon.utility and not clause.question:
        code = message.language.code
        return Recognition(Command.STOP, MARKETING, None, "keep", code, Certainty.LIKELY)
    return ask(message.language, "keep")


def _read_sentences(message: Message) -> Recognition:
    """Read a keyword that is one whole sentence of several: "Too many messages. STOP".

    It may be one clause of a sentence when the others give a reason: "stop, wrong person".
    """
    torn = len({clause.sentence for clause in message.clauses}) < 2  # noqa: PLR2004
    labels = [place if torn else c.sentence for place, c in enumerate(message.clauses)]
    if len(set(labels)) < 2:  # noqa: PLR2004
        return NONE
    language = message.language
    for label in (labels[-1], labels[0]):
        clauses = tuple(c for c, own in zip(message.clauses, labels, strict=True) if own == label)
        found = read_keyword(replace(message, clauses=clauses))
        if found.command not in (Command.STOP, Command.PAUSE):
            continue
        others = {
            word
            for clause, own in zip(message.clauses, labels, strict=True)
            if own != label
            for word in clause.words
        } - {TIME}
        about = not (others.isdisjoint(language.messages) and others.isdisjoint(language.reasons))
        if about and not any(clause.question for clause in message.clauses):
            return replace(found, rule="sentence", certainty=Certainty.LIKELY)
        if torn or len(message.words) > SHORT_WORDS:
            continue
        first = label == labels[0] and not any(clause.asked for clause in message.clauses)
        if first and found.universal:
            return replace(found, rule="sentence", certainty=Certainty.LIKELY)
        if first or found.universal:
            return ask(language, "sentence")
    return _read_long_keyword(message)


def _read_long_keyword(message: Message) -> Recognition:
    """Read a keyword that is a whole clause and says enough: "get lost, leave me in peace"."""
    fillers = message.language.fillers
    for clause in message.clauses:
        content = [word for word in clause.words if word not in fillers]
        length = len(" ".join(content).split(" "))
        if not message.language.words.spaced:
            length = len("".join(content)) - 1
        if clause.asked or length < LONG_KEYWORD:
            continue
        found = read_keyword(replace(message, clauses=(clause,)))
        if found.command in (Command.STOP, Command.PAUSE):
            return replace(found, rule="sentence", certainty=Certainty.LIKELY)
    return NONE
