"""Which reply a change earns, or none (design 2.6)."""

from enum import StrEnum

from app.domain.channels import Channel
from app.domain.commands import Command
from app.domain.events import Event, Source
from app.domain.frequency import OVERALL
from app.domain.menu import MAIN_PAGE, PageKind, read_page
from app.domain.preferences import Outcome, Transition
from app.domain.registers import RegisterValue


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
    KEPT = "kept"
    FREQUENCY = "frequency"
    FREQUENCY_TOPIC = "frequency_topic"
    CHANNEL = "channel"
    NO_CHANNEL = "no_channel"
    SAVED = "saved"
    MENU_TOPICS = "menu_topics"
    MENU_FREQUENCY = "menu_frequency"
    MENU_FREQUENCY_TOPIC = "menu_frequency_topic"
    MENU_CHANNEL = "menu_channel"


_CHAT = frozenset({Source.KEYWORD, Source.BUTTON, Source.FLOW})
_SILENT = frozenset({Outcome.REPLAYED, Outcome.STALE, Outcome.REFUSED})
# What an event may set beside the choice itself.
_BESIDE = frozenset({"question", "language"})


def choose_reply(event: Event, transition: Transition) -> ReplyKind | None:
    """Return the one reply that an applied event earns, or None for silence.

    Only what a person wrote or tapped in the chat is answered, or chose on their page. A change is confirmed once; what
    changed nothing is not, but for questions (HELP, PREFERENCES) and for RESUME by somebody who
    stopped everything, who would otherwise wait in vain. We ask (UNSURE) once, until answered.
    """
    # What was chosen on the page is confirmed too, where the person has a chat open with us.
    is_heard = event.source in _CHAT or (
        event.source in {Source.PAGE, Source.OPT_IN} and "window_from" in event.proof
    )
    if not is_heard or transition.outcome in _SILENT:
        return None
    is_stopped = transition.after.messages == "opted_out"
    answer = _answer(event, is_stopped=is_stopped)
    if answer or transition.outcome is not Outcome.APPLIED:
        return answer
    if event.command is None:
        return _confirm_choices(event, transition, is_stopped=is_stopped)
    if event.command is Command.START and "opt_in_topics" in event.proof:
        # The text of a topic names the business, the topics, and how to stop.
        return None if is_stopped else ReplyKind.START_TOPIC
    return _confirm(event.command, event.topic, is_stopped=is_stopped)


def _answer(event: Event, *, is_stopped: bool) -> ReplyKind | None:
    """Choose for what is answered even if it changes nothing."""
    # A tap on a question that is over, or was somebody else's: it is told that nothing changed.
    if event.proof.get("rule") == "confirm_void":
        return ReplyKind.KEPT
    match event.command:
        case Command.HELP:
            return ReplyKind.HELP
        case Command.PREFERENCES:
            return ReplyKind.PREFERENCES if is_stopped else _choose_list(event.proof.get("menu"))
        case Command.RESUME if is_stopped:
            return ReplyKind.STILL_STOPPED
    return None


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
        case Command.UNSURE:
            # Nothing is left to ask of somebody who has stopped everything already.
            return None if is_stopped else ReplyKind.UNSURE
    return None


def _choose_list(page_id: str | None) -> ReplyKind:
    page = read_page(page_id) or MAIN_PAGE
    match page.kind:
        case PageKind.CHANNEL:
            return ReplyKind.MENU_CHANNEL
        case PageKind.FREQUENCY:
            return ReplyKind.MENU_FREQUENCY_TOPIC if page.topic else ReplyKind.MENU_FREQUENCY
        case PageKind.FREQUENCIES:
            return ReplyKind.MENU_TOPICS
    return ReplyKind.PREFERENCES if page.number == 1 else ReplyKind.MENU_TOPICS


def _confirm_choices(event: Event, transition: Transition, *, is_stopped: bool) -> ReplyKind | None:
    """Choose for an event that is no command: a tap on a list, a word such as "weekly", a form."""
    chosen = {name: value for name, value in event.settings.items() if name not in _BESIDE}
    if chosen.get("messages") == "opted_out" and is_stopped:
        return ReplyKind.STOP
    if is_stopped:
        return ReplyKind.STILL_STOPPED
    if not chosen:
        return ReplyKind.KEPT
    if len(chosen) > 1:
        return ReplyKind.SAVED
    [(name, value)] = chosen.items()
    # A tap that comes after a newer one has answered our question, perhaps, and nothing else.
    if transition.after.value(name) != value:
        return None
    return _name_choice(name, value)


def _name_choice(name: str, value: RegisterValue) -> ReplyKind | None:
    if name == OVERALL:
        return ReplyKind.FREQUENCY
    if name.startswith(f"{OVERALL}."):
        return ReplyKind.FREQUENCY_TOPIC
    if name == "channel":
        return ReplyKind.NO_CHANNEL if value == Channel.NONE else ReplyKind.CHANNEL
    # WhatsApp's own switch is theirs to confirm.
    return None if name == "whatsapp_marketing" else ReplyKind.SAVED


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
