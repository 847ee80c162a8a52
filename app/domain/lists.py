"""The lists by which a person sees and changes their choices in the chat, within every limit.

A list message holds ten rows in all, so topics go on over pages. Each row shows what holds now,
and its id says what a tap will make of it (menu.py).
"""

from datetime import datetime

from app.domain import menu
from app.domain.business import Business, Topic
from app.domain.channels import Channel
from app.domain.dates import write_date
from app.domain.frequency import DAILY, MONTHLY, WEEKLY
from app.domain.list_words import (
    DESCRIPTION_LIMIT,
    DOT,
    MOST_ROWS,
    TITLE_LIMIT,
    Desk,
    Menu,
    Row,
    capitalize,
    say_channel,
)
from app.domain.menu import MAIN_PAGE, Page, PageKind
from app.domain.preferences import Preferences
from app.domain.reply_texts import Replies
from app.domain.summary import is_on

PAUSES = (7, 30, 90)
"""For how many days a row offers to pause."""

CAPS = (None, DAILY, WEEKLY, MONTHLY)
"""Which caps the rows offer; None for none."""

# Beside the topics of a further page stand the ways on and back.
_TOPICS_A_PAGE = MOST_ROWS - 2


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
    desk = Desk(preferences, business, replies, language, now)
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


def _main_sections(desk: Desk, number: int) -> list[tuple[str, list[Row]]]:
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
    desk: Desk, rows: list[Row], page: Page, start: int, back: Page
) -> list[tuple[str, list[Row]]]:
    end = start + _TOPICS_A_PAGE
    ways = [desk.row(back.id, "row_back")]
    if end < len(rows):
        ways.insert(0, desk.row(Page(page.kind, number=page.number + 1).id, "row_topics"))
    return [("list_topics", rows[start:end]), ("list_more", ways)]


def _topic_row(desk: Desk, topic: Topic) -> Row:
    on = is_on(desk.preferences, topic, desk.business, desk.now)
    state = f"{desk.say('state_on' if on else 'state_off')}{DOT}"
    state += desk.say("tap_off" if on else "tap_on")
    return desk.topic_row(menu.topic_id(topic.id, turn_on=not on), topic, capitalize(state))


def _choice_rows(desk: Desk) -> list[Row]:
    """Return what there is to choose beside topics, with what holds now."""
    rows = [
        desk.row(
            Page(PageKind.FREQUENCY).id,
            "row_frequency",
            desk.cap(desk.preferences.caps.get("")),
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


def _channel_rows(desk: Desk) -> list[Row]:
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


def _frequency_rows(desk: Desk, topic: Topic | None) -> list[Row]:
    topic_id = topic.id if topic else None
    now = desk.preferences.caps.get(topic_id or "")
    rows = [
        Row(
            menu.frequency_id(cap, topic_id),
            desk.fit(desk.cap(cap), TITLE_LIMIT),
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


def _frequency_topics(desk: Desk, number: int) -> list[Row]:
    caps = desk.preferences.caps
    rows = [
        desk.topic_row(
            Page(PageKind.FREQUENCY, topic.id).id,
            topic,
            desk.cap(caps.get(topic.id)),
        )
        for topic in desk.topics
    ]
    start = (number - 1) * _TOPICS_A_PAGE
    if start >= len(rows):
        number, start = 1, 0
    page = Page(PageKind.FREQUENCIES, number=number)
    sections = _further_page(desk, rows, page, start, Page(PageKind.FREQUENCY))
    return [row for _, group in sections for row in group]
