"""The bodies of the API as types; routes return them, and /openapi.json is generated from them."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from app.domain.frequency import MOST
from app.domain.permission import Purpose, Reason

# Narrower than what is taken: spaces, 00 and the like are read too, and nobody should need them.
RECIPIENT_PATTERN = r"^(\+?[1-9][0-9]{4,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})$"
CAP_PATTERN = r"^[1-9][0-9]?/(day|week|month)$"


class Note(dict[str, Any]):
    """What a schema says beside the type; hashable, since `Annotated[…] | None` asks for that."""

    __hash__ = object.__hash__  # type: ignore[assignment]


RecipientId = Annotated[
    str,
    Note(
        {
            "description": "An international phone number in any form, or a BSUID.",
            "pattern": RECIPIENT_PATTERN,
            "examples": ["+447700900123", "GB.81726354908172635490"],
        }
    ),
]
Moment = Annotated[str, Note({"format": "date-time", "examples": ["2026-12-31T23:00:00Z"]})]
TopicId = Annotated[str, Note({"x-names": "topics"})]
TopicChoices = Annotated[dict[str, bool], Note({"x-names": "topics"})]
Caps = Annotated[
    dict[str, Annotated[str, Note({"pattern": CAP_PATTERN})] | None],
    Note(
        {
            "x-names": "caps",
            "description": f"At most n in a day, a week or a month (n up to {MOST}); null for no cap.",
        }
    ),
]
ChannelName = Literal["whatsapp", "sms", "email", "none"]
ShortText = Annotated[str, Note({"minLength": 1, "maxLength": 500, "pattern": r"\S"})]


class CheckRequest(TypedDict):
    """What a sender wants to do, for up to 10,000 people at once."""

    recipients: Annotated[list[RecipientId], Note({"maxItems": 10_000})]
    topic: NotRequired[TopicId | None]
    channel: NotRequired[str]
    purpose: NotRequired[Purpose]
    reserve: NotRequired[bool]


class CheckResult(TypedDict):
    """The answer for one recipient, in the order asked.

    `reservation` is there when the request had `reserve`; null where nothing was counted.
    """

    recipient: str
    allowed: bool
    reason: Reason | None
    until: Moment | None
    reservation: NotRequired[str | None]


class CheckAnswer(TypedDict):
    """One result for each recipient."""

    results: list[CheckResult]


class RecipientBody(TypedDict):
    """What one person allows, as it stands now."""

    recipient: str
    bsuid: str | None
    messages: Literal["opted_in", "opted_out", "unknown"]
    paused_until: Moment | None
    topics: dict[str, bool]
    frequency: dict[str, str]
    channel: ChannelName
    whatsapp_marketing: Literal["stopped", "allowed"]
    held: bool
    revision: int
    updated_at: Moment | None


class Evidence(TypedDict):
    """Why something is changed, and who decided it (the token's name, if nobody is named)."""

    reason: ShortText
    actor: NotRequired[ShortText]


class ChangeRequest(TypedDict):
    """The registers to change; what is left out stays as it is."""

    evidence: Evidence
    messages: NotRequired[Literal["opted_in", "opted_out"]]
    paused_until: NotRequired[Moment | None]
    topics: NotRequired[TopicChoices]
    frequency: NotRequired[Caps]
    channel: NotRequired[ChannelName]


class HistoryAnswer(TypedDict):
    """All evidence by time, and whether each chain is intact."""

    entries: list[dict[str, Any]]
    chains: list[dict[str, Any]]


class LinkRequest(TypedDict):
    """For whom a link to the preference page is made."""

    recipient: RecipientId
    language: NotRequired[
        Annotated[str, Note({"minLength": 1, "maxLength": 35, "pattern": r"\S"})] | None
    ]


class LinkAnswer(TypedDict):
    """A link for one person and nobody else."""

    url: str
    token: str
    expires_at: Moment


class ProblemBody(TypedDict):
    """What went wrong, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
