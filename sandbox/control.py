"""The routes for scripts and tests: what was sent, what goes wrong, what people do."""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.faults import FaultError
from sandbox.people import Person, normalize_address
from sandbox.receiving import InboundError, receive_inbound, resend
from sandbox.web import RequestError, answer_json, current_world, problem, read_json_object
from sandbox.world import WINDOW_SECONDS

control = Blueprint("control", __name__)


@control.get("/sent")
def get_sent() -> Response:
    """Return what the messages API accepted, oldest first; `?recipient=` narrows it."""
    world = current_world()
    with world.lock:
        sent = list(world.sent)
    wanted = request.args.get("recipient")
    if wanted is None:
        return answer_json(sent)
    # A plus sign in a query string arrives as a space.
    person = world.people.find(wanted)
    addresses = person.addresses if person else frozenset({normalize_address(wanted)})
    return answer_json(
        [body for body in sent if normalize_address(read_recipient(body)) in addresses]
    )


def read_recipient(body: dict[str, Any]) -> str:
    """Return the recipient of an accepted body."""
    return str(body.get("to") or body.get("recipient") or "")


@control.delete("/sent")
def delete_sent() -> Response:
    """Forget what was sent; the chats keep it."""
    world = current_world()
    with world.lock:
        world.sent.clear()
    return answer_json({"ok": True})


@control.get("/notifications")
def get_notifications() -> Response:
    """Return what was posted to the webhook and what it answered; `?kind=` narrows it."""
    kind = request.args.get("kind")
    found = current_world().all_notifications()
    return answer_json([n.to_json() for n in found if kind in (None, n.kind)])


@control.get("/faults")
def get_faults() -> Response:
    """Return the faults that are switched on."""
    return answer_json(current_world().faults.all())


@control.post("/faults")
def add_fault() -> Response:
    """Switch a fault on."""
    try:
        fault = current_world().faults.add(read_json_object())
    except FaultError as exc:
        raise RequestError(problem(400, str(exc))) from exc
    return answer_json(fault.to_json(), 201)


@control.delete("/faults")
def delete_faults() -> Response:
    """Switch all faults off."""
    current_world().faults.clear()
    return answer_json({"ok": True})


@control.post("/window")
def set_window() -> Response:
    """Open a person's 24-hour window, or close it with `"open": false`."""
    world = current_world()
    body = read_json_object()
    person = read_person(body.get("recipient"))
    seconds = body.get("seconds", WINDOW_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise RequestError(problem(400, "seconds must be a number."))
    number = body.get("phone_number_id")
    if number is not None and not isinstance(number, str):
        raise RequestError(problem(400, "phone_number_id must be a string."))
    ends_at = 0.0 if body.get("open") is False else world.clock() + seconds
    world.open_window(person, number, ends_at)
    return answer_json({"recipient": person.key, "window_ends_at": ends_at})


def read_person(value: Any) -> Person:
    """Return the person at an address; raises RequestError."""
    try:
        return current_world().people.resolve(value if isinstance(value, str) else "")
    except ValueError as exc:
        text = "recipient must be a phone number (with or without +) or a BSUID."
        raise RequestError(problem(400, text)) from exc


@control.post("/inbound")
def post_inbound() -> Response:
    """Let a person write or tap."""
    try:
        return answer_json(receive_inbound(current_world(), read_json_object()))
    except InboundError as exc:
        raise RequestError(problem(400, str(exc))) from exc


@control.post("/resend")
def post_resend() -> Response:
    """Post a notification again."""
    try:
        return answer_json(resend(current_world(), read_json_object().get("notification_id")))
    except InboundError as exc:
        raise RequestError(problem(404, str(exc))) from exc
