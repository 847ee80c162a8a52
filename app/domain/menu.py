"""Our own ids of buttons and list rows, and what a tap on each one asks.

An id states the wanted result ("offers off", "at most one a week"), never "the other way round".
So a tap that comes twice, or on a list of last month, does what the person read on it.

    heed:stop[:<topic>]  heed:start[:<topic>]  heed:pause[:<days>]  heed:resume  heed:help
                                             commands; app.recognition reads them
    heed:preferences[:<page>]                the list, and its further pages of topics
    heed:menu:frequency[:<topic>]            the list of caps, over all or for one topic
    heed:menu:frequencies[:<page>]           for which topic?
    heed:menu:channel                        the list of channels
    heed:frequency:<cap>[:<topic>]           a cap ("1/week"), or "any" for none
    heed:channel:<channel>                   a channel
    heed:keep                                the answer no to "do you want to stop?"
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.business import Business
from app.domain.channels import Channel
from app.domain.commands import ANSWERED, KEEP_BUTTON
from app.domain.frequency import Cap, parse_cap, register_of
from app.domain.registers import RegisterValue

NO_CAP = "any"
"""What stands in an id for "as often as you like"."""

_PREFERENCES, _MENU = "heed:preferences", "heed:menu"
_FREQUENCY, _CHANNEL = "heed:frequency", "heed:channel"
_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


class PageKind(StrEnum):
    """Which list is shown."""

    MAIN = "main"
    FREQUENCY = "frequency"
    FREQUENCIES = "frequencies"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Page:
    """One list message: which list, about which topic, and which page of it."""

    kind: PageKind
    topic: str | None = None
    number: int = 1

    @property
    def id(self) -> str:
        """The id of the button or row that opens it."""
        start = _PREFERENCES if self.kind is PageKind.MAIN else f"{_MENU}:{self.kind}"
        if self.topic:
            return f"{start}:{self.topic}"
        return f"{start}:{self.number}" if self.number > 1 else start


MAIN_PAGE = Page(PageKind.MAIN)


def read_page(button_id: str | None) -> Page | None:
    """Return the list that a tap opens; None where it opens none."""
    match _split(button_id):
        case ["heed", "preferences", *rest]:
            return _numbered(PageKind.MAIN, rest)
        case ["heed", "menu", PageKind.FREQUENCIES, *rest]:
            return _numbered(PageKind.FREQUENCIES, rest)
        case ["heed", "menu", PageKind.FREQUENCY, topic] if topic:
            return Page(PageKind.FREQUENCY, topic)
        case ["heed", "menu", (PageKind.FREQUENCY | PageKind.CHANNEL) as kind]:
            return Page(PageKind(kind))
    return None


def read_choice(button_id: str | None, business: Business) -> dict[str, RegisterValue] | None:
    """Return the registers that a tap sets; None where it is no choice of the business's.

    A list may be older than the business's topics and channels: what is not there any more is no
    choice. Whoever chooses has answered what we asked.
    """
    if button_id == KEEP_BUTTON:
        return dict(ANSWERED)
    match _split(button_id):
        case ["heed", "frequency", cap, *rest]:
            chosen = _read_cap(cap, rest, business)
        case ["heed", "channel", name]:
            chosen = choose_channel(name, business)
        case _:
            return None
    return {**chosen, **ANSWERED} if chosen else None


def choose_channel(name: str, business: Business) -> dict[str, RegisterValue] | None:
    """Return the register of a channel that the business has, else None."""
    return {"channel": name} if name in offered_channels(business) else None


def choose_cap(cap: Cap | None, topic: str | None = None) -> dict[str, RegisterValue]:
    """Return the register of a cap; None for no cap."""
    return {register_of(topic): str(cap) if cap else None}


def offered_channels(business: Business) -> tuple[Channel, ...]:
    """Return what a person can choose among: the business's channels, and none at all."""
    others = (Channel(name) for name in business.channels)
    return tuple(dict.fromkeys((Channel.WHATSAPP, *others, Channel.NONE)))


def frequency_id(cap: Cap | None, topic: str | None = None) -> str:
    """Return the id of the row that sets a cap."""
    start = f"{_FREQUENCY}:{cap or NO_CAP}"
    return f"{start}:{topic}" if topic else start


def channel_id(channel: Channel) -> str:
    """Return the id of the row that sets a channel."""
    return f"{_CHANNEL}:{channel}"


def topic_id(topic: str, *, turn_on: bool) -> str:
    """Return the id of the row that turns a topic on or off."""
    return f"heed:{'start' if turn_on else 'stop'}:{topic}"


def _read_cap(cap: str, rest: list[str], business: Business) -> dict[str, RegisterValue] | None:
    chosen = parse_cap(cap)
    if chosen is None and cap != NO_CAP:
        return None
    match rest:
        case []:
            return choose_cap(chosen)
        case [topic] if (found := business.topic(topic)) and not found.essential:
            return choose_cap(chosen, topic)
    return None


def _numbered(kind: PageKind, rest: list[str]) -> Page | None:
    match rest:
        case []:
            return Page(kind)
        case [number] if _PAGE_NUMBER.fullmatch(number):
            return Page(kind, number=int(number))
    return None


def _split(button_id: str | None) -> list[str]:
    return (button_id or "")[:200].split(":")
