"""Figures about opt-ins and opt-outs, counted from the evidence. Pure, and without anybody's name.

They are counted anew from the whole evidence each time, and never added to. So a job that runs
twice or late cannot count twice, and people who are forgotten are in no figure any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.times import from_milliseconds

KEPT_DAYS = 400
"""How far back figures go; what is older is not counted any more."""
STAY_DAYS = (1, 7, 30, 90)
ALL_TOPICS = "*"
UNKNOWN = "-"
_TOPIC = "topics."

Cell = tuple[str, str, str]
"""Way in or out, topic, language."""


@dataclass(slots=True)
class Day:
    """What happened on one day (UTC).

    `cells` has opt-ins and opt-outs by way, topic and language. `totals` has them by way and
    language: a yes to two topics is one yes, and stands in two cells. `cohorts` has for each way
    how many began on that day, and how many of those had left within 1, 7, 30 and 90 days.
    """

    cells: dict[Cell, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    totals: dict[tuple[str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    cohorts: dict[str, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * (1 + len(STAY_DAYS)))
    )


Tally = defaultdict[date, Day]


def new_tally() -> Tally:
    """Return an empty count."""
    return defaultdict(Day)


def count_chain(entries: Iterable[Mapping[str, Any]], tally: Tally, *, now: datetime) -> None:
    """Add one person's chain of evidence to a tally."""
    earliest = now.date() - timedelta(days=KEPT_DAYS)
    messages, language = "unknown", UNKNOWN
    joined: tuple[date, str, datetime] | None = None
    for entry in entries:
        if entry.get("kind") != "event":
            continue
        event, changed = entry["event"], entry.get("changed") or {}
        language = _language_of(event, changed, language)
        messages = changed["messages"][1] if "messages" in changed else messages
        at = from_milliseconds(event["occurred_at"])
        way = _way_of(event)
        given, withdrawn = _choices(changed)
        # A yes that others recorded and that a STOP overrules turns its topics on beneath it.
        # What is older is counted into a day that nobody keeps.
        day = tally[at.date()] if at.date() >= earliest and (given or withdrawn) else Day()
        if given and messages != "opted_out":
            _add(day, (way, language), given, 0)
            joined = joined or (at.date(), way, at)
        if withdrawn:
            _add(day, (way, language), withdrawn, 1)
        if joined and ALL_TOPICS in withdrawn:
            _close(tally, joined, at, earliest)
            joined = None
    if joined:
        _close(tally, joined, None, earliest)


def _add(day: Day, total: tuple[str, str], topics: Iterable[str], position: int) -> None:
    way, language = total
    day.totals[total][position] += 1
    for topic in topics:
        day.cells[way, topic, language][position] += 1


def _close(
    tally: Tally, joined: tuple[date, str, datetime], left_at: datetime | None, earliest: date
) -> None:
    """Count somebody who came by a way, and when they left, if they did."""
    day, way, since = joined
    if day < earliest:
        return
    cohort = tally[day].cohorts[way]
    cohort[0] += 1
    for position, days in enumerate(STAY_DAYS, start=1):
        if left_at is not None and left_at < since + timedelta(days=days):
            cohort[position] += 1


def _choices(changed: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the topics that were agreed to and those that were ended."""
    topics = {
        name.removeprefix(_TOPIC): values[1]
        for name, values in changed.items()
        if name.startswith(_TOPIC)
    }
    given = [topic for topic, value in topics.items() if value is True]
    withdrawn = [topic for topic, value in topics.items() if value is False]
    messages = changed.get("messages", [None, None])[1]
    if messages == "opted_in" and not given:
        given = [ALL_TOPICS]
    if messages == "opted_out":
        withdrawn = [ALL_TOPICS, *withdrawn]
    return given, withdrawn


def _way_of(event: Mapping[str, Any]) -> str:
    proof = event.get("proof") or {}
    return str(proof.get("opt_in_source") or event.get("source") or UNKNOWN)


def _language_of(event: Mapping[str, Any], changed: Mapping[str, Any], known: str) -> str:
    proof = event.get("proof") or {}
    spoken = changed.get("language", [None, None])[1]
    return str(spoken or event.get("language") or proof.get("wording_language") or known)


def day_to_json(day: Day) -> dict[str, Any]:
    """Return a day as plain JSON values."""
    return {
        "cells": [[*cell, *counts] for cell, counts in sorted(day.cells.items())],
        "totals": [[*total, *counts] for total, counts in sorted(day.totals.items())],
        "cohorts": [[way, *counts] for way, counts in sorted(day.cohorts.items())],
    }


def sum_up(days: Mapping[date, Mapping[str, Any]], *, today: date) -> dict[str, Any]:
    """Return the figures of some days as the API and the console show them."""
    by: dict[str, dict[str, list[int]]] = {
        name: defaultdict(lambda: [0, 0]) for name in ("day", "source", "topic", "language")
    }
    rows = []
    for day, counted in sorted(days.items()):
        for way, topic, language, given, withdrawn in counted["cells"]:
            rows.append((day.isoformat(), way, topic, language, given, withdrawn))
            by["topic"][topic][0] += given
            by["topic"][topic][1] += withdrawn
        # Figures that an earlier version counted have none, until they are counted again.
        for way, language, given, withdrawn in counted.get("totals", ()):
            for name, key in (("day", day.isoformat()), ("source", way), ("language", language)):
                by[name][key][0] += given
                by[name][key][1] += withdrawn
    return {
        **{
            f"by_{name}": [
                {name: key, "opt_ins": given, "opt_outs": withdrawn}
                for key, (given, withdrawn) in sorted(found.items())
            ]
            for name, found in by.items()
        },
        "staying": _staying(days, today),
        "rows": rows,
    }


def _staying(days: Mapping[date, Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """Return for each way how many of those who came stayed so many days.

    Only who came long enough ago counts for a number of days: of the others nobody knows yet.
    """
    ways: dict[str, dict[str, Any]] = {}
    for day, counted in days.items():
        for way, joined, *left in counted["cohorts"]:
            found = ways.setdefault(
                way, {"source": way, "joined": 0, "after": {d: [0, 0] for d in STAY_DAYS}}
            )
            found["joined"] += joined
            for limit, gone in zip(STAY_DAYS, left, strict=True):
                if day + timedelta(days=limit) < today:
                    found["after"][limit][0] += joined
                    found["after"][limit][1] += joined - gone
    return [
        {
            "source": one["source"],
            "joined": one["joined"],
            **{
                f"after_{limit}": {"of": of, "stayed": stayed}
                for limit, (of, stayed) in one["after"].items()
            },
        }
        for one in sorted(ways.values(), key=lambda one: (-one["joined"], one["source"]))
    ]
