"""The words of a preference page: which language, and foreign names set apart inside a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept

from app.countries import country_of
from app.domain.business import Business
from app.domain.dates import write_date
from app.domain.language import choose_language, resolve_language
from app.domain.links import PreferenceLink
from app.domain.page_texts import PageTexts
from app.domain.preferences import Preferences
from app.domain.replies import Replies, ReplyLanguage
from app.domain.summary import name_topic
from app.domain.wording import clean_name, fill_placeholders

_LONGEST_NAME = 60
_MOST_ACCEPTED = 10


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language on one business's page."""

    language: str
    texts: PageTexts
    replies: Replies
    business: Business

    @property
    def style(self) -> ReplyLanguage:
        """How the language writes dates, and which way it runs."""
        return self.replies.languages[self.language]

    def __call__(self, key: str, **values: object) -> Markup:
        """Return a text of the page as HTML; each name stands apart from the sentence."""
        return self._fill(self.texts.text(self.language, key), values)

    def reply(self, key: str, **values: object) -> Markup:
        """Return a text or label of the replies as HTML."""
        return self._fill(self.replies.text(self.language, key), values)

    def plain(self, key: str) -> str:
        """Return a text of the page for a place that takes no HTML, such as a window's title."""
        name = clean_name(self.business.name, _LONGEST_NAME, self.style.direction)
        return fill_placeholders(self.texts.text(self.language, key), {"business": name})

    def date(self, moment: datetime) -> Markup:
        """Return a date in words, with the moment for machines."""
        words = escape(write_date(moment, self.style.dates))
        return Markup('<time datetime="{}">{}</time>').format(moment.date().isoformat(), words)

    def topic(self, topic_id: str) -> str:
        """Return the name of a topic or a category."""
        return name_topic(
            topic_id, business=self.business, replies=self.replies, language=self.language
        )

    def name_language(self, tag: object) -> str:
        """Return a language's own name, or the tag."""
        found = resolve_language(str(tag), self.replies.languages)
        return self.replies.languages[found].name if found else str(tag)

    def describe_topic(self, topic_id: str) -> str:
        """Return a line about a topic or an empty text."""
        topic = self.business.topic(topic_id)
        return topic.description(self.language, self.business.language) if topic else ""

    def _fill(self, text: str, values: Mapping[str, object]) -> Markup:
        known = {
            **self.style.words,
            "business": self.business.name,
            "stop_all": self.texts.text(self.language, "stop_all"),
            **values,
        }
        # Markup in values is ours (a date); everything else is somebody's words.
        marked = {
            name: str(value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(value))
            for name, value in known.items()
        }
        return Markup(fill_placeholders(str(escape(text)), marked))  # noqa: S704 - escaped above


def list_languages(texts: PageTexts, replies: Replies) -> dict[str, str]:
    """Return the languages that a page can be read in, with their own names, in their order."""
    names = {
        language: replies.languages[language].name
        for language in texts.languages
        if language in replies.languages
    }
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def choose_page_language(
    *,
    asked: str | None,
    link: PreferenceLink | None,
    preferences: Preferences | None,
    accepted: LanguageAccept,
    business: Business,
    available: Mapping[str, str],
    countries: Mapping[str, str],
) -> str:
    """Return the language of a page.

    The one asked for on the page counts first, then that of the link, of the person's own words,
    of their browser, of their country, of the business.
    """
    earlier = preferences.value("language") if preferences else None
    for tag in (asked, link.language if link else None, earlier):
        found = resolve_language(str(tag), available) if tag else None
        if found:
            return found
    for tag, _ in list(accepted)[:_MOST_ACCEPTED]:
        found = resolve_language(tag, available)
        if found:
            return found
    return choose_language(
        words=None,
        earlier=None,
        country=country_of(link.recipient) if link else None,
        number=None,
        default=business.language,
        available=available,
        countries=countries,
    )
