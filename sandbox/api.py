"""The messages API of 360dialog: its paths, its key, its answers.

https://docs.360dialog.com/docs/messaging-api/api-reference/messages
"""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.catalogue import read_template
from sandbox.config import WABA_ID, BusinessNumber
from sandbox.delivery import WebhookTarget
from sandbox.errors import INVALID_KEY, ApiError, LimitError, find_error, meta_error
from sandbox.faults import Fault
from sandbox.people import normalize_address
from sandbox.sending import accept_message, check_sending, is_mark_read, mark_read
from sandbox.web import (
    RequestError,
    answer_error,
    answer_json,
    current_world,
    cut_connection,
    read_json,
    read_json_object,
)
from sandbox.world import World

api = Blueprint("api", __name__)


def authenticate() -> BusinessNumber:
    """Return the business number that the API key belongs to; raises RequestError."""
    number = current_world().find_number_by_key(request.headers.get("D360-API-KEY", ""))
    if number is None:
        raise RequestError(INVALID_KEY)
    return number


@api.post("/messages")
def post_message() -> Response:
    """Send a message, or mark one as read."""
    world = current_world()
    number = authenticate()
    try:
        body = read_json()
    except RequestError as exc:
        raise RequestError(meta_error(100, "the body must be JSON")) from exc
    if is_mark_read(body):
        return answer_mark_read(world, body)
    addresses = find_addresses(world, body)
    refused = fail_before(world, "messages", addresses)
    if refused is not None:
        return refused
    try:
        checked, person = check_sending(world, number, body)
    except LimitError as exc:
        return answer_error(meta_error(exc.code, exc.details))
    answer = accept_message(world, number, body, checked, person)
    fault = world.faults.take("messages", ("cut", "hang_after_accept"), addresses)
    if fault is not None:
        fault.wait()
        return cut_connection()
    return answer_json(answer)


def answer_mark_read(world: World, body: dict[str, Any]) -> Response:
    """Answer a request that marks a message as read."""
    refused = fail_before(world, "read", frozenset())
    if refused is not None:
        return refused
    try:
        return answer_json(mark_read(world, body))
    except LimitError as exc:
        return answer_error(meta_error(exc.code, exc.details))


def find_addresses(world: World, body: Any) -> frozenset[str]:
    """Return every address of the recipient of a request that is not checked yet."""
    given = body.get("to") or body.get("recipient") if isinstance(body, dict) else None
    address = normalize_address(given) if isinstance(given, str) else None
    if address is None:
        return frozenset()
    person = world.people.find(address)
    return frozenset({address}) | (person.addresses if person else frozenset())


def fail_before(world: World, place: str, addresses: frozenset[str]) -> Response | None:
    """Do what the faults say that happen before a request is looked at."""
    slow = world.faults.take(place, ("slow",), addresses)
    if slow is not None:
        slow.wait()
    fault = world.faults.take(place, ("error", "hang", "drop"), addresses)
    if fault is None:
        return None
    if fault.kind == "error":
        return answer_error(name_error(fault))
    fault.wait()
    return cut_connection()


def name_error(fault: Fault) -> ApiError:
    """Return the error of a fault, with its Retry-After when it has one."""
    error = find_error(fault.error or "") or meta_error(131000)
    if fault.retry_after is None:
        return error
    return ApiError(error.status, error.body, {**error.headers, "Retry-After": fault.retry_after})


@api.get("/health_status")
def get_health_status() -> Response:
    """Tell whether the number can send."""
    number = authenticate()
    world = current_world()
    refused = fail_before(world, "health", frozenset())
    if refused is not None:
        return refused
    blocked = world.faults.take("health", ("health_blocked",)) is not None
    return answer_json(describe_health(number, blocked=blocked))


def describe_health(number: BusinessNumber, *, blocked: bool) -> dict[str, Any]:
    """Return the body of `GET /health_status`."""
    waba: dict[str, Any] = {"entity_type": "WABA", "id": WABA_ID, "can_send_message": "AVAILABLE"}
    if blocked:
        waba["can_send_message"] = "BLOCKED"
        waba["errors"] = [
            {
                "error_code": 141006,
                "error_description": "The payment method has a problem.",
                "possible_solution": "Add a payment method to the account.",
            }
        ]
    phone = {
        "entity_type": "PHONE_NUMBER",
        "id": number.phone_number_id,
        "can_send_message": "AVAILABLE",
        "can_receive_call_sip": "AVAILABLE",
    }
    others = [
        {"entity_type": "BUSINESS", "id": "500600700800900", "can_send_message": "AVAILABLE"},
        {"entity_type": "APP", "id": "600700800900100", "can_send_message": "AVAILABLE"},
    ]
    return {
        "health_status": {
            "can_send_message": "BLOCKED" if blocked else "AVAILABLE",
            "entities": [phone, waba, *others],
        },
        "id": number.phone_number_id,
    }


@api.get("/v1/configs/webhook")
def get_webhook() -> Response:
    """Return where the notifications of the number go."""
    target = current_world().find_target(authenticate().phone_number_id)
    return answer_json({"url": target.url, "headers": dict(target.headers)})


@api.post("/v1/configs/webhook")
def set_webhook() -> Response:
    """Send the notifications of the number to another URL with other headers from now on."""
    number = authenticate()
    body = read_json_object()
    url, headers = body.get("url"), body.get("headers") or {}
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise RequestError(meta_error(131009, "url must be a web address"))
    if not is_header_table(headers):
        raise RequestError(meta_error(131009, "headers must be an object of texts on one line"))
    current_world().set_target(number.phone_number_id, WebhookTarget(url, headers))
    return answer_json({"url": url, "headers": headers})


def is_header_table(headers: Any) -> bool:
    """Tell whether a JSON value can be sent as headers."""
    if not isinstance(headers, dict):
        return False
    return all(
        isinstance(value, str) and value.isascii() and value.isprintable() and name.isascii()
        for name, value in headers.items()
    )


@api.get("/v1/configs/templates")
def get_templates() -> Response:
    """Return the templates of the business."""
    authenticate()
    templates = [template.to_json() for template in current_world().catalogue.all()]
    count = len(templates)
    return answer_json({"waba_templates": templates, "count": count, "total": count})


@api.post("/v1/configs/templates")
def add_template() -> Response:
    """Keep a template; unlike at WhatsApp it is approved at once."""
    authenticate()
    try:
        template = read_template(read_json_object())
    except ValueError as exc:
        raise RequestError(meta_error(100, str(exc))) from exc
    current_world().catalogue.add(template)
    return answer_json(template.to_json(), 201)
