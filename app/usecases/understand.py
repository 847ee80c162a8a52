"""What one message of a person asks: words, a tap, the answer to a form. Changes nothing.

The recognizer comes first. Beside its commands there are choices, which set registers without
being one: a row of our lists, "weekly", a form of the business's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.domain.business import Business
from app.domain.commands import ANSWERED, Command, settings_of
from app.domain.events import Source
from app.domain.flows import read_flow
from app.domain.frequency import is_cap, topic_of
from app.domain.inbound import InboundMessage, MessageKind
from app.domain.menu import MAIN_PAGE, read_choice, read_page
from app.domain.registers import RegisterValue
from app.recognition import Lexicon, Recognition, recognize, recognize_button
from app.recognition.choices import Choices, read_choice_words
from app.usecases.marked import MAY_BE_MARKED, Marked, read_marked

_TYPED = frozenset({MessageKind.TEXT, MessageKind.CAPTION})
# "Only order updates": recognition can say so much, or ask; a choice says it topic by topic.
_KEEP_RULE = "keep"


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs: the words of all languages, and what the business has."""

    lexicon: Lexicon
    choices: Choices
    business: Business


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message asks, ready to become an event.

    `language` is that of the person's own words, unless these are used worldwide. `proof` is what
    evidence keeps; `ignored` counts fields of a form that nobody asked for.
    """

    source: Source
    settings: Mapping[str, RegisterValue] = field(default_factory=dict)
    command: Command | None = None
    topic: str | None = None
    language: str | None = None
    proof: Mapping[str, Any] = field(default_factory=dict)
    ignored: int = 0


def understand(
    message: InboundMessage, reader: Reader, *, country: str | None, occurred_at: datetime
) -> Understanding | None:
    """Return what a message asks; None for an ordinary one."""
    if message.kind in _TYPED:
        return _understand_words(message, reader, country, occurred_at)
    if message.kind is MessageKind.FLOW_REPLY:
        return _understand_flow(message, reader, occurred_at)
    return _understand_tap(message, reader, country, occurred_at)


def _understand_words(
    message: InboundMessage, reader: Reader, country: str | None, occurred_at: datetime
) -> Understanding | None:
    text, language = message.text or "", _language_of_number(message, reader)
    # A forwarded STOP is read like a typed one: whoever forwards it to a business that messages
    # them means it, and the mistake costs one START.
    reading = recognize(
        text, reader.lexicon, country=country, language=language, today=occurred_at.date()
    )
    if reading.command in MAY_BE_MARKED:
        marked = read_marked(
            text,
            reading,
            lexicon=reader.lexicon,
            business=reader.business,
            country=country,
            language=language,
            today=occurred_at.date(),
        )
        if marked:
            found = _command(Source.KEYWORD, marked.reading, text, reader, occurred_at)
            return _with_mark(found, marked) if found else None
    if reading.command is Command.NONE or reading.rule == _KEEP_RULE:
        chosen = read_choice_words(
            text,
            reader.choices,
            lexicon=reader.lexicon,
            business=reader.business,
            country=country,
            language=language,
        )
        if chosen:
            proof = {"words": text, "rule": "choice", "recognized_language": chosen.language}
            return _choice(Source.KEYWORD, chosen.settings, proof, language=chosen.language)
    return _command(Source.KEYWORD, reading, text, reader, occurred_at)


def _understand_tap(
    message: InboundMessage, reader: Reader, country: str | None, occurred_at: datetime
) -> Understanding | None:
    page = read_page(message.button_id)
    chosen = read_choice(message.button_id, reader.business)
    proof = {"words": message.label, "rule": "button_id"}
    if chosen is not None:
        return _choice(Source.BUTTON, chosen, proof)
    if page:
        proof["menu"] = page.id
        return Understanding(Source.BUTTON, command=Command.PREFERENCES, proof=proof)
    language = _language_of_number(message, reader)
    reading = recognize_button(
        message.button_id, message.label, reader.lexicon, country=country, language=language
    )
    return _command(Source.BUTTON, reading, message.label, reader, occurred_at)


def _understand_flow(
    message: InboundMessage, reader: Reader, occurred_at: datetime
) -> Understanding | None:
    reading = read_flow(
        message.flow_reply or {},
        reader.business.flows,
        occurred_at=occurred_at,
        longest_pause_days=reader.business.policy.longest_pause_days,
    )
    if reading is None or not reading.settings:
        return None
    proof = {"rule": "flow", "flow": reading.flow, "fields": dict(reading.taken)}
    settings = {**reading.settings, **ANSWERED}
    return _choice(Source.FLOW, settings, proof, ignored=reading.ignored)


def _command(
    source: Source, reading: Recognition, words: str | None, reader: Reader, occurred_at: datetime
) -> Understanding | None:
    if reading.command is Command.NONE:
        return None
    proof = {
        "words": words,
        "rule": reading.rule,
        "recognized_language": reading.language,
        "certainty": reading.certainty.value,
    }
    if reading.command is Command.PREFERENCES:
        proof["menu"] = MAIN_PAGE.id
    return Understanding(
        source,
        settings_of(
            reading.command,
            topic=reading.topic,
            days=reading.days,
            occurred_at=occurred_at,
            policy=reader.business.policy,
        ),
        command=reading.command,
        topic=reading.topic,
        # A word that is used worldwide tells nothing about the language of who wrote it.
        language=None if reading.universal else reading.language,
        proof=proof,
    )


def _with_mark(found: Understanding, marked: Marked) -> Understanding:
    if not marked.settings:
        return found
    spoken = marked.proof["wording_language"] if marked.proof["wording_told_by"] == "mark" else None
    return replace(
        found,
        settings=marked.settings,
        # Whoever chose a language on the way here reads it, though START is used worldwide.
        language=found.language or spoken,
        proof={**found.proof, **marked.proof},
    )


def _choice(
    source: Source,
    settings: Mapping[str, RegisterValue],
    proof: Mapping[str, Any],
    *,
    language: str | None = None,
    ignored: int = 0,
) -> Understanding:
    """Return a choice, which also answers what we asked."""
    topics = [topic_of(name) for name in settings if is_cap(name)]
    return Understanding(
        source,
        {**settings, **ANSWERED},
        topic=topics[0] if len(topics) == 1 else None,
        language=language,
        proof={**proof, "certainty": "certain"},
        ignored=ignored,
    )


def _language_of_number(message: InboundMessage, reader: Reader) -> str:
    number = reader.business.number(message.phone_number_id)
    return (number.language if number else None) or reader.business.language
