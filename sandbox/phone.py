"""The phone in the browser: one page, and the few calls that only this page makes."""

import hashlib
import time
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from sandbox.errors import LimitError
from sandbox.faults import FAULT_KINDS
from sandbox.people import SEEDED_PEOPLE, Person, format_number, invent_bsuid, normalize_address
from sandbox.phrases import BUSINESS_NAME, LANGUAGE_NAMES, TEMPLATE_LANGUAGES, choose_chips
from sandbox.sending import accept_message, check_sending
from sandbox.web import RequestError, answer_json, current_world, problem, read_json_object
from sandbox.world import ChatLine, World

phone = Blueprint("phone", __name__)

# A load test makes up people by the thousand; the page shows the seeded and the newest ones.
MOST_NEW_PEOPLE_SHOWN: Final = 50
LONGEST_NAME: Final = 60


@phone.get("/")
def show_phone() -> Response:
    """Show the phone."""
    page = render_template(
        "phone.html", business=BUSINESS_NAME, languages=LANGUAGE_NAMES, faults=FAULT_KINDS
    )
    return Response(page, mimetype="text/html")


@phone.get("/api/people")
def get_people() -> Response:
    """Return everybody with their last line."""
    world = current_world()
    people = world.people.all()
    seeded, others = people[: len(SEEDED_PEOPLE)], people[len(SEEDED_PEOPLE) :]
    shown = [*seeded, *others[-MOST_NEW_PEOPLE_SHOWN:]]
    return answer_json([describe_person(world, person) for person in shown])


@phone.post("/api/people")
def add_person() -> Response:
    """Add a person with a phone number, with a user name, or with both."""
    world = current_world()
    body = read_json_object()
    fields = {key: read_field(body, key) for key in ("name", "number", "username", "language")}
    wa_id = normalize_address(fields["number"]) if fields["number"] else None
    if fields["number"] and (wa_id is None or "." in wa_id):
        raise RequestError(problem(400, "Write the number with its country code: +44 7700 900456."))
    if wa_id is None and not fields["username"]:
        raise RequestError(problem(400, "A person needs a phone number or a user name."))
    seed = wa_id or fields["username"]
    person = Person(
        name=fields["name"] or (f"+{wa_id}" if wa_id else f"@{fields['username']}"),
        language=fields["language"] if fields["language"] in LANGUAGE_NAMES else "en",
        wa_id=wa_id,
        bsuid=invent_bsuid(wa_id) if wa_id else invent_username_bsuid(seed),
        username=fields["username"] or None,
    )
    try:
        world.people.add(person)
    except ValueError as exc:
        raise RequestError(problem(409, f"Not added: {exc}.")) from exc
    return answer_json(describe_person(world, person), 201)


def read_field(body: dict[str, Any], key: str) -> str:
    """Return a short text, empty when missing; raises RequestError."""
    value = body.get(key) or ""
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise RequestError(problem(400, f"{key} must be a text of up to {LONGEST_NAME} letters."))
    return value.strip()


def invent_username_bsuid(username: str) -> str:
    """Return the BSUID of somebody who only has a user name."""
    digest = hashlib.sha256(username.encode(errors="replace")).digest()
    return f"US.{int.from_bytes(digest[:8]):020d}"


@phone.get("/api/chat")
def get_chat() -> Response:
    """Return the chat of one person."""
    world = current_world()
    person = find_person(world, request.args.get("person"))
    number = world.config.numbers[0]
    with world.lock:
        state = world.state_of(person)
        lines = [describe_line(world, line) for line in state.lines]
        typing = state.typing_until > world.clock()
        stopped = state.marketing_stopped
    window = world.window_ends_at(person, number.phone_number_id)
    return answer_json(
        {
            "person": describe_person(world, person),
            "chips": choose_chips(person.language),
            "lines": lines,
            "typing": typing,
            "marketing_stopped": stopped,
            "window_ends_at": window if window > world.clock() else None,
            "faults": sum(fault["times_left"] != 0 for fault in world.faults.all()),
        }
    )


@phone.get("/api/notification")
def get_notification() -> Response:
    """Return the last notification that a person caused, for the eyes of a developer."""
    world = current_world()
    person = find_person(world, request.args.get("person"))
    for notification in reversed(world.all_notifications()):
        if notification.person_key == person.key and notification.kind != "status":
            return answer_json(notification.to_json())
    return answer_json(None)


@phone.post("/api/template")
def send_template() -> Response:
    """Let the business send a template to a person, as its own systems would."""
    world = current_world()
    body = read_json_object()
    person = find_person(world, body.get("person"))
    name = str(body.get("name"))
    language = TEMPLATE_LANGUAGES.get(person.language, "en")
    template = world.catalogue.find(name, language)
    if template is None:
        raise RequestError(problem(404, "There is no such template."))
    values = [person.name.split()[0]] if template.category == "marketing" else ["1042"]
    sent: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "template",
        "template": {"name": name, "language": {"code": language}},
        **({"to": f"+{person.wa_id}"} if person.wa_id else {"recipient": person.bsuid}),
    }
    parameters = [{"type": "text", "text": text} for text in values[: template.placeholders]]
    if parameters:
        sent["template"]["components"] = [{"type": "body", "parameters": parameters}]
    number = world.config.numbers[0]
    try:
        checked, found = check_sending(world, number, sent)
    except LimitError as exc:
        raise RequestError(problem(400, exc.details)) from exc
    return answer_json(accept_message(world, number, sent, checked, found))


def find_person(world: World, address: Any) -> Person:
    """Return the person that the page names; raises RequestError."""
    person = world.people.find(address) if isinstance(address, str) else None
    if person is None:
        raise RequestError(problem(404, "There is no such person."))
    return person


def describe_person(world: World, person: Person) -> dict[str, Any]:
    """Return a person as the page shows them."""
    with world.lock:
        lines = world.state_of(person).lines
        last = describe_line(world, lines[-1]) if lines else None
    return {
        "key": person.key,
        "name": person.name,
        "language": person.language,
        "language_name": LANGUAGE_NAMES.get(person.language, person.language),
        "address": format_number(person.wa_id) if person.wa_id else f"@{person.username or '?'}",
        "has_phone": person.wa_id is not None,
        "last": last,
    }


def describe_line(world: World, line: ChatLine) -> dict[str, Any]:
    """Return a line of a chat as the page shows it."""
    posts = 0
    status = None
    if line.notification_id:
        notification = world.find_notification(line.notification_id)
        if notification is not None:
            posts, status = len(notification.attempts), notification.last_status
    quoted = world.find_line(line.context_id) if line.context_id else None
    return {
        "id": line.message_id,
        "mine": line.mine,
        "at": line.created_at or time.time(),
        "state": line.state,
        "bubble": line.rendered,
        "notification_id": line.notification_id,
        "posts": posts,
        "webhook_status": status,
        "quote": (quoted[1].rendered.get("text") or "")[:120] if quoted else "",
    }
