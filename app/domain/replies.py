"""What a person is told after a change: the words of each reply (design 2.6).

The texts are data (config/replies); a business may lay its own over them. Nothing here raises for
a language, a key or a name that is missing: a person who wrote STOP is owed an answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 - `date` is a keyword of render()

from app.domain.dates import write_date
from app.domain.frequency import Cap
from app.domain.language import FALLBACK_LANGUAGE
from app.domain.list_words import Menu, say_cap, say_channel
from app.domain.reply_choice import ReplyKind, choose_reply
from app.domain.reply_texts import Replies, ReplyLanguage
from app.domain.summary import PreferenceState
from app.domain.wording import clean_name, fill_placeholders, join_within, quotes_around

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


@dataclass(frozen=True, slots=True)
class Button:
    """A quick-reply button: at most three stand under a message."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that is ready to be sent; without buttons or a menu it is plain text."""

    text: str
    buttons: tuple[Button, ...]
    language: str
    menu: Menu | None = None
    template: "Template | None" = None


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template instead of free words: what fills it, and what its button sends back."""

    name: str
    language: str
    values: tuple[str, ...]
    button_id: str


def render(
    kind: ReplyKind,
    *,
    replies: Replies,
    language: str,
    business_name: str,
    way_back: bool,
    topic_names: Sequence[str] = (),
    date: Date | None = None,
    off_topics: Sequence[str] = (),
    whatsapp_stopped: bool = False,
    state: PreferenceState | None = None,
    cap: Cap | None = None,
    channel: str | None = None,
    menu: Menu | None = None,
    default_language: str = FALLBACK_LANGUAGE,
) -> Reply:
    """Write a reply, within WhatsApp's limits whatever the names are.

    `way_back` says whether the policy of the person's country allows to mention START after STOP.
    `topic_names` are what the text is about, mostly one; several are quoted each by itself.
    `date` is the end of a pause. `off_topics` are the names that START lists as still off.
    `whatsapp_stopped` adds where in WhatsApp to lift its own switch; leave it out for a topic
    that is not marketing. `cap` and `channel` are what was chosen; no cap stands for no limit.
    `menu` is a list in the same language, which takes the place of buttons. `default_language` is
    the business's.
    """
    chosen = replies.nearest(language, default_language)
    style = replies.languages[chosen]
    values = {
        **style.words,
        "business": clean_name(business_name, LONGEST_NAME, style.direction),
        "topics": _join_names(off_topics, style),
        "date": write_date(date, style.dates) if date else "…",
        "cap": say_cap(cap, replies, chosen),
        "channel": say_channel(channel, replies, chosen),
        "state": _write_state(state, replies, style) if state else "…",
    }
    is_stopped = state is not None and not state.messages
    keys = [kind.value, *_extra_texts(kind, off_topics, whatsapp_stopped, way_back, is_stopped)]
    texts = [replies.text(chosen, key) for key in keys]
    text = "\n".join(
        fill_placeholders(one, {**values, "topic": _name_topics(topic_names, one, style)})
        for one in texts
    )
    buttons = tuple(
        Button(button_id, replies.text(chosen, key)) for button_id, key in _buttons(kind, state)
    )
    return Reply(text, () if menu else buttons, chosen, menu)


def _name_topics(names: Sequence[str], text: str, style: ReplyLanguage) -> str:
    """Join names so that each stands in the quotes that the text has around the one place."""
    before, after = quotes_around(text, "topic")
    return _join_names(names, style, f"{after}{style.list_separator}{before}") or "…"


def _join_names(names: Sequence[str], style: ReplyLanguage, separator: str = "") -> str:
    cleaned = [clean_name(name, LONGEST_NAME, style.direction) for name in names]
    return join_within(cleaned, separator or style.list_separator, LONGEST_NAMES)


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
        lines.extend(line(*spoken) for spoken in _write_limits(state, replies, style))
        lines.extend(
            line(clean_name(name, LONGEST_NAME, style.direction), switch[is_on])
            for name, is_on in state.topics
        )
        lines.extend(
            line(
                clean_name(name, LONGEST_NAME, style.direction),
                say_cap(cap, replies, style.language),
            )
            for name, cap in state.topic_caps
        )
    return join_within(lines, "\n", LONGEST_STATE)


def _write_limits(
    state: PreferenceState, replies: Replies, style: ReplyLanguage
) -> Iterator[tuple[str, str]]:
    """Yield how often and where a business may write, as far as the person has said so."""
    if state.frequency:
        name = replies.text(style.language, "row_frequency")
        yield name, say_cap(state.frequency, replies, style.language)
    if state.channel:
        name = replies.text(style.language, "row_channel")
        yield name, say_channel(state.channel, replies, style.language)
