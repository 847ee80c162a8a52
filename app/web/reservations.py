"""POST /v1/check/give-back: a message that had its place under a cap was not sent after all."""

from typing import Annotated, TypedDict

from flask import Blueprint, Response, jsonify

from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.give_back import give_back_by_id
from app.web.auth import require_scope
from app.web.bodies import MOST_RECIPIENTS, parse_id, read_json, refuse_unknown
from app.web.contract import Note, RecipientId
from app.web.errors import ProblemError
from app.web.operations import Operation

_LONGEST = 64


class ReservationBody(TypedDict):
    """A place under a cap; a whole result of `POST /v1/check` with `reserve` will do."""

    recipient: RecipientId
    reservation: Annotated[str, Note({"maxLength": _LONGEST})] | None


class GiveBackRequest(TypedDict):
    """Places of messages that were refused for sure, for up to 10,000 at once."""

    reservations: Annotated[list[ReservationBody], Note({"maxItems": MOST_RECIPIENTS})]


class GiveBackResult(TypedDict):
    """Whether a place was there to be given back; the second time there is none."""

    recipient: str
    given_back: bool


class GiveBackAnswer(TypedDict):
    """One result for each reservation, in the order given."""

    results: list[GiveBackResult]


OPERATIONS = (
    Operation(
        "post",
        "/v1/check/give-back",
        "These messages were refused: give their places back",
        ("send",),
        GiveBackAnswer,
        body=GiveBackRequest,
        problems=(400, 413),
    ),
)


def create_reservations(runtime: Runtime) -> Blueprint:
    """Return the blueprint with the one route."""
    blueprint = Blueprint("reservations", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "send"))

    @blueprint.post("/check/give-back")
    def return_reservations() -> Response:
        body = read_json()
        refuse_unknown(body, GiveBackRequest)
        entries = body.get("reservations")
        if not isinstance(entries, list):
            raise _wrong("`reservations`")
        if len(entries) > MOST_RECIPIENTS:
            raise ProblemError(413, "Too many", f"Give back at most {MOST_RECIPIENTS} at once.")
        returned = [_read(entry, f"reservations[{at}]") for at, entry in enumerate(entries)]
        freed = give_back_by_id(returned, checker=runtime.checker, now=runtime.clock())
        return jsonify(
            results=[
                {"recipient": entry["recipient"], "given_back": is_freed}
                for entry, is_freed in zip(entries, freed, strict=True)
            ],
        )

    return blueprint


def _read(entry: object, where: str) -> tuple[Recipient, str]:
    if not isinstance(entry, dict) or not set(entry) >= set(ReservationBody.__annotations__):
        raise _wrong(where)
    recipient, reservation = entry["recipient"], entry["reservation"]
    if reservation is None:
        reservation = ""  # nothing was counted, so nothing is to be given back
    if not isinstance(recipient, str) or not isinstance(reservation, str):
        raise _wrong(where)
    if len(reservation) > _LONGEST:
        raise _wrong(where)
    return parse_id(recipient, f"{where}.recipient"), reservation


def _wrong(where: str) -> ProblemError:
    return ProblemError(
        400,
        "Not reservations",
        f"{where} is wrong: give a list of what `POST /v1/check` answered, each with `recipient` "
        "and `reservation`.",
    )
