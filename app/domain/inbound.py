"""What a notification says, after parsing and before anybody decides what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.recipients import Recipient

TRACKER_PREFIX = "heed:"
"""How the `biz_opaque_callback_data` of every message of ours begins; statuses repeat it."""


class MessageKind(StrEnum):
    """By which means a person expressed something; other kinds carry no words."""

    TEXT = "text"
    CAPTION = "caption"
    TEMPLATE_REPLY = "template_reply"
    BUTTON_REPLY = "button_reply"
    LIST_REPLY = "list_reply"
    FLOW_REPLY = "flow_reply"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Referral:
    """Which ad or post a chat was begun from (click to WhatsApp).

    Neither the id of the click nor the address of the ad is kept: they follow people around.
    """

    kind: str
    id: str
    headline: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message of one person.

    `text` holds the words of a text or a caption. `button_id` is our one name for
    `button.payload`, `button_reply.id` and `list_reply.id`; `label` is the visible text of what
    was tapped. `answers` is the id of the message that it answers (`context.id`).
    `referral` is the ad that the chat began from, on its first message.
    """

    id: str
    recipient: Recipient
    kind: MessageKind
    occurred_at: datetime
    phone_number_id: str | None = None
    text: str | None = field(default=None, repr=False)
    button_id: str | None = None
    label: str | None = field(default=None, repr=False)
    answers: str | None = None
    is_forwarded: bool = False
    flow_reply: Mapping[str, Any] | None = field(default=None, repr=False)
    referral: Referral | None = None


@dataclass(frozen=True, slots=True)
class MarketingSwitch:
    """WhatsApp's own marketing switch, or its refusal 131050, which says the same.

    `value` is "stopped" or "allowed". `key` names the change for dedupe, since WhatsApp gives
    these no id. `evidence` says where it was seen ("user_preferences", "status 131050", …).
    """

    key: str
    recipient: Recipient
    value: str
    occurred_at: datetime
    evidence: str
    phone_number_id: str | None = None


@dataclass(frozen=True, slots=True)
class Signup:
    """The person joined through a signup link of WhatsApp, which asked and answered them.

    `signup_id` names the link. `key` names the signup for dedupe.
    """

    key: str
    recipient: Recipient
    signup_id: str
    occurred_at: datetime
    phone_number_id: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """WhatsApp says that a person has a new number or BSUID."""

    key: str
    previous: Recipient
    current: Recipient
    occurred_at: datetime
    evidence: str
    phone_number_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message of ours: only those that carry our tracker are kept."""

    message_id: str
    status: str
    tracker: str
    occurred_at: datetime
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that we leave alone on purpose; `reason` is a short constant, for counting."""

    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something malformed.

    `path` is where ("entry[0].changes[1].value.messages[0].timestamp"), `what` says what was
    wrong, never the value itself.
    """

    path: str
    what: str


Item = InboundMessage | MarketingSwitch | Signup | IdentityChange | StatusUpdate


@dataclass(frozen=True, slots=True)
class Notification:
    """One POST body, understood as far as it can be."""

    items: tuple[Item, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    problems: tuple[Problem, ...] = ()
