"""What happens when a person writes or taps: build the notification, post it to the webhook."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.bubbles import render_content
from sandbox.config import BusinessNumber
from sandbox.delivery import Notification
from sandbox.notifications import build_message, build_user_preference
from sandbox.people import BSUID_PATTERN, Person, normalize_address
from sandbox.raw import build_raw
from sandbox.world import ChatLine, World, make_message_id, make_notification_id

PREFERENCES: Final = ("stop", "resume")
MOST_MILLISECONDS: Final = 4_102_444_800  # the year 2100


class InboundError(ValueError):
    """A body of `POST /inbound` that can not be turned into a notification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who writes to which number: the person, and the person as the notification shows them."""

    person: Person
    shown: Person
    number: BusinessNumber


def receive_inbound(world: World, body: Mapping[str, Any]) -> dict[str, Any]:
    """Build the notification that a body describes, post it, and say what was answered.

    Raises InboundError. With `hold` it is built and not posted; `POST /resend` posts it later.
    """
    raw = body.get("notification", body if "entry" in body else None)
    if raw is not None:
        if not isinstance(raw, dict):
            raise InboundError("notification must be an object.")
        notification = build_raw(world, raw)
    else:
        sender = read_sender(world, body)
        timestamp = read_timestamp(world, body.get("timestamp"))
        choice = body.get("user_preference")
        if choice is not None:
            notification = change_preference(world, sender, choice, timestamp)
        else:
            notification = write_message(world, sender, body, timestamp)
    world.add_notification(notification)
    status = None
    if body.get("hold") is not True:
        redeliver = body.get("redeliver") is not False
        status = world.deliverer.deliver(notification, redeliver=redeliver)
    return {
        "status": status,
        "notification_id": notification.notification_id,
        "message_id": notification.message_id,
    }


def resend(world: World, notification_id: Any) -> dict[str, Any]:
    """Post a notification again, the last one of a person when no id is given.

    Raises InboundError when there is none.
    """
    if notification_id is None:
        from_people = [n for n in world.all_notifications() if n.kind != "status"]
        found = from_people[-1] if from_people else None
    else:
        found = world.find_notification(str(notification_id))
    if found is None:
        raise InboundError("There is no such notification; GET /notifications lists them.")
    status = world.deliverer.deliver(found, redeliver=False)
    return {
        "status": status,
        "notification_id": found.notification_id,
        "message_id": found.message_id,
    }


def read_sender(world: World, body: Mapping[str, Any]) -> Sender:
    """Return who writes; raises InboundError.

    A phone number in `from` shows the person with their BSUID too, unless `bsuid` is null; a
    BSUID alone shows the person without a phone number.
    """
    phone = read_address(body, "from")
    bsuid = read_address(body, "bsuid")
    if phone and BSUID_PATTERN.fullmatch(phone):
        phone, bsuid = None, phone
    number = world.find_number(read_name(body, "phone_number_id"))
    if phone and bsuid:
        person = world.people.link(phone, bsuid)
    elif phone or bsuid:
        person = world.people.resolve(phone or bsuid or "")
    else:
        raise InboundError("from must be a phone number, or bsuid a BSUID.")
    shown = replace(person, wa_id=person.wa_id if phone else None)
    if "bsuid" in body and body["bsuid"] is None:
        shown = replace(shown, bsuid=None)
    name = read_name(body, "name")
    return Sender(person=person, shown=replace(shown, name=name or shown.name), number=number)


def read_address(body: Mapping[str, Any], key: str) -> str | None:
    """Return a normalized address; raises InboundError."""
    value = body.get(key)
    if value is None:
        return None
    address = normalize_address(value) if isinstance(value, str) else None
    if address is None or (key == "bsuid" and not BSUID_PATTERN.fullmatch(address)):
        raise InboundError(f"{key} must be a {'BSUID' if key == 'bsuid' else 'phone number'}.")
    return address


def read_name(body: Mapping[str, Any], key: str) -> str | None:
    """Return a text that may be missing; raises InboundError."""
    value = body.get(key)
    if value is not None and not isinstance(value, str):
        raise InboundError(f"{key} must be a string.")
    return value


def read_timestamp(world: World, value: Any) -> int:
    """Return Unix seconds, now when not given; raises InboundError."""
    if value is None:
        return int(world.clock())
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:12])
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InboundError("timestamp must be Unix seconds.")
    if not 0 <= value <= MOST_MILLISECONDS:
        raise InboundError("timestamp must be Unix seconds.")
    return int(value)


def read_content(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message on the wire without its ids; raises InboundError."""
    if isinstance(body.get("text"), str):
        return {"type": "text", "text": {"body": body["text"]}}
    if isinstance(body.get("button"), dict):
        return {"type": "button", "button": dict(body["button"])}
    for kind in ("button_reply", "list_reply"):
        if isinstance(body.get(kind), dict):
            return {"type": "interactive", "interactive": {"type": kind, kind: dict(body[kind])}}
    if isinstance(body.get("changed_number_to"), str):
        system = {
            "body": "User changed to a new number",
            "wa_id": normalize_address(body["changed_number_to"]),
            "type": "user_changed_number",
        }
        return {"type": "system", "system": system}
    if isinstance(body.get("message"), dict):
        return dict(body["message"])
    raise InboundError(
        "Say what the person does with one of text (a string), button, button_reply, list_reply, "
        "message (objects), changed_number_to, user_preference (stop or resume) or notification."
    )


def write_message(
    world: World, sender: Sender, body: Mapping[str, Any], timestamp: int
) -> Notification:
    """Put a person's message into their chat, open the window, and return the notification."""
    content = read_content(body)
    message_id = read_name(body, "message_id") or make_message_id()
    context_id = read_name(body, "context")
    notification = Notification(
        notification_id=make_notification_id(),
        kind="message",
        phone_number_id=sender.number.phone_number_id,
        message_id=message_id,
        person_key=sender.person.key,
        body=build_message(
            sender.shown,
            sender.number,
            content,
            message_id=message_id,
            timestamp=timestamp,
            context_id=context_id,
        ),
    )
    world.extend_window(sender.person, sender.number.phone_number_id, timestamp)
    world.add_line(
        sender.person,
        ChatLine(
            message_id=message_id,
            mine=True,
            content=content,
            created_at=world.clock(),
            phone_number_id=sender.number.phone_number_id,
            state="pending",
            notification_id=notification.notification_id,
            context_id=context_id,
            rendered=render_content(content),
        ),
    )
    return notification


def change_preference(world: World, sender: Sender, choice: Any, timestamp: int) -> Notification:
    """Turn WhatsApp's own marketing switch of a person; raises InboundError."""
    if choice not in PREFERENCES:
        raise InboundError("user_preference must be stop or resume.")
    world.state_of(sender.person).marketing_stopped = choice == "stop"
    words = "stopped" if choice == "stop" else "resumed"
    note = {
        "type": "system",
        "system": {"body": f"{sender.person.name} {words} offers in WhatsApp"},
    }
    world.add_line(
        sender.person,
        ChatLine(
            message_id=make_message_id(),
            mine=True,
            content=note,
            created_at=world.clock(),
            phone_number_id=sender.number.phone_number_id,
            state="delivered",
            rendered=render_content(note),
        ),
    )
    return Notification(
        notification_id=make_notification_id(),
        kind="preference",
        phone_number_id=sender.number.phone_number_id,
        person_key=sender.person.key,
        body=build_user_preference(sender.shown, sender.number, choice, timestamp=timestamp),
    )
