"""What in business.toml can be read and yet cannot be meant: caps, quiet hours, countries."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from app.calendars import has_holidays, is_country, is_holiday, zones_of
from app.domain.business import Business, Category, Topic
from app.domain.caps import DURATIONS, EVERYTHING, scopes_of
from app.domain.frequency import Cap
from app.domain.quiet_hours import SEARCHED, find_quiet, rules_for
from config.findings import Finding, Level


def judge_business(business: Business, now: datetime) -> Iterator[Finding]:
    """Say what is odd, and that all is well where nothing is."""
    findings = [
        *_judge_countries(business),
        *_judge_caps(business),
        *_judge_quiet_hours(business, now),
    ]
    yield from findings or [Finding(Level.OK, "limits", "caps and quiet hours make sense")]


def _judge_countries(business: Business) -> Iterator[Finding]:
    named = {
        "no_way_back": business.policy.no_way_back,
        "quiet_hours": frozenset(one for rule in business.quiet_hours for one in rule.countries),
        "sources": frozenset(
            one for source in business.sources for one in source.countries | source.double_in
        ),
    }
    for where, countries in named.items():
        wrong = sorted(one for one in countries if not is_country(one))
        if wrong:
            yield Finding(
                Level.FAIL,
                "countries",
                f"{where} of business.toml names {', '.join(wrong)}, where nobody lives",
                "codes are those of ISO 3166, such as GB for the United Kingdom",
            )


def _judge_caps(business: Business) -> Iterator[Finding]:
    topics = [*business.topics, *(Topic(one.value, one) for one in Category)]
    for scope, caps in business.policy.caps.items():
        topic = next((one for one in topics if one.id == scope), None)
        if topic and (topic.essential or topic.category is Category.AUTHENTICATION):
            yield Finding(
                Level.WARN,
                "caps",
                f"policy.caps has one for {scope}, which no cap holds back",
                "essential topics and authentication are never counted; take it out",
            )
            continue
        wider = scopes_of(topic) if topic else (EVERYTHING,)
        for cap in caps:
            stricter = _find_stricter(scope, cap, wider, business)
            if stricter:
                yield Finding(
                    Level.WARN,
                    "caps",
                    f"policy.caps has {cap} for {scope}, which nobody can reach: {stricter}",
                    "take it out, or lower it",
                )


def _find_stricter(scope: str, cap: Cap, wider: tuple[str, ...], business: Business) -> str | None:
    """Return which other cap refuses before this one ever does."""
    for other_scope in wider:
        for other in business.policy.caps.get(other_scope, ()):
            times = -(-DURATIONS[cap.period] // DURATIONS[other.period])
            if (other_scope, other) != (scope, cap) and other.most * times <= cap.most:
                return f"{other_scope} has {other}"
    return None


def _judge_quiet_hours(business: Business, now: datetime) -> Iterator[Finding]:
    rules = business.quiet_hours
    countries = sorted({one for rule in rules for one in rule.countries if is_country(one)})
    unknown = [
        one
        for one in countries
        if any(rule.holidays and one in rule.countries for rule in rules) and not has_holidays(one)
    ]
    if unknown:
        yield Finding(
            Level.WARN,
            "quiet hours",
            f"the public holidays of {', '.join(unknown)} are not known",
            "their weekdays hold all the same",
        )
    for country in [*countries, None]:
        for category in Category:
            chosen = rules_for(rules, country, Topic(category.value, category))
            quiet = find_quiet(
                chosen,
                zones=zones_of(country),
                is_holiday=partial(is_holiday, country),
                now=now,
            )
            if quiet and quiet.until is None:
                yield Finding(
                    Level.WARN,
                    "quiet hours",
                    f"{category} may not be sent to {country or 'any other country'} in the next "
                    f"{SEARCHED.days} days",
                    "leave some hours in which it may",
                )
