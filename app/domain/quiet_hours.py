"""Quiet hours: when the business begins no message, by the local time of the person.

A rule is quiet on its weekdays, and on public holidays where it says so, from one time of the clock
on the wall to another, which may lie on the next day. A country with several time zones is quiet
while it is quiet in any of them: nobody knows in which of them a person sleeps.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from app.domain.business import Topic
from app.domain.quiet_rules import QuietRule
from app.domain.times import DAY

_MINUTE = timedelta(minutes=1)
# Holidays, weekends and nights may follow each other; no calendar is quiet for longer than this.
SEARCHED = 31 * DAY

IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Quiet:
    """It is quiet now; `until` is the first moment that is not, None where none is near."""

    until: datetime | None


def find_quiet(
    rules: Iterable[QuietRule],
    *,
    zones: Sequence[tzinfo],
    is_holiday: IsHoliday,
    now: datetime,
) -> Quiet | None:
    """Return the quiet hours in which somebody in one of these zones is now, or None.

    `rules` are those for the person's country and the message (`rules_for`). What is quiet is the
    union over rules and zones, so `until` is allowed by every rule in every zone.
    """
    chosen, moment, horizon = tuple(rules), now, now + SEARCHED
    while end := max(_ends_at(chosen, zones, is_holiday, moment), default=None):
        if end > horizon:
            return Quiet(None)
        moment = end
    return Quiet(moment) if moment > now else None


def rules_for(rules: Iterable[QuietRule], country: str | None, topic: Topic) -> list[QuietRule]:
    """Return the rules for a person of this country and a message of this topic."""
    return [
        rule
        for rule in rules
        if (not rule.countries or country in rule.countries)
        and topic.category in rule.categories
        and (rule.essential or not topic.essential)
    ]


def _ends_at(
    rules: Sequence[QuietRule], zones: Sequence[tzinfo], is_holiday: IsHoliday, moment: datetime
) -> Iterator[datetime]:
    """Yield the end of each stretch of quiet that a moment lies in."""
    for zone in zones:
        today = moment.astimezone(zone).date()
        for rule in rules:
            # What began yesterday may last until today.
            for day in (today - DAY, today):
                if day.weekday() in rule.weekdays or (rule.holidays and is_holiday(day)):
                    begin = moment_of(day, rule.begin, zone, latest=False)
                    end = moment_of(day, rule.end, zone, latest=True)
                    if begin <= moment < end:
                        yield end


def moment_of(day: date, minute: int, zone: tzinfo, *, latest: bool) -> datetime:
    """Return when the clock on the wall shows so many minutes after a day's midnight.

    Where clocks go back it shows that twice: the first or the `latest`. Where they go forward it
    may never show it: then the moment of the jump.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    early, late = sorted(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if _wall_of(early, zone) == wall:
        return late if latest else early
    while late - early > _MINUTE:
        middle = early + max((late - early) // _MINUTE // 2, 1) * _MINUTE
        early, late = (early, middle) if _wall_of(middle, zone) > wall else (middle, late)
    return late


def _wall_of(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
