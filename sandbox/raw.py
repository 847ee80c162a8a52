"""Notifications whose body a script gives as a whole."""

from collections.abc import Mapping
from typing import Any

from sandbox.delivery import Notification
from sandbox.people import BSUID_PATTERN, normalize_address
from sandbox.world import World, make_notification_id


def build_raw(world: World, raw: dict[str, Any]) -> Notification:
    """Return a notification with a body as it was given; its senders' windows open."""
    phone_number_id = world.config.numbers[0].phone_number_id
    for value in walk_values(raw):
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and isinstance(metadata.get("phone_number_id"), str):
            phone_number_id = metadata["phone_number_id"]
        messages = value.get("messages")
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, dict):
                open_raw_window(world, message, phone_number_id)
    return Notification(
        notification_id=make_notification_id(),
        kind="raw",
        phone_number_id=phone_number_id,
        body=raw,
    )


def walk_values(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every `value` of a notification body, whatever its shape."""
    entries = raw.get("entry")
    found = []
    for entry in entries if isinstance(entries, list) else []:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else []:
            value = change.get("value") if isinstance(change, dict) else None
            if isinstance(value, dict):
                found.append(value)
    return found


def open_raw_window(world: World, message: Mapping[str, Any], phone_number_id: str) -> None:
    """Open the window of the sender of one raw message, when it names one."""
    addresses = [
        normalize_address(value)
        for value in (message.get("from"), message.get("from_user_id"))
        if isinstance(value, str)
    ]
    phone = next((a for a in addresses if a and not BSUID_PATTERN.fullmatch(a)), None)
    bsuid = next((a for a in addresses if a and BSUID_PATTERN.fullmatch(a)), None)
    if phone and bsuid:
        person = world.people.link(phone, bsuid)
    elif phone or bsuid:
        person = world.people.resolve(phone or bsuid or "")
    else:
        return
    world.extend_window(person, phone_number_id, int(world.clock()))
