"""The parts of a list in the chat, and the words that its rows are written in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.business import Business, Topic
from app.domain.channels import Channel
from app.domain.frequency import Cap
from app.domain.preferences import Preferences
from app.domain.reply_texts import Replies
from app.domain.summary import name_topic
from app.domain.wording import clean_name, fill_placeholders, measure_text

MOST_ROWS = 10
TITLE_LIMIT = 24
DESCRIPTION_LIMIT = 72
BUTTON_LIMIT = 20

# Marks that set a name of the other direction apart.
_MARKS = 2
DOT = " · "


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


@dataclass(frozen=True, slots=True)
class Desk:
    """All that rows are written from: whose choices, at which business, in which language."""

    preferences: Preferences
    business: Business
    replies: Replies
    language: str
    now: datetime

    @property
    def direction(self) -> str:
        """The direction of the language, ltr or rtl."""
        return self.replies.languages[self.language].direction

    @property
    def topics(self) -> list[Topic]:
        """The topics that a tap can change: those that are essential end by STOP alone."""
        return [topic for topic in self.business.topics if not topic.essential]

    def say(self, key: str, **values: str) -> str:
        """Return a text of the language with its placeholders filled."""
        return fill_placeholders(self.replies.text(self.language, key), values)

    def fit(self, text: str, limit: int) -> str:
        """Return the text on one line within a limit, set apart where it runs the other way."""
        fitted = clean_name(text, limit, self.direction)
        if measure_text(fitted) > limit:
            fitted = clean_name(text, limit - _MARKS, self.direction)
        return fitted

    def cap(self, cap: Cap | None) -> str:
        """Return a cap in words, as a title or a description."""
        return capitalize(say_cap(cap, self.replies, self.language))

    def name(self, topic: Topic) -> str:
        """Return what people call a topic."""
        return name_topic(
            topic.id, business=self.business, replies=self.replies, language=self.language
        )

    def row(self, row_id: str, key: str, description: str = "") -> Row:
        """Return a row with a title of ours."""
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
        room = DESCRIPTION_LIMIT - measure_text(state) - len(DOT)
        if more and room > TITLE_LIMIT:
            return Row(row_id, title, f"{state}{DOT}{self.fit(more, room)}")
        return Row(row_id, title, self.fit(state, DESCRIPTION_LIMIT))

    def menu(self, sections: Sequence[tuple[str, list[Row]]]) -> Menu | None:
        """Return the list of all sections that have rows; None where none has."""
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


def capitalize(text: str) -> str:
    """Return the text with a capital first letter, where its script has one."""
    return text[:1].upper() + text[1:]
