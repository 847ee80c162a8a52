"""`flask --app app replies preview`: each reply as a person will see it."""

from collections.abc import Iterator
from datetime import timedelta

import click
from flask.cli import AppGroup

from app.cli.output import careful, printable
from app.domain.frequency import WEEKLY
from app.domain.language import resolve_language
from app.domain.list_words import Menu
from app.domain.lists import build_menu
from app.domain.menu import Page, PageKind
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.replies import Reply, ReplyKind, render
from app.domain.summary import name_topic, summarize_preferences
from app.runtime import Runtime

_PAGES = {
    ReplyKind.PREFERENCES: Page(PageKind.MAIN),
    ReplyKind.MENU_TOPICS: Page(PageKind.FREQUENCIES),
    ReplyKind.MENU_FREQUENCY: Page(PageKind.FREQUENCY),
    ReplyKind.MENU_CHANNEL: Page(PageKind.CHANNEL),
}
# They keep names of the other direction in their place, and show nowhere.
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_WIDTH = 24


def create_replies(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("replies", help="Look at what people are told.")

    @group.command("preview", help="Print each reply as it will look; nothing is sent.")
    @click.option("--language", help="A language such as pt; that of the business if left out.")
    @careful
    def preview(*, language: str | None) -> None:
        for line in preview_replies(language, runtime):
            click.echo(line)

    return group


def preview_replies(language: str | None, runtime: Runtime) -> Iterator[str]:
    """Yield the lines of all replies in one language, with the business's own names and texts."""
    known = runtime.replies.languages
    chosen = resolve_language(language or runtime.business.language, known)
    if chosen is None:
        raise click.BadParameter(f"choose one of: {', '.join(known)}.", param_hint="--language")
    review = known[chosen].review
    yield f"{known[chosen].name} ({chosen}, {review})"
    for kind in ReplyKind:
        yield ""
        yield f"── {kind} ".ljust(60, "─")
        yield from describe_reply(_write(kind, chosen, runtime))


def describe_reply(reply: Reply) -> Iterator[str]:
    """Yield the lines of one reply: its words, its buttons, its list."""
    for line in reply.text.split("\n"):
        yield _plain(line)
    if reply.buttons:
        yield "  ".join(f"[ {_plain(button.title)} ]" for button in reply.buttons)
    if reply.menu:
        yield from _describe_menu(reply.menu)


def _describe_menu(menu: Menu) -> Iterator[str]:
    yield f"[ {_plain(menu.button)} ] opens"
    for section in menu.sections:
        yield f"  {_plain(section.title)}"
        for row in section.rows:
            line = f"    ○ {_plain(row.title):<{_WIDTH}}  {_plain(row.description)}"
            yield line.rstrip()


def _write(kind: ReplyKind, language: str, runtime: Runtime) -> Reply:
    """Write a reply to somebody who has opted in, and who may be told the way back."""
    business, replies, now = runtime.business, runtime.replies, runtime.clock()
    preferences = Preferences({"messages": Register("opted_in", Stamp(0, False, ""))})
    topic = next((one for one in business.topics if not one.essential), None)
    name = (
        name_topic(topic.id, business=business, replies=replies, language=language)
        if topic
        else None
    )
    menu = None
    page = _PAGES.get(kind)
    if kind is ReplyKind.MENU_FREQUENCY_TOPIC and topic:
        page = Page(PageKind.FREQUENCY, topic.id)
    if page:
        menu = build_menu(
            page,
            preferences,
            business=business,
            replies=replies,
            language=language,
            way_back=True,
            now=now,
        )
    return render(
        kind,
        replies=replies,
        language=language,
        business_name=business.name,
        way_back=True,
        topic_names=[name] if name else [],
        date=(now + timedelta(days=business.policy.default_pause_days)).date(),
        off_topics=[name] if name else [],
        state=summarize_preferences(preferences, business=business, language=language, now=now),
        cap=WEEKLY,
        channel=business.channels[0] if business.channels else None,
        menu=menu,
    )


def _plain(text: str) -> str:
    return printable(text.translate(_ISOLATES))
