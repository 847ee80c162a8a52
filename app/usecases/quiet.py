"""Is it quiet where a person is? The rules of business.toml, with clocks and holidays put to them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache, partial

from app.domain.business import Topic
from app.domain.quiet_hours import Quiet, find_quiet, rules_for
from app.domain.quiet_rules import QuietRule
from app.domain.recipients import Recipient
from app.ports import CountryFinder

ZonesFinder = Callable[[str | None], Sequence[tzinfo]]
HolidayFinder = Callable[[str | None, date], bool]


class QuietHours:
    """Answers for people; what is the same for a country in one minute is worked out once."""

    def __init__(
        self,
        rules: Sequence[QuietRule],
        *,
        country_of: CountryFinder,
        zones_of: ZonesFinder,
        is_holiday: HolidayFinder,
    ) -> None:
        self._rules = tuple(rules)
        self._country_of = country_of
        self._zones_of = zones_of
        self._is_holiday = is_holiday
        self._find = lru_cache(maxsize=1024)(self._find_at)

    def __call__(self, recipient: Recipient, topic: Topic, now: datetime) -> Quiet | None:
        """Return the quiet hours that stand now, or None."""
        if not self._rules:
            return None
        country = self._country_of(recipient)
        rules = tuple(rules_for(self._rules, country, topic))
        if not rules:
            return None
        # Rules and clocks change on whole minutes, so nothing is lost by it.
        return self._find(rules, country, now.replace(second=0, microsecond=0))

    def _find_at(
        self, rules: tuple[QuietRule, ...], country: str | None, minute: datetime
    ) -> Quiet | None:
        return find_quiet(
            rules,
            zones=self._zones_of(country),
            is_holiday=partial(self._is_holiday, country),
            now=minute,
        )
