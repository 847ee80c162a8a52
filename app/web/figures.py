"""`GET /v1/figures`: opt-ins and opt-outs in numbers, as JSON or CSV."""

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypedDict

from flask import Blueprint, Response, jsonify, request

from app.domain.figures import STAY_DAYS
from app.runtime import Runtime
from app.usecases.figures import earliest_day, read_figures
from app.web.auth import require_scope
from app.web.contract import Moment
from app.web.errors import ProblemError
from app.web.operations import Operation

_DEFAULT_DAYS = 30
_COLUMNS = ("day", "source", "topic", "language", "opt_ins", "opt_outs")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class StayBody(TypedDict):
    """Of so many who came that long ago, so many have not left."""

    of: int
    stayed: int


class StayingBody(TypedDict):
    """Who came by a way, and how many of them stayed 1, 7, 30 and 90 days."""

    source: str
    joined: int
    after_1: StayBody
    after_7: StayBody
    after_30: StayBody
    after_90: StayBody


class FiguresBody(TypedDict):
    """Numbers of a period; `counted_at` is when they were counted, null when they never were."""

    by_day: list[dict[str, Any]]
    by_source: list[dict[str, Any]]
    by_topic: list[dict[str, Any]]
    by_language: list[dict[str, Any]]
    staying: list[StayingBody]
    counted_at: Moment | None


_DAY = {"type": "string", "format": "date"}
OPERATIONS = (
    Operation(
        "get",
        "/v1/figures",
        "How many opted in and out, by which way, and who stays",
        ("read",),
        FiguresBody,
        problems=(400,),
        query={
            "from": {"description": "The first day (UTC); 30 days back when left out.", **_DAY},
            "to": {"description": "The last day; today when left out.", **_DAY},
            "format": {
                "description": "json, or csv with one row for each combination.",
                "type": "string",
                "enum": ["json", "csv"],
            },
        },
        also=("text/csv",),
    ),
)


def create_figures(runtime: Runtime) -> Blueprint:
    """Return the blueprint with the one route."""
    blueprint = Blueprint("figures", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "read"))

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/figures")
    def show_figures() -> Response:
        kind = request.args.get("format", "json")
        if kind not in {"json", "csv"}:
            raise ProblemError(400, "Unknown format", "`format` is json or csv.")
        now = runtime.clock()
        last = _read_day("to", now.date())
        first = _read_day("from", last - timedelta(days=_DEFAULT_DAYS - 1))
        # Before and after what is kept there is nothing, and a period may be asked for in full.
        first, last = max(first, earliest_day(now)), min(last, now.date() + timedelta(days=1))
        found = read_figures(runtime.figures, first, last, now=now)
        rows = found.pop("rows")
        if kind == "csv":
            return Response(write_csv(rows), mimetype="text/csv")
        return jsonify(found)

    return blueprint


def write_csv(rows: list[tuple[Any, ...]]) -> str:
    """Return the finest figures, a row for each combination that there is."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for row in rows:
        writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    return text.getvalue()


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) > 1 and cell.startswith(_FORMULA)


def _read_day(name: str, default: date) -> date:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ProblemError(400, "Not a day", f"`{name}` is a day such as 2026-11-24.") from None
    return min(max(found, date(2009, 1, 1)), date(2100, 1, 1))


def share_of(stay: Mapping[str, int]) -> int | None:
    """Return who stayed in percent; None where nobody came long enough ago."""
    return round(100 * stay["stayed"] / stay["of"]) if stay["of"] else None


__all__ = ["OPERATIONS", "STAY_DAYS", "create_figures", "share_of", "write_csv"]
