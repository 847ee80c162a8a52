"""What a person allows: registers with stamps, and the one way they change (design 2.3, 2.4).

Registers:
    messages            opted_in | opted_out (absent: unknown)
    all_topics          True: a yes to every topic, said by START alone; False: no yes counts that
                        is older than this STOP. It goes with `messages` and is never set by itself
    opt_in_source       the source of the latest opt-in (sources.py)
    paused_until        milliseconds, or None for no pause
    topics.<id>         True | False; <id> is a topic of the business, or a category
                        ("topics.marketing"), which speaks for every topic of that category
    whatsapp_marketing  stopped | allowed: WhatsApp's own switch, theirs alone to set
    channel             whatsapp | sms | email | none
    frequency           a cap such as "1/week", None for none; frequency.<topic> for one topic
    question            when the time to answer our question ends, in milliseconds; None: answered
    language            the language of the person's own words, for our replies
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import total_ordering

from app.domain.events import Event
from app.domain.frequency import Cap, is_cap, parse_cap, topic_of
from app.domain.registers import RegisterValue, is_restrictive
from app.domain.times import SECOND, SERVICE_WINDOW, from_milliseconds, to_milliseconds

ALL_TOPICS_REGISTER = "all_topics"
OPT_IN_SOURCE = "opt_in_source"

# What is kept beside a choice, and is none.
_BESIDE = frozenset({"language", OPT_IN_SOURCE})
# A second PAUSE that moves the end by less than this is the same pause, tapped twice.
_SAME_PAUSE_MILLISECONDS = 60 * 60 * SECOND
_TIME_TO_ANSWER_MILLISECONDS = int(SERVICE_WINDOW.total_seconds()) * SECOND


@total_ordering
@dataclass(frozen=True, slots=True)
class Stamp:
    """When a register was set. The greater stamp wins, so every order of events ends the same.

    At the same moment a restriction wins over a permission, then the greater event id, which is
    arbitrary but the same everywhere. One that `yields` is less than every other, whatever its
    time: what others wrote down of a person never overrides what that person said.
    """

    at: int
    restrictive: bool
    event_id: str
    yields: bool = False

    def __lt__(self, other: "Stamp") -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[bool, int, bool, str]:
        return (not self.yields, self.at, self.restrictive, self.event_id)


@dataclass(frozen=True, slots=True)
class Register:
    """A value and the stamp of the event that set it."""

    value: RegisterValue
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Preferences:
    """The whole current choice of one recipient.

    `revision` counts what others can see change: what a register says, which topics are on, who
    it is, and that a pause is over. `bsuids` are the ids linked to this phone number;
    `linked_to` is set on the record of a BSUID whose preferences live with a phone number. The
    ends of pauses up to `pauses_told`, in milliseconds, were told to other systems.
    Of what was said up to `fresh_since`, in milliseconds, only restrictions count: the person was
    forgotten then, or the number became somebody else's.
    """

    registers: Mapping[str, Register] = field(default_factory=dict)
    revision: int = 0
    updated_at: datetime | None = None
    bsuids: tuple[str, ...] = ()
    linked_to: str | None = None
    pauses_told: int = 0
    fresh_since: int = 0

    def value(self, name: str) -> RegisterValue:
        """Return a register's value; None where nobody has set it."""
        register = self.registers.get(name)
        return register.value if register else None

    @property
    def messages(self) -> str:
        """opted_in, opted_out, or unknown."""
        return str(self.value("messages") or "unknown")

    def paused_until(self, now: datetime) -> datetime | None:
        """Return the end of a pause that stands now; a pause ends by time alone."""
        until = self.value("paused_until")
        if not isinstance(until, int) or until <= to_milliseconds(now):
            return None
        return from_milliseconds(until)

    @property
    def pause_to_tell(self) -> int | None:
        """The end of a pause, in milliseconds, that other systems are still to hear of."""
        until = self.value("paused_until")
        return until if isinstance(until, int) and until > self.pauses_told else None

    def question_until(self) -> datetime | None:
        """Return until when an open question may be answered; the time may be over."""
        until = self.value("question")
        return from_milliseconds(until) if isinstance(until, int) else None

    @property
    def has_opted_in_to_all(self) -> bool:
        """Tell whether the person said yes to every topic, and not to those of a source alone."""
        register = self.registers.get(ALL_TOPICS_REGISTER)
        if register is None:
            return self.messages == "opted_in" and self.value(OPT_IN_SOURCE) is None
        return register.value is True

    @property
    def caps(self) -> dict[str, Cap]:
        """The frequency caps by topic; "" stands for the one over everything."""
        caps = {
            topic_of(name) or "": parse_cap(register.value)
            for name, register in self.registers.items()
            if is_cap(name)
        }
        return {topic: cap for topic, cap in sorted(caps.items()) if cap}

    def topic_choice(self, topic: str, category: str) -> bool | None:
        """Return what the person said last of a topic, by its name or by its category."""
        said = [
            register
            for name in (topic, category)
            if (register := self.registers.get(f"topics.{name}")) is not None
        ]
        if not said:
            return None
        return bool(max(said, key=lambda register: register.stamp).value)

    def has_asked_for(self, topic: str, category: str) -> bool:
        """Tell whether the person said yes to this topic, and has not said STOP since.

        START alone brings back what stood before STOP. An opt-in to some topics does not: to
        others, an older yes ended with the STOP.
        """
        if not self.topic_choice(topic, category):
            return False
        end = self.registers.get(ALL_TOPICS_REGISTER)
        if end is None or end.value is not False:
            return True
        said = (self.registers.get(f"topics.{name}") for name in (topic, category))
        return any(one and one.value and one.stamp > end.stamp for one in said)


class Outcome(StrEnum):
    """What applying an event did."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REPLAYED = "replayed"
    REFUSED = "refused"


TopicsOf = Callable[[Preferences], Mapping[str, bool]]
"""Which topics are on, by their ids."""


@dataclass(frozen=True, slots=True)
class Transition:
    """The pure result of one event on one record."""

    before: Preferences
    after: Preferences
    outcome: Outcome


def registers_of(event: Event) -> dict[str, Register]:
    """Return the registers that an event sets, each with its stamp.

    WhatsApp's clock has whole seconds. A restriction counts as the end of its second and a
    permission as the start, so that STOP wins a tie.
    """
    registers = {}
    for name, value in event.settings.items():
        restrictive = is_restrictive(name, value)
        at = to_milliseconds(event.occurred_at)
        if event.source.has_whole_seconds:
            at = at // SECOND * SECOND + (SECOND - 1 if restrictive else 0)
        registers[name] = Register(value, Stamp(at, restrictive, event.id, event.yields))
    messages = registers.get("messages")
    # An opt-in through a source speaks of its topics alone, and takes no wider yes away.
    if messages and (messages.value == "opted_out" or OPT_IN_SOURCE not in registers):
        registers[ALL_TOPICS_REGISTER] = replace(messages, value=messages.value == "opted_in")
    return registers


def merge_registers(
    ours: Mapping[str, Register],
    theirs: Mapping[str, Register],
) -> dict[str, Register]:
    """Join two sets of registers; in each, the greater stamp wins.

    Commutative, associative and idempotent: that is why order and repetition do not matter.
    """
    merged = dict(ours)
    for name, register in theirs.items():
        if name not in merged or register.stamp > merged[name].stamp:
            merged[name] = register
    return merged


def join(ours: Preferences, theirs: Preferences) -> Preferences:
    """Join two records of one person into ours."""
    merged = merge_registers(ours.registers, theirs.registers)
    joined = replace(
        ours,
        registers=merged,
        bsuids=tuple(sorted({*ours.bsuids, *theirs.bsuids})),
        pauses_told=max(ours.pauses_told, theirs.pauses_told),
    )
    if merged == ours.registers:
        return joined
    moments = [moment for moment in (ours.updated_at, theirs.updated_at) if moment]
    return replace(
        joined,
        revision=max(ours.revision, theirs.revision) + 1,
        updated_at=max(moments, default=None),
    )


def apply_event(
    before: Preferences,
    event: Event,
    applied_at: datetime,
    *,
    topics_of: TopicsOf = lambda _: {},
) -> Transition:
    """Apply one event to a record that is already merged with its linked ones.

    An event that expects another revision changes nothing, and so does its repetition. `topics_of`
    tells which topics are on: the same word said again may turn one off, where it was on by its
    category meanwhile.
    """
    if event.expected_revision not in {None, before.revision}:
        return Transition(before, before, Outcome.REFUSED)
    ours = before.registers
    theirs = {
        name: register
        for name, register in registers_of(event).items()
        if register.stamp.restrictive or to_milliseconds(event.occurred_at) > before.fresh_since
    }
    merged = merge_registers(ours, theirs)
    accepted = [name for name in theirs if merged[name] is theirs[name]]
    after = replace(before, registers=merged)
    if event.is_choice and not any(name != "language" for name in accepted):
        return Transition(before, after, Outcome.STALE)
    is_change = topics_of(before) != topics_of(after) or any(
        _is_change(name, before.value(name), merged[name].value) for name in accepted
    )
    is_visible = is_change or any(
        before.value(name) != merged[name].value for name in accepted if name != "language"
    )
    if is_visible:
        after = replace(after, revision=before.revision + 1, updated_at=applied_at)
    return Transition(before, after, Outcome.APPLIED if is_change else Outcome.UNCHANGED)


def _is_change(name: str, before: RegisterValue, after: RegisterValue) -> bool:
    """Tell whether a person would call it a change; the language of their words is none."""
    if name in _BESIDE:
        return False
    if name == ALL_TOPICS_REGISTER:
        return bool(before) != bool(after)
    if isinstance(before, int) and isinstance(after, int):
        if name == "question":
            # Once the time to answer is over, the same words open it anew.
            return after - before >= _TIME_TO_ANSWER_MILLISECONDS
        if name == "paused_until":
            return abs(before - after) >= _SAME_PAUSE_MILLISECONDS
    return before != after
