"""Notification bodies as 360dialog posts them. Pure: values in, JSON objects out."""

from collections.abc import Mapping
from typing import Any

from sandbox.config import WABA_ID, BusinessNumber
from sandbox.errors import status_error
from sandbox.people import Person


def build_notification(value: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """Return the envelope around one change."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA_ID, "changes": [{"value": value, "field": field}]}],
    }


def build_value(number: BusinessNumber, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the part of a change that names the business number and the people."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        },
    }
    if contacts:
        value["contacts"] = contacts
    return value


def build_profile(person: Person) -> dict[str, Any]:
    """Return one item of `contacts[]`; what a person does not have is left out."""
    profile = {"name": person.name}
    if person.username:
        profile["username"] = person.username
    return {"profile": profile, **name_ids(person, phone="wa_id", bsuid="user_id")}


def name_ids(person: Person, *, phone: str, bsuid: str) -> dict[str, Any]:
    """Return the addresses of a person under the names that one place of the wire uses."""
    ids = {}
    if person.wa_id:
        ids[phone] = person.wa_id
    if person.bsuid:
        ids[bsuid] = person.bsuid
    return ids


def build_message(
    person: Person,
    number: BusinessNumber,
    content: Mapping[str, Any],
    *,
    message_id: str,
    timestamp: int,
    context_id: str | None = None,
) -> dict[str, Any]:
    """Return the notification of one message that a person wrote or tapped."""
    message: dict[str, Any] = {}
    if context_id:
        message["context"] = {"from": number.display_phone_number, "id": context_id}
    message |= name_ids(person, phone="from", bsuid="from_user_id")
    message |= {"id": message_id, "timestamp": str(timestamp), **content}
    contacts = [] if content.get("type") == "system" else [build_profile(person)]
    value = build_value(number, contacts)
    value["messages"] = [message]
    return build_notification(value)


def build_status(
    person: Person,
    number: BusinessNumber,
    *,
    message_id: str,
    status: str,
    timestamp: int,
    category: str = "service",
    callback_data: str | None = None,
    error_code: int | None = None,
) -> dict[str, Any]:
    """Return the notification of one status of a message that the business sent."""
    item: dict[str, Any] = {"id": message_id, "status": status, "timestamp": str(timestamp)}
    item |= name_ids(person, phone="recipient_id", bsuid="recipient_user_id")
    contacts = [build_profile(person)]
    if error_code is not None:
        # A failed status comes without contacts, and to a phone number without the BSUID.
        contacts = []
        item["errors"] = [status_error(error_code)]
        if person.wa_id:
            item.pop("recipient_user_id", None)
    if status == "delivered":
        item["pricing"] = {
            "billable": category != "service",
            "pricing_model": "PMP",
            "type": "free_customer_service" if category == "service" else "regular",
            "category": category,
        }
    if callback_data is not None:
        item["biz_opaque_callback_data"] = callback_data
    value = build_value(number, contacts)
    value["statuses"] = [item]
    return build_notification(value)


def build_user_preference(
    person: Person, number: BusinessNumber, choice: str, *, timestamp: int
) -> dict[str, Any]:
    """Return the notification of WhatsApp's own marketing switch: `stop` or `resume`."""
    value = build_value(number, [build_profile(person)])
    value["user_preferences"] = [
        {
            **name_ids(person, phone="wa_id", bsuid="user_id"),
            "detail": f"User chose to {choice} marketing messages",
            "category": "marketing_messages",
            "value": choice,
            "timestamp": timestamp,
        }
    ]
    return build_notification(value, "user_preferences")
