"""GET /v1/events: every change in one order, so that a system can prove that it missed none."""

import threading
import time
from datetime import timedelta

from flask import Blueprint, Response, jsonify, request

from app.domain.changes import ChangeType, is_wanted
from app.runtime import Runtime
from app.store.feed import CursorError, CursorTooOldError, FeedEntry
from app.web.auth import require_scope
from app.web.errors import ProblemError
from app.web.feed_contract import FEED_QUERY, LONGEST_WAIT, MOST_ENTRIES

# Whoever comes when so many of a process's threads wait already is answered at once. With those
# that app/dialog360/relay.py may take, the webhook and the gate have some left (config/gunicorn.py).
MOST_WAITING = 2
# In slices shorter than the time limit of a connection to Redis.
_SLICE = timedelta(seconds=1)
# A filter may pass over this many entries in one answer; the cursor goes on from there.
_MOST_READ = 5000
_USUAL_LIMIT = 100
# A system that keeps its cursor in a number begins with this; "" is that of an empty field.
_BEGINNING = "0"


def create_feed(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the feed."""
    blueprint = Blueprint("feed", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "read"))
    waiting = threading.BoundedSemaphore(MOST_WAITING)

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/events")
    def list_events() -> Response:
        _refuse_unknown()
        limit = _read_number("limit", _USUAL_LIMIT, lowest=1, highest=MOST_ENTRIES)
        wait = _read_number("wait", 0, lowest=0, highest=LONGEST_WAIT)
        types = _read_types()
        after = _read_cursor(runtime)
        events, cursor = _collect(runtime, after, limit, types)
        # Once more: what was let go of between the check and the read would be missed in silence.
        _read_cursor(runtime)
        if not events and wait and waiting.acquire(blocking=False):
            try:
                events, cursor = _wait(runtime, cursor, limit, types, seconds=wait)
            finally:
                waiting.release()
        return jsonify(events=[one.to_json() for one in events], next=cursor)

    return blueprint


def _collect(
    runtime: Runtime, after: str, limit: int, types: frozenset[str]
) -> tuple[list[FeedEntry], str]:
    """Return what is there, and the cursor after all that was looked at."""
    events: list[FeedEntry] = []
    for _ in range(0, _MOST_READ, MOST_ENTRIES):
        # Without a filter not one more than is wanted; with one, as many as may be passed over.
        batch = runtime.feed.read(after, most=MOST_ENTRIES if types else limit)
        for entry in batch:
            if is_wanted(entry.type, types):
                events.append(entry)
            after = entry.id
            if len(events) == limit:
                return events, after
        if len(batch) < MOST_ENTRIES:
            break
    return events, after


def _wait(
    runtime: Runtime, after: str, limit: int, types: frozenset[str], *, seconds: int
) -> tuple[list[FeedEntry], str]:
    """Return the first entries that come, or none when the time is over."""
    deadline = time.monotonic() + seconds
    events: list[FeedEntry] = []
    while not events and (left := deadline - time.monotonic()) > 0:
        if runtime.feed.read(after, most=1, wait=min(_SLICE, timedelta(seconds=left))):
            events, after = _collect(runtime, after, limit, types)
    return events, after


def _read_cursor(runtime: Runtime) -> str:
    text = request.args.get("after")
    if not text or text == _BEGINNING:
        return runtime.feed.first()
    try:
        return runtime.feed.check(text)
    except CursorTooOldError:
        raise ProblemError(
            410,
            "No longer kept",
            f"Entries after this cursor are gone; the feed keeps {runtime.settings.feed_days} "
            "days. Take GET /v1/suppressed as your list, and go on from the cursor it gives.",
        ) from None
    except CursorError:
        raise ProblemError(
            400,
            "Not a cursor of this feed",
            "`after` is the `next` of an earlier answer. If you have lost it, or Redis has lost "
            "data, take GET /v1/suppressed as your list, and go on from the cursor it gives.",
        ) from None


def _refuse_unknown() -> None:
    if set(request.args) - set(FEED_QUERY):
        raise ProblemError(400, "Unknown parameter", f"There are: {', '.join(FEED_QUERY)}.")


def _read_number(name: str, default: int, *, lowest: int, highest: int) -> int:
    text = request.args.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 6 and lowest <= int(text) <= highest:  # noqa: PLR2004 - digits
        return int(text)
    raise ProblemError(
        400, "Not a number", f"`{name}` is a whole number from {lowest} to {highest}."
    )


def _read_types() -> frozenset[str]:
    text = request.args.get("types")
    if text is None:
        return frozenset()
    types = frozenset(text.split(","))
    known = [one.value for one in ChangeType]
    if not types <= set(known):
        raise ProblemError(400, "Unknown type", f"`types` may have: {', '.join(known)}.")
    return types
