"""The lists by which a person sees and changes their choices in the chat, within every limit.

A list message holds ten rows in all, so topics go on over pages. Each row shows what holds now,
and its id says what a tap will make of it (menu.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain import menu
from app.domain.business import Business, Topic
from app.domain.channels import Channel
from app.domain.dates import write_date
from app.domain.frequency import DAILY, MONTHLY, WEEKLY, Cap
from app.domain.menu import MAIN_PAGE, Page, PageKind
from app.domain.preferences import Preferences
from app.domain.reply_texts import Replies
from app.domain.summary import is_on, name_topic
from app.domain.wording import clean_name, fill_placeholders, measure_text

MOST_ROWS = 10
TITLE_LIMIT = 24
DESCRIPTION_LIMIT = 72
BUTTON_LIMIT = 20

PAUSES = (7, 30, 90)
"""For how many days a row offers to pause."""

CAPS = (None, DAILY, WEEKLY, MONTHLY)
"""Which caps the rows offer; None for none."""

# Beside the topics of a further page stand the ways on and back.
_TOPICS_A_PAGE = MOST_ROWS - 2
# Marks that set a name of the other direction apart.
_MARKS = 2
_DOT = " · "


@dataclass(frozen=True, slots=True)
class Row:
    """One choice; `description` is the small print below its title."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """A list that opens by its button."""

    button: str
    sections: tuple[Section, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in order."""
        return tuple(row for section in self.sections for row in section.rows)


def build_menu(
    page: Page,
    preferences: Preferences,
    *,
    business: Business,
    replies: Replies,
    language: str,
    way_back: bool,
    now: datetime,
) -> Menu | None:
    """Return a list as it stands now, in one of the languages of `replies`.

    After STOP there is nothing to choose but the way back, where the person's country allows to
    mention it; None where it does not. A page that has gone is the first one.
    """
    desk = _Desk(preferences, business, replies, language, now)
    if preferences.messages == "opted_out":
        rows = [desk.row("heed:start", "row_start")] if way_back else []
        return desk.menu((("list_more", rows),))
    topic = business.topic(page.topic) if page.topic else None
    match page.kind:
        case PageKind.CHANNEL:
            return desk.menu((("row_channel", _channel_rows(desk)),))
        case PageKind.FREQUENCY if topic or not page.topic:
            return desk.menu((("row_frequency", _frequency_rows(desk, topic)),))
        case PageKind.FREQUENCIES:
            return desk.menu((("list_topics", _frequency_topics(desk, page.number)),))
    return desk.menu(_main_sections(desk, page.number))


@dataclass(frozen=True, slots=True)
class _Desk:
    """All that rows are written from."""

    preferences: Preferences
    business: Business
    replies: Replies
    language: str
    now: datetime

    @property
    def direction(self) -> str:
        return self.replies.languages[self.language].direction

    @property
    def topics(self) -> list[Topic]:
        """The topics that a tap can change: those that are essential end by STOP alone."""
        return [topic for topic in self.business.topics if not topic.essential]

    def say(self, key: str, **values: str) -> str:
        return fill_placeholders(self.replies.text(self.language, key), values)

    def fit(self, text: str, limit: int) -> str:
        fitted = clean_name(text, limit, self.direction)
        if measure_text(fitted) > limit:
            fitted = clean_name(text, limit - _MARKS, self.direction)
        return fitted

    def name(self, topic: Topic) -> str:
        return name_topic(
            topic.id, business=self.business, replies=self.replies, language=self.language
        )

    def row(self, row_id: str, key: str, description: str = "") -> Row:
        title = self.fit(self.say(key), TITLE_LIMIT)
        return Row(row_id, title, self.fit(description, DESCRIPTION_LIMIT))

    def topic_row(self, row_id: str, topic: Topic, state: str) -> Row:
        """Return a row with the topic's name, its state, and what there is room for.

        Two long names may look the same when they are clipped; then the rest stands below.
        """
        name = " ".join(self.name(topic).split())
        title = self.fit(name, TITLE_LIMIT) or topic.id[:TITLE_LIMIT]
        is_clipped = measure_text(name) > TITLE_LIMIT
        more = name if is_clipped else topic.description(self.language, self.business.language)
        room = DESCRIPTION_LIMIT - measure_text(state) - len(_DOT)
        if more and room > TITLE_LIMIT:
            return Row(row_id, title, f"{state}{_DOT}{self.fit(more, room)}")
        return Row(row_id, title, self.fit(state, DESCRIPTION_LIMIT))

    def menu(self, sections: Sequence[tuple[str, list[Row]]]) -> Menu | None:
        filled = tuple(
            Section(self.fit(self.say(key), TITLE_LIMIT), tuple(rows))
            for key, rows in sections
            if rows
        )
        return Menu(self.fit(self.say("list_button"), BUTTON_LIMIT), filled) if filled else None


def say_cap(cap: Cap | None, replies: Replies, language: str) -> str:
    """Return a cap in words."""
    if cap is None:
        return replies.text(language, "cap_any")
    text = replies.text(language, f"cap_{cap.period}")
    return fill_placeholders(text, {"count": str(cap.most)})


def say_channel(name: object, replies: Replies, language: str) -> str:
    """Return a channel in words; WhatsApp for whatever is none, as who never chose has it."""
    channel = next((one for one in Channel if one == name), Channel.WHATSAPP)
    return replies.text(language, f"channel_{channel}")


def _main_sections(desk: _Desk, number: int) -> list[tuple[str, list[Row]]]:
    choices = _choice_rows(desk)
    rows = [_topic_row(desk, topic) for topic in desk.topics]
    room = MOST_ROWS - len(choices)
    if len(rows) <= room:
        return [("list_topics", rows), ("list_more", choices)]
    first, rest = rows[: room - 1], rows[room - 1 :]
    start = (number - 2) * _TOPICS_A_PAGE
    if number == 1 or start >= len(rest):
        more = desk.row(Page(PageKind.MAIN, number=2).id, "row_topics")
        return [("list_topics", [*first, more]), ("list_more", choices)]
    return _further_page(desk, rest, Page(PageKind.MAIN, number=number), start, MAIN_PAGE)


def _further_page(
    desk: _Desk, rows: list[Row], page: Page, start: int, back: Page
) -> list[tuple[str, list[Row]]]:
    end = start + _TOPICS_A_PAGE
    ways = [desk.row(back.id, "row_back")]
    if end < len(rows):
        ways.insert(0, desk.row(Page(page.kind, number=page.number + 1).id, "row_topics"))
    return [("list_topics", rows[start:end]), ("list_more", ways)]


def _topic_row(desk: _Desk, topic: Topic) -> Row:
    on = is_on(desk.preferences, topic, desk.business, desk.now)
    state = f"{desk.say('state_on' if on else 'state_off')}{_DOT}"
    state += desk.say("tap_off" if on else "tap_on")
    return desk.topic_row(menu.topic_id(topic.id, turn_on=not on), topic, _capitalize(state))


def _choice_rows(desk: _Desk) -> list[Row]:
    """Return what there is to choose beside topics, with what holds now."""
    rows = [
        desk.row(
            Page(PageKind.FREQUENCY).id,
            "row_frequency",
            _capitalize(_cap_in_words(desk, desk.preferences.caps.get(""))),
        )
    ]
    if desk.business.channels:
        channel = desk.preferences.value("channel")
        rows.append(
            desk.row(
                Page(PageKind.CHANNEL).id,
                "row_channel",
                say_channel(channel, desk.replies, desk.language),
            )
        )
    longest = desk.business.policy.longest_pause_days
    rows.extend(
        desk.row(f"heed:pause:{days}", f"row_pause_{days}") for days in PAUSES if days <= longest
    )
    until = desk.preferences.paused_until(desk.now)
    if until:
        date = write_date(until.date(), desk.replies.languages[desk.language].dates)
        pause = f"{desk.say('state_pause')}: {desk.say('state_until', date=date)}"
        rows.append(desk.row("heed:resume", "row_resume", pause))
    return [*rows, desk.row("heed:stop", "row_stop")]


def _channel_rows(desk: _Desk) -> list[Row]:
    now = desk.preferences.value("channel") or Channel.WHATSAPP
    rows = [
        Row(
            menu.channel_id(channel),
            desk.fit(say_channel(channel, desk.replies, desk.language), TITLE_LIMIT),
            desk.fit(desk.say("note_now"), DESCRIPTION_LIMIT) if channel == now else "",
        )
        for channel in menu.offered_channels(desk.business)
    ]
    return [*rows, desk.row(MAIN_PAGE.id, "row_back")]


def _frequency_rows(desk: _Desk, topic: Topic | None) -> list[Row]:
    topic_id = topic.id if topic else None
    now = desk.preferences.caps.get(topic_id or "")
    rows = [
        Row(
            menu.frequency_id(cap, topic_id),
            desk.fit(_capitalize(_cap_in_words(desk, cap)), TITLE_LIMIT),
            desk.fit(desk.say("note_now"), DESCRIPTION_LIMIT) if cap == now else "",
        )
        for cap in CAPS
    ]
    topics = Page(PageKind.FREQUENCIES)
    if topic:
        return [*rows, desk.row(topics.id, "row_back")]
    if desk.topics:
        rows.append(desk.row(topics.id, "row_one_topic"))
    return [*rows, desk.row(MAIN_PAGE.id, "row_back")]


def _frequency_topics(desk: _Desk, number: int) -> list[Row]:
    caps = desk.preferences.caps
    rows = [
        desk.topic_row(
            Page(PageKind.FREQUENCY, topic.id).id,
            topic,
            _capitalize(_cap_in_words(desk, caps.get(topic.id))),
        )
        for topic in desk.topics
    ]
    start = (number - 1) * _TOPICS_A_PAGE
    if start >= len(rows):
        number, start = 1, 0
    page = Page(PageKind.FREQUENCIES, number=number)
    sections = _further_page(desk, rows, page, start, Page(PageKind.FREQUENCY))
    return [row for _, group in sections for row in group]


def _cap_in_words(desk: _Desk, cap: Cap | None) -> str:
    return say_cap(cap, desk.replies, desk.language)


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]
