"""The words of a confirmation, true at the moment when it is sent."""

from datetime import datetime

from app.domain.business import Business, Category
from app.domain.confirmations import Confirmation
from app.domain.frequency import Cap, is_cap, parse_cap
from app.domain.lists import build_menu
from app.domain.menu import read_page
from app.domain.pending import ASK_CONSENT
from app.domain.preferences import Preferences
from app.domain.replies import (
    LONGEST_NAME,
    LONGEST_NAMES,
    Reply,
    ReplyKind,
    Template,
    render,
)
from app.domain.reply_texts import Replies
from app.domain.summary import list_off_topics, name_topic, summarize_preferences
from app.domain.times import from_milliseconds
from app.domain.wording import clean_name, join_within


def write_reply(
    confirmation: Confirmation,
    preferences: Preferences,
    *,
    business: Business,
    replies: Replies,
    now: datetime,
) -> Reply:
    """Write a confirmation in its language, with what holds now."""
    if confirmation.kind == ASK_CONSENT:
        return _write_question(confirmation, business=business, replies=replies)
    language = replies.nearest(confirmation.language, business.language)
    topic = confirmation.details.get("topic")
    # An opt-in through a source speaks of all topics of that source.
    topics = confirmation.details.get("topics") or ([topic] if topic else [])
    way_back = confirmation.details.get("country") not in business.policy.no_way_back
    page = read_page(confirmation.details.get("menu"))
    until = confirmation.settings.get("paused_until")
    return render(
        ReplyKind(confirmation.kind),
        replies=replies,
        language=language,
        business_name=confirmation.details.get("business_name") or business.name,
        way_back=way_back,
        topic_names=[
            name_topic(one, business=business, replies=replies, language=language) for one in topics
        ],
        date=from_milliseconds(until).date() if isinstance(until, int) else None,
        off_topics=list_off_topics(
            preferences,
            business=business,
            language=language,
            name_category=lambda category: replies.text(language, f"category_{category}"),
        ),
        whatsapp_stopped=any(_is_about_marketing(one, business) for one in topics or [None])
        and preferences.value("whatsapp_marketing") == "stopped",
        state=summarize_preferences(preferences, business=business, language=language, now=now),
        cap=_cap_of(confirmation),
        channel=str(confirmation.settings.get("channel") or ""),
        menu=build_menu(
            page,
            preferences,
            business=business,
            replies=replies,
            language=language,
            way_back=way_back,
            now=now,
        )
        if page
        else None,
        default_language=business.language,
    )


def _write_question(confirmation: Confirmation, *, business: Business, replies: Replies) -> Reply:
    """Fill the template that asks for a second yes: who asks, and about which topics."""
    website = business.website
    wanted = confirmation.language.replace("-", "_")
    available = website.template_languages
    language = next(
        (
            one
            for name in (wanted, wanted.partition("_")[0], business.language)
            for one in available
            if one == name or one.partition("_")[0] == name
        ),
        available[0],
    )
    spoken = replies.nearest(language.replace("_", "-"), business.language)
    names = [
        name_topic(one, business=business, replies=replies, language=spoken)
        for one in confirmation.details["topics"]
    ]
    values = (
        clean_name(confirmation.details["business_name"], LONGEST_NAME, "ltr"),
        join_within(names, replies.languages[spoken].list_separator, LONGEST_NAMES),
    )
    template = Template(website.template, language, values, confirmation.details["button_id"])
    # Evidence keeps what was sent; the words between the values are those that WhatsApp approved.
    return Reply(
        f"{website.template} ({language}): {'; '.join(values)}", (), spoken, None, template
    )


def _cap_of(confirmation: Confirmation) -> Cap | None:
    caps = (parse_cap(value) for name, value in confirmation.settings.items() if is_cap(name))
    return next(caps, None)


def _is_about_marketing(topic: str | None, business: Business) -> bool:
    """Tell whether WhatsApp's own switch matters to a reply about this topic, or about all."""
    found = business.topic(topic) if topic else None
    category = found.category if found else topic
    return category in {None, Category.MARKETING}
