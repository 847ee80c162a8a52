"""What the console says, in the languages of those who work with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.dates import DateStyle, write_date
from app.domain.language import FALLBACK_LANGUAGE
from app.domain.wording import fill_placeholders


@dataclass(frozen=True, slots=True)
class ConsoleLanguage:
    """One language; `dates` write a day with its year, `short_dates` without.

    `fallback` is English, which speaks where a text is missing. `moment` joins {date} and {time}.
    """

    language: str
    name: str
    direction: str
    review: str
    dates: DateStyle
    short_dates: DateStyle
    moment: str
    texts: Mapping[str, str]
    fallback: Mapping[str, str]

    def has(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return key in self.texts or key in self.fallback

    def text(self, key: str, **values: str) -> str:
        """Return a text with its values; a key that nobody wrote a text for stands for itself."""
        template = self.texts.get(key) or self.fallback.get(key) or key
        return fill_placeholders(template, values)

    def either(self, key: str, otherwise: str) -> str:
        """Return a text, or something else where there is none of this key."""
        return self.text(key) if self.has(key) else otherwise

    def write_day(self, moment: datetime, *, now: datetime, zone: tzinfo) -> str:
        """Return the day, without the year while it is this one."""
        local = moment.astimezone(zone)
        is_this_year = local.year == now.astimezone(zone).year
        return write_date(local.date(), self.short_dates if is_this_year else self.dates)

    def write_moment(self, moment: datetime, *, now: datetime, zone: tzinfo) -> str:
        """Return day and time, e.g. "12 March 14:05"."""
        values = {
            "date": self.write_day(moment, now=now, zone=zone),
            "time": f"{moment.astimezone(zone):%H:%M}",
        }
        return fill_placeholders(self.moment, values)


@dataclass(frozen=True, slots=True)
class ConsoleTexts:
    """Every language of the console."""

    languages: Mapping[str, ConsoleLanguage]

    def of(self, language: str | None) -> ConsoleLanguage:
        """Return a language, or English."""
        return self.languages.get(language or "") or self.languages[FALLBACK_LANGUAGE]
