"""Opt-ins and opt-outs in numbers, as small charts with the same numbers in tables beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request

from app.domain.figures import ALL_TOPICS, STAY_DAYS, UNKNOWN
from app.domain.times import from_text
from app.usecases.figures import read_figures
from app.usecases.timeline_changes import name_topic
from app.web.console.context import Console, language
from app.web.console.pages import render_page
from app.web.figures import share_of

PERIODS = (30, 90, 365)
# Of a long period weeks are shown: a bar of one day would be too thin to be seen.
_MOST_BARS = 45
_HEIGHT, _WIDTH = 60, 600


@dataclass(frozen=True, slots=True)
class Bar:
    """One pair of bars: opt-ins upwards, opt-outs downwards."""

    label: str
    opt_ins: int
    opt_outs: int
    x: float
    width: float
    up: float
    down: float


def add_routes(blueprint: Blueprint, console: Console) -> None:
    """Add the routes of this file."""

    @blueprint.get("/figures")
    def show_figures() -> Response:
        runtime = console.runtime
        asked = request.args.get("days", "")
        days = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
        last = runtime.clock().date()
        first = last - timedelta(days=days - 1)
        found = read_figures(runtime.figures, first, last, now=runtime.clock())
        counted_at = found["counted_at"]
        return render_page(
            console,
            "figures",
            days=days,
            periods=PERIODS,
            counted_at=console.write_moment(from_text(counted_at)) if counted_at else None,
            bars=draw_bars(found["by_day"], first, last),
            height=_HEIGHT,
            width=_WIDTH,
            tables=[
                ("source", _name(found["by_source"], "source", _name_way)),
                ("topic", _name(found["by_topic"], "topic", lambda one: _name_topic(one, console))),
                ("language", _name(found["by_language"], "language", _name_language)),
            ],
            staying=[
                {
                    "name": _name_way(one["source"]),
                    "joined": one["joined"],
                    "after": [(limit, share_of(one[f"after_{limit}"])) for limit in STAY_DAYS],
                }
                for one in found["staying"]
            ],
            stay_days=STAY_DAYS,
        )


def draw_bars(rows: Sequence[Mapping[str, Any]], first: date, last: date) -> list[Bar]:
    """Return the bars of a period, by day, or by week where those would be too many."""
    days = (last - first).days + 1
    step = 1 if days <= _MOST_BARS else 7
    count = -(-days // step)
    sums = [[0, 0] for _ in range(count)]
    for row in rows:
        at = (date.fromisoformat(row["day"]) - first).days // step
        sums[at][0] += row["opt_ins"]
        sums[at][1] += row["opt_outs"]
    most = max((max(pair) for pair in sums), default=0) or 1
    width = _WIDTH / count
    return [
        Bar(
            label=(first + timedelta(days=number * step)).isoformat(),
            opt_ins=given,
            opt_outs=ended,
            x=round(number * width, 2),
            width=round(width * 0.8, 2),
            up=round(given / most * _HEIGHT, 2),
            down=round(ended / most * _HEIGHT, 2),
        )
        for number, (given, ended) in enumerate(sums)
    ]


def _name(rows: Sequence[Mapping[str, Any]], key: str, name: Any) -> list[dict[str, Any]]:
    most = max((max(one["opt_ins"], one["opt_outs"]) for one in rows), default=0) or 1
    named = [
        {
            "name": name(one[key]),
            "opt_ins": one["opt_ins"],
            "opt_outs": one["opt_outs"],
            "in_width": round(100 * one["opt_ins"] / most, 1),
            "out_width": round(100 * one["opt_outs"] / most, 1),
        }
        for one in rows
    ]
    return sorted(named, key=lambda one: (-one["opt_ins"], -one["opt_outs"], one["name"]))


def _name_way(way: str) -> str:
    return language().either(f"source.{way}", way)


def _name_topic(topic: str, console: Console) -> str:
    if topic == ALL_TOPICS:
        return language().text("figures.all_topics")
    return name_topic(topic, language(), console.runtime.business)


def _name_language(name: str) -> str:
    return language().text("figures.unknown") if name == UNKNOWN else name
