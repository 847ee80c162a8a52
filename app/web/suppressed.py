"""GET /v1/suppressed: who must not be messaged now, as JSON in pages or as one CSV."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.domain.business import Topic
from app.domain.times import from_text, to_milliseconds, to_text
from app.runtime import Runtime
from app.store.feed import is_cursor
from app.usecases.check import UnknownTopicError, find_topic
from app.usecases.suppressed import Lister, Place, Suppressed, list_suppressed
from app.web.auth import require_scope
from app.web.errors import ProblemError
from app.web.feed_contract import MOST_ROWS, SUPPRESSED_QUERY

_USUAL_LIMIT = 500
_CSV = "text/csv"
COLUMNS = ("recipient", "addresses", "scope", "reason", "since", "until", "besides")


def create_suppressed(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the list."""
    blueprint = Blueprint("suppressed", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "read"))
    lister = Lister(runtime.inbox, runtime.feed, runtime.preferences, runtime.business)

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/suppressed")
    def list_people() -> Response:
        _refuse_unknown()
        topic, limit = _read_topic(runtime), _read_limit()
        # The cursor first: whatever changes from here on is in the feed after it.
        cursor = runtime.feed.last()
        place = Place(among_people=(_read_since(), ""))
        if after := request.args.get("after"):
            place, cursor = _read_place(after)
        if _wants_csv():
            return _answer_csv(place, lister, topic, runtime, cursor)
        rows, next_place = list_suppressed(
            place, lister=lister, topic=topic, now=runtime.clock(), most=limit
        )
        return jsonify(
            suppressed=[_view(row) for row in rows],
            next=_write_place(next_place, cursor) if next_place else None,
            cursor=cursor,
        )

    return blueprint


def _answer_csv(
    place: Place, lister: Lister, topic: Topic | None, runtime: Runtime, cursor: str
) -> Response:
    def write() -> Iterator[str]:
        yield _line(COLUMNS)
        at: Place | None = place
        while at:
            rows, at = list_suppressed(
                at, lister=lister, topic=topic, now=runtime.clock(), most=_USUAL_LIMIT
            )
            yield "".join(_line(cells) for row in rows for cells in _cells_of(row))

    return Response(write(), mimetype=_CSV, headers={"Heed-Cursor": cursor})


def _view(row: Suppressed) -> dict[str, Any]:
    return {
        "recipient": row.recipient,
        "addresses": list(row.addresses),
        "restrictions": [one.to_json() for one in row.restrictions],
    }


def _cells_of(row: Suppressed) -> Iterator[tuple[str, ...]]:
    for one in row.restrictions:
        yield (
            row.recipient,
            " ".join(row.addresses),
            one.scope,
            one.reason.value,
            to_text(one.since),
            to_text(one.until) if one.until else "",
            " ".join(one.besides),
        )


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _wants_csv() -> bool:
    chosen = request.args.get("format")
    if chosen is not None:
        if chosen not in {"json", "csv"}:
            raise ProblemError(400, "Unknown format", "`format` is json or csv.")
        return chosen == "csv"
    return request.accept_mimetypes.best_match(["application/json", _CSV]) == _CSV


def _refuse_unknown() -> None:
    if set(request.args) - set(SUPPRESSED_QUERY):
        known = ", ".join(SUPPRESSED_QUERY)
        raise ProblemError(400, "Unknown parameter", f"There are: {known}.")


def _read_topic(runtime: Runtime) -> Topic | None:
    text = request.args.get("topic")
    if text is None:
        return None
    try:
        return find_topic(text, runtime.business)
    except UnknownTopicError as error:
        raise ProblemError(400, "Unknown topic", f"{error}.") from None


def _read_limit() -> int:
    text = request.args.get("limit", str(_USUAL_LIMIT))
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST_ROWS:  # noqa: PLR2004 - digits
        return int(text)
    raise ProblemError(400, "Not a number", f"`limit` is a whole number from 1 to {MOST_ROWS}.")


def _read_since() -> int:
    text = request.args.get("since")
    if text is None:
        return 0
    try:
        return to_milliseconds(from_text(text))
    except (ValueError, OverflowError):
        raise ProblemError(
            400, "Not a time", "`since` is a time such as 2026-12-01T09:00:00Z (a + is %2B)."
        ) from None


def _write_place(place: Place, cursor: str) -> str:
    text = json.dumps([place.in_inbox, *place.among_people, cursor], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_place(text: str) -> tuple[Place, str]:
    try:
        padded = text + "=" * (-len(text) % 4)
        in_inbox, score, member, cursor = json.loads(base64.urlsafe_b64decode(padded))
        is_sound = (
            (in_inbox is None or (type(in_inbox) is int and 0 <= in_inbox < 2**64))
            and type(score) is int
            and abs(score) < 2**53
            and isinstance(member, str)
            and member.isascii()
            and isinstance(cursor, str)
            and is_cursor(cursor)
        )
    except (ValueError, TypeError, RecursionError):
        is_sound = False
    if not is_sound:
        raise ProblemError(
            400, "Not a place in this list", "`after` is the `next` of the page before."
        )
    return Place(in_inbox, (score, member)), cursor
