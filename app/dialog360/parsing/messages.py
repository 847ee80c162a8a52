"""Read `messages[]`: what a person wrote or tapped.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

from typing import Any, NamedTuple

from app.dialog360.parsing.fields import (
    MalformedError,
    expect_mapping,
    id_at,
    mapping_at,
    optional_id_at,
    text_at,
    time_at,
)
from app.dialog360.parsing.findings import Change
from app.dialog360.parsing.flows import read_flow_answer
from app.dialog360.parsing.identities import read_system
from app.dialog360.parsing.people import Ids, expect_recipient, read_ids
from app.domain.inbound import Ignored, InboundMessage, Item, MessageKind, Referral

_IGNORED_TYPES = {
    # Nobody opts out by an emoji on our message; WhatsApp's own "stop" emoji as text is another
    # matter, and is read as text.
    "reaction": Ignored("reaction"),
    # Only numbers that are shared with the phone app get these. The words that were taken back
    # or changed have been acted on already, and taking back a STOP must not lift it.
    "edit": Ignored("edit"),
    "revoke": Ignored("revoke"),
}
_GROUP_MESSAGE = Ignored("group_message")
_REPLIES = {"button_reply": MessageKind.BUTTON_REPLY, "list_reply": MessageKind.LIST_REPLY}
_WITH_CAPTION = frozenset({"image", "video", "document"})


_LONGEST_KIND, _LONGEST_AD_ID, _LONGEST_HEADLINE = 16, 64, 120


class Content(NamedTuple):
    """The part of a message that depends on its type."""

    kind: MessageKind = MessageKind.OTHER
    text: str | None = None
    button_id: str | None = None
    label: str | None = None
    flow_reply: dict[str, Any] | None = None


_WITHOUT_WORDS = Content()


def read_message(message: dict[str, Any], change: Change) -> Item | Ignored:
    """Read one message.

    Raises:
        MalformedError: it says not who, when, what, or under which id.
    """
    kind = text_at(message, "type")
    if kind is None:
        raise MalformedError("type", "expected text, found nothing")
    if message.get("group_id"):
        # What somebody says in a group is said to the group.
        return _GROUP_MESSAGE
    if kind in _IGNORED_TYPES:
        return _IGNORED_TYPES[kind]
    if kind == "system":
        return read_system(message, change)
    return _read_words(message, kind, change)


def _read_words(message: dict[str, Any], kind: str, change: Change) -> InboundMessage:
    ids = change.profiles.complete(read_ids(message, "from", "from_user_id"))
    if kind == "contacts":
        ids = _adopt_shared_phone(message, ids)
    content = _read_content(message, kind)
    context = message.get("context")
    if not isinstance(context, dict):
        context = {}
    return InboundMessage(
        id=id_at(message, "id"),
        recipient=expect_recipient(ids, "from"),
        kind=content.kind,
        occurred_at=time_at(message),
        phone_number_id=change.phone_number_id,
        text=content.text,
        button_id=content.button_id,
        label=content.label,
        answers=optional_id_at(context, "id"),
        # A forwarded "STOP" is still a message of this person, and opens the window; but the
        # words are somebody else's, so whoever recognizes commands has to be told.
        is_forwarded=context.get("forwarded") is True
        or context.get("frequently_forwarded") is True,
        flow_reply=content.flow_reply,
        referral=_read_referral(message.get("referral")),
    )


def _read_referral(value: object) -> Referral | None:
    """Read what an ad says of itself; a malformed one must not cost the words beside it."""
    if not isinstance(value, dict):
        return None
    kind, ad_id, headline = (value.get(key) for key in ("source_type", "source_id", "headline"))
    if not isinstance(kind, str) or not isinstance(ad_id, str) or not ad_id.isalnum():
        return None
    headline = headline if isinstance(headline, str) else ""
    return Referral(
        kind[:_LONGEST_KIND], ad_id[:_LONGEST_AD_ID], headline.strip()[:_LONGEST_HEADLINE]
    )


def _read_content(message: dict[str, Any], kind: str) -> Content:
    if kind == "text":
        body = text_at(expect_mapping(message.get("text"), "text"), "body", within="text.")
        return Content(MessageKind.TEXT, text=body) if body else _WITHOUT_WORDS
    if kind in _WITH_CAPTION:
        caption = text_at(mapping_at(message, kind) or {}, "caption", within=f"{kind}.")
        return Content(MessageKind.CAPTION, text=caption) if caption else _WITHOUT_WORDS
    if kind == "button":
        button = expect_mapping(message.get("button"), "button")
        # Without a payload set at send time WhatsApp repeats the label; some leave it out.
        return _read_tap(MessageKind.TEMPLATE_REPLY, button, "payload", "text", "button.")
    if kind == "interactive":
        return _read_interactive(mapping_at(message, "interactive") or {})
    # Everything else, known or new, has no words but shows that the person wrote.
    return _WITHOUT_WORDS


def _read_interactive(interactive: dict[str, Any]) -> Content:
    for key, kind in _REPLIES.items():
        if reply := mapping_at(interactive, key, within="interactive."):
            return _read_tap(kind, reply, "id", "title", f"interactive.{key}.")
    if flow_reply := mapping_at(interactive, "nfm_reply", within="interactive."):
        answer = read_flow_answer(flow_reply.get("response_json"))
        return Content(MessageKind.FLOW_REPLY, flow_reply=answer)
    # Seen without any of them, next to an error 131000 in `value.errors`.
    return _WITHOUT_WORDS


def _read_tap(
    kind: MessageKind, tapped: dict[str, Any], id_key: str, label_key: str, within: str
) -> Content:
    button_id = text_at(tapped, id_key, within=within)
    label = text_at(tapped, label_key, within=within)
    if not button_id and not label:
        raise MalformedError(within + id_key, "expected text, found neither an id nor a label")
    return Content(kind, button_id=button_id, label=label)


def _adopt_shared_phone(message: dict[str, Any], ids: Ids) -> Ids:
    """Take the number that a person shared on our request; it links their BSUID to it.

    Only a card that WhatsApp marks as the answer to such a request, and that has exactly one
    number: any other card is somebody else's.
    """
    wa_id, bsuid = ids
    cards = message.get("contacts")
    if wa_id or not bsuid or not isinstance(cards, list) or len(cards) != 1:
        return ids
    card = cards[0] if isinstance(cards[0], dict) else {}
    phones = card.get("phones")
    if card.get("origin") != "contact_request" or not isinstance(phones, list):
        return ids
    shared = {read_ids(phone, "wa_id", "")[0] for phone in phones if isinstance(phone, dict)}
    shared.discard(None)
    return (shared.pop(), bsuid) if len(shared) == 1 else ids
