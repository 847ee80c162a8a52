"""What a person is told after a change: which reply, and its words (design 2.6).

The texts are data (config/replies); a business may lay its own over them. Nothing here raises for
a language, a key or a name that is missing: a person who wrote STOP is owed an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is a keyword of render()
from enum import StrEnum

from app.domain.commands import Command
from app.domain.dates import write_date
from app.domain.events import Event, Source
from app.domain.language import FALLBACK_LANGUAGE, resolve_language
from app.domain.preferences import Outcome, Transition
from app.domain.reply_texts import Replies, ReplyLanguage
from app.domain.summary import PreferenceState
from app.domain.wording import clean_name, fill_placeholders, join_within

__all__ = [
    "Button",
    "Replies",
    "Reply",
    "ReplyKind",
    "ReplyLanguage",
    "choose_reply",
    "render",
]

TEXT_LIMIT = 1024
"""The longest body of a WhatsApp message that carries buttons."""
BUTTON_LIMIT = 20

# A pasted novel as a name must not push the words that matter out of the message.
LONGEST_NAME = 60
LONGEST_NAMES = 240
LONGEST_STATE = 600

BUTTON_STOP = "heed:stop"
BUTTON_KEEP = "heed:keep"
BUTTON_PAUSE = "heed:pause"
BUTTON_PREFERENCES = "heed:preferences"


class ReplyKind(StrEnum):
    """One text each; the value is its key in config/replies."""

    STOP = "stop"
    STOP_TOPIC = "stop_topic"
    STOP_MARKETING = "stop_marketing"
    START = "start"
    START_TOPIC = "start_topic"
    START_TOPIC_STOPPED = "start_topic_stopped"
    PAUSE = "pause"
    RESUME = "resume"
    STILL_STOPPED = "still_stopped"
    HELP = "help"
    PREFERENCES = "preferences"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Button:
    """A quick-reply button: at most three stand under a message."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that is ready to be sent; without buttons it is plain text."""

    text: str
    buttons: tuple[Button, ...]
    language: str


# Questions change nothing; each one is answered.
_ANSWERS = {Command.HELP: ReplyKind.HELP, Command.PREFERENCES: ReplyKind.PREFERENCES}


def choose_reply(event: Event, transition: Transition) -> ReplyKind | None:
    """Return the one reply that an applied event earns, or None for silence.

    Only what a person wrote or tapped in the chat is answered. A change is confirmed once; what
    changed nothing is not, but for questions (HELP, PREFERENCES, UNSURE) and for RESUME by
    somebody who stopped everything, who would otherwise wait in vain.
    """
    is_chat = event.source in {Source.KEYWORD, Source.BUTTON}
    if not is_chat or transition.outcome in {Outcome.REPLAYED, Outcome.STALE}:
        return None
    is_stopped = transition.after.messages == "opted_out"
    if event.command in _ANSWERS:
        return _ANSWERS[event.command]
    if event.command is Command.UNSURE:
        # Nothing is left to ask of somebody who has stopped everything already.
        return None if is_stopped else ReplyKind.UNSURE
    if event.command is Command.RESUME and is_stopped:
        return ReplyKind.STILL_STOPPED
    if transition.outcome is not Outcome.APPLIED:
        return None
    return _confirm(event.command, event.topic, is_stopped=is_stopped)


def _confirm(command: Command | None, topic: str | None, *, is_stopped: bool) -> ReplyKind | None:
    match command:
        case Command.STOP:
            return _choose_stop(topic, is_stopped=is_stopped)
        case Command.START:
            return _choose_start(topic, is_stopped=is_stopped)
        case Command.PAUSE:
            return ReplyKind.STILL_STOPPED if is_stopped else ReplyKind.PAUSE
        case Command.RESUME:
            return ReplyKind.RESUME
    return None


def _choose_stop(topic: str | None, *, is_stopped: bool) -> ReplyKind:
    if topic is None:
        return ReplyKind.STOP
    # "Other messages may still come" would be untrue for somebody who has stopped them all.
    if is_stopped:
        return ReplyKind.STILL_STOPPED
    return ReplyKind.STOP_MARKETING if topic == "marketing" else ReplyKind.STOP_TOPIC


def _choose_start(topic: str | None, *, is_stopped: bool) -> ReplyKind | None:
    if topic is not None:
        return ReplyKind.START_TOPIC_STOPPED if is_stopped else ReplyKind.START_TOPIC
    # A START that comes late, after a newer STOP, may still end an older pause. That STOP has
    # been confirmed; a welcome now would be untrue.
    return None if is_stopped else ReplyKind.START


def render(
    kind: ReplyKind,
    *,
    replies: Replies,
    language: str,
    business_name: str,
    way_back: bool,
    topic_name: str | None = None,
    date: Date | None = None,
    off_topics: Sequence[str] = (),
    whatsapp_stopped: bool = False,
    state: PreferenceState | None = None,
    default_language: str = FALLBACK_LANGUAGE,
) -> Reply:
    """Write a reply, within WhatsApp's limits whatever the names are.

    `way_back` says whether the policy of the person's country allows to mention START after STOP.
    `date` is the end of a pause. `off_topics` are the names that START lists as still off.
    `whatsapp_stopped` adds where in WhatsApp to lift its own switch; leave it out for a topic
    that is not marketing. `default_language` is the business's.
    """
    chosen = (
        resolve_language(language, replies.languages)
        or resolve_language(default_language, replies.languages)
        or FALLBACK_LANGUAGE
    )
    style = replies.languages[chosen]
    values = {
        **style.words,
        "business": clean_name(business_name, LONGEST_NAME, style.direction),
        "topic": clean_name(topic_name or "…", LONGEST_NAME, style.direction),
        "topics": join_within(
            [clean_name(name, LONGEST_NAME, style.direction) for name in off_topics],
            style.list_separator,
            LONGEST_NAMES,
        ),
        "date": write_date(date, style.dates) if date else "…",
        "state": _write_state(state, replies, style) if state else "…",
    }
    is_stopped = state is not None and not state.messages
    keys = [kind.value, *_extra_texts(kind, off_topics, whatsapp_stopped, way_back, is_stopped)]
    text = "\n".join(fill_placeholders(replies.text(chosen, key), values) for key in keys)
    buttons = tuple(
        Button(button_id, replies.text(chosen, key)) for button_id, key in _buttons(kind, state)
    )
    return Reply(text, buttons, chosen)


def _extra_texts(
    kind: ReplyKind,
    off_topics: Sequence[str],
    whatsapp_stopped: bool,  # noqa: FBT001
    way_back: bool,  # noqa: FBT001
    is_stopped: bool,  # noqa: FBT001
) -> list[str]:
    keys = []
    if kind is ReplyKind.START and off_topics:
        keys.append("start_off_topics")
    is_about_on = kind in {ReplyKind.START, ReplyKind.START_TOPIC}
    if whatsapp_stopped and (is_about_on or (kind is ReplyKind.PREFERENCES and not is_stopped)):
        keys.append("start_whatsapp_stopped")
    may_tell_way_back = kind in {ReplyKind.STOP, ReplyKind.STILL_STOPPED} or (
        kind is ReplyKind.PREFERENCES and is_stopped
    )
    # Somebody who asked to turn a topic on has asked for the way back.
    if kind is ReplyKind.START_TOPIC_STOPPED or (way_back and may_tell_way_back):
        keys.append("way_back")
    return keys


def _buttons(kind: ReplyKind, state: PreferenceState | None) -> list[tuple[str, str]]:
    """Return ids and label keys. STOP carries none: nothing is left to be answered."""
    stop, pause = (BUTTON_STOP, "button_stop"), (BUTTON_PAUSE, "button_pause")
    match kind:
        case ReplyKind.UNSURE:
            return [stop, (BUTTON_KEEP, "button_keep"), pause]
        case ReplyKind.STOP | ReplyKind.STILL_STOPPED | ReplyKind.START_TOPIC_STOPPED:
            return []
        case ReplyKind.PREFERENCES:
            if state is None or not state.messages:
                return []
            return [stop] if state.paused_until else [stop, pause]
    return [(BUTTON_PREFERENCES, "button_preferences")]


def _write_state(state: PreferenceState, replies: Replies, style: ReplyLanguage) -> str:
    def say(key: str, **values: str) -> str:
        return fill_placeholders(replies.text(style.language, key), values)

    def line(name: str, value: str) -> str:
        return "• " + say("state_line", name=name, value=value)

    switch = {True: say("state_on"), False: say("state_off")}
    lines = [line(say("state_messages"), switch[state.messages])]
    if state.messages:
        if state.paused_until:
            until = say("state_until", date=write_date(state.paused_until, style.dates))
            lines.append(line(say("state_pause"), until))
        lines.extend(
            line(clean_name(name, LONGEST_NAME, style.direction), switch[is_on])
            for name, is_on in state.topics
        )
    return join_within(lines, "\n", LONGEST_STATE)
