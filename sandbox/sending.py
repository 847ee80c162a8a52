"""What happens to a message that the business sends."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sandbox.bubbles import render_content
from sandbox.catalogue import Template
from sandbox.config import BusinessNumber
from sandbox.delivery import Notification
from sandbox.errors import LimitError
from sandbox.faults import Fault
from sandbox.limits import CheckedMessage, check_message
from sandbox.notifications import build_status
from sandbox.people import Person, normalize_address
from sandbox.world import TYPING_SECONDS, ChatLine, World, make_message_id, make_notification_id

STATUSES: Final = ("sent", "delivered", "read")
MARKETING_STOPPED: Final = 131050
WINDOW_CLOSED: Final = 131047


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that the API took and gave an id."""

    message_id: str
    number: BusinessNumber
    person: Person
    checked: CheckedMessage


def check_sending(world: World, number: BusinessNumber, body: Any) -> tuple[CheckedMessage, Person]:
    """Return what is to be sent to whom; raises LimitError for what the API refuses."""
    checked = check_message(body, world.catalogue.find)
    person = world.people.resolve(checked.address)
    now = world.clock()
    if checked.template is None and world.window_ends_at(person, number.phone_number_id) <= now:
        raise LimitError(WINDOW_CLOSED, "this person wrote more than 24 hours ago or never")
    if world.config.enforce_rates:
        refused = world.rates.check(number.phone_number_id, person.key, now)
        if refused is not None:
            raise LimitError(refused, "sent too fast; wait and try again")
    return checked, person


def accept_message(
    world: World,
    number: BusinessNumber,
    body: dict[str, Any],
    checked: CheckedMessage,
    person: Person,
) -> dict[str, Any]:
    """Take a checked message: remember it, plan its statuses, and return the API's answer."""
    outgoing = Outgoing(make_message_id(), number, person, checked)
    refused = world.faults.take("messages", ("refuse_statuses",), person.addresses)
    failing = world.faults.take("messages", ("fail_status",), person.addresses)
    remember_sent(world, outgoing, body)
    if refused is None:
        plan_statuses(world, outgoing, choose_failure(world, person, checked.template, failing))
    return build_answer(person, outgoing.message_id, checked)


def remember_sent(world: World, outgoing: Outgoing, body: dict[str, Any]) -> None:
    """Put a message into the list of what was sent and into the person's chat."""
    now = world.clock()
    phone_number_id = outgoing.number.phone_number_id
    context = body.get("context") or {}
    line = ChatLine(
        message_id=outgoing.message_id,
        mine=False,
        content=body,
        created_at=now,
        phone_number_id=phone_number_id,
        state="accepted",
        context_id=context.get("message_id"),
        rendered=render_content(body, outgoing.checked.template),
    )
    entry = {
        **body,
        "id": outgoing.message_id,
        "time": datetime.fromtimestamp(now, UTC).isoformat(),
        "phone_number_id": phone_number_id,
    }
    with world.lock:
        world.sent.append(entry)
        world.add_line(outgoing.person, line)


def build_answer(person: Person, message_id: str, checked: CheckedMessage) -> dict[str, Any]:
    """Return the body of the answer 200."""
    contact: dict[str, Any] = {"input": checked.address}
    by_phone = normalize_address(checked.address) != person.bsuid
    if by_phone and person.wa_id:
        contact["wa_id"] = person.wa_id
    if person.bsuid:
        contact["user_id"] = person.bsuid
    message: dict[str, Any] = {"id": message_id}
    if checked.template is not None:
        message["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]}


def choose_failure(
    world: World, person: Person, template: Template | None, failing: Fault | None
) -> int | None:
    """Return the code with which an accepted message fails later, None when it arrives."""
    if failing is not None and failing.error:
        return int(failing.error)
    marketing = template is not None and template.category == "marketing"
    if marketing and world.state_of(person).marketing_stopped:
        return MARKETING_STOPPED
    return None


def plan_statuses(world: World, outgoing: Outgoing, error_code: int | None) -> None:
    """Schedule the status notifications of one accepted message."""
    template = outgoing.checked.template
    statuses = ("failed",) if error_code is not None else STATUSES
    for position, status in enumerate(statuses, 1):
        delay = world.config.status_delay_seconds * position
        notification = Notification(
            notification_id=make_notification_id(),
            kind="status",
            phone_number_id=outgoing.number.phone_number_id,
            message_id=outgoing.message_id,
            person_key=outgoing.person.key,
            state=status,
            body=build_status(
                outgoing.person,
                outgoing.number,
                message_id=outgoing.message_id,
                status=status,
                timestamp=int(world.clock() + delay),
                category=template.category if template else "service",
                callback_data=outgoing.checked.callback_data,
                error_code=error_code,
            ),
        )
        world.add_notification(notification)
        world.deliverer.schedule(notification, delay)


def is_mark_read(body: Any) -> bool:
    """Tell whether a request marks a message as read instead of sending one."""
    return isinstance(body, dict) and "status" in body and "type" not in body


def mark_read(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Mark a person's message, and those before it, as read; raises LimitError."""
    if body.get("messaging_product") != "whatsapp":
        raise LimitError(100, 'messaging_product is required and must be "whatsapp"')
    if body.get("status") != "read":
        raise LimitError(131009, 'status must be "read"')
    message_id = body.get("message_id")
    if not isinstance(message_id, str) or not message_id:
        raise LimitError(131008, "message_id is required")
    typing = body.get("typing_indicator")
    if typing is not None and (not isinstance(typing, dict) or typing.get("type") != "text"):
        raise LimitError(131009, 'typing_indicator.type must be "text"')
    show_read(world, message_id, typing=typing is not None)
    return {"success": True}


def show_read(world: World, message_id: str, *, typing: bool) -> None:
    """Show a message and those before it as read, and the business as typing."""
    found = world.find_line(message_id)
    person = world.people.find(found[0]) if found else None
    if found is None or person is None:
        return
    with world.lock:
        state = world.state_of(person)
        for line in state.lines:
            if line.mine and line.created_at <= found[1].created_at:
                world.advance_line(line.message_id, "read")
        if typing:
            state.typing_until = world.clock() + TYPING_SECONDS
