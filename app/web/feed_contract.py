"""The bodies of the feed as types (docs/events.md)."""

from typing import Annotated, Any, Literal, TypedDict

from app.domain.changes import ChangeType
from app.domain.permission import Reason
from app.web.contract import ChannelName, Moment, Note
from app.web.operations import Operation

MOST_ENTRIES = 1000
MOST_ROWS = 1000
LONGEST_WAIT = 25

Cursor = Annotated[str, Note({"examples": ["1764052800000-0"]})]


class StateBody(TypedDict):
    """What one person allowed at one moment; as GET /v1/recipients/{id}, without `held`."""

    recipient: str
    bsuid: str | None
    messages: Literal["opted_in", "opted_out", "unknown"]
    paused_until: Moment | None
    topics: dict[str, bool]
    frequency: dict[str, str]
    channel: ChannelName
    whatsapp_marketing: Literal["stopped", "allowed"]
    revision: int
    updated_at: Moment | None


class RestrictionBody(TypedDict):
    """One thing that forbids messages: all, a category or a topic, since when and until when."""

    scope: str
    reason: Reason
    since: Moment
    until: Moment | None
    besides: list[str]


class FeedEvent(TypedDict):
    """One change of one person; the same body goes to webhooks."""

    id: Cursor
    type: ChangeType
    occurred_at: Moment
    received_at: Moment
    applied_at: Moment
    recipient: str
    bsuid: str | None
    addresses: list[str]
    previous: list[str]
    before: StateBody
    after: StateBody
    changed: list[str]
    restrictions: list[RestrictionBody]
    source: str
    command: str | None
    topic: str | None
    evidence_id: str
    revision: int


class FeedAnswer(TypedDict):
    """Changes in the order in which they were made, and the cursor to ask with next."""

    events: list[FeedEvent]
    next: Cursor


class SuppressedRow(TypedDict):
    """One person, every id of theirs, and what forbids messages to them now."""

    recipient: str
    addresses: list[str]
    restrictions: list[RestrictionBody]


class SuppressedAnswer(TypedDict):
    """A page; `next` is for the page after it, `cursor` for the feed once all pages are read."""

    suppressed: list[SuppressedRow]
    next: str | None
    cursor: Cursor


FEED_QUERY: dict[str, dict[str, Any]] = {
    "after": {
        "type": "string",
        "pattern": r"^(0?|[0-9]{1,19}-[0-9]{1,19})$",
        "description": "The cursor `next` of the last answer; without one, or with 0, the oldest "
        "that is kept.",
    },
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_ENTRIES,
        "description": "At most so many entries; 100 without it.",
    },
    "wait": {
        "type": "integer",
        "minimum": 0,
        "maximum": LONGEST_WAIT,
        "description": "Where there is none, wait so many seconds for one.",
    },
    "types": {
        "type": "string",
        "description": "Only these, comma-separated; preferences.changed stands for all.",
        "pattern": "^({one}(,{one})*)$".replace(
            "{one}", f"({'|'.join(one.value.replace('.', '[.]') for one in ChangeType)})"
        ),
    },
}

SUPPRESSED_QUERY: dict[str, dict[str, Any]] = {
    "since": {
        "type": "string",
        "format": "date-time",
        "description": "Only people for whom something was applied at this moment or later.",
    },
    "topic": {
        "type": "string",
        "description": "Only people who must not be sent this topic, or category.",
    },
    "after": {"type": "string", "description": "The `next` of the page before."},
    "limit": {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_ROWS,
        "description": "About so many people in a page; 500 without it.",
    },
    "format": {
        "type": "string",
        "enum": ["json", "csv"],
        "description": "csv gives all in one answer; left out, what `Accept` asks for.",
    },
}

OPERATIONS = (
    Operation(
        "get",
        "/v1/events",
        "What has changed since?",
        ("read",),
        FeedAnswer,
        problems=(400, 410),
        query=FEED_QUERY,
    ),
    Operation(
        "get",
        "/v1/suppressed",
        "Who must not be messaged now?",
        ("read",),
        SuppressedAnswer,
        problems=(400,),
        query=SUPPRESSED_QUERY,
        also=("text/csv",),
    ),
)
