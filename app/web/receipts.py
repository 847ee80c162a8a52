"""`GET /v1/recipients/{id}/receipt`: a person's consent record, for machines and on paper."""

from typing import Any, TypedDict

from flask import Blueprint, Response, jsonify, request

from app.domain.receipt_paper import ReceiptTexts, lay_out
from app.domain.recipients import Recipient
from app.paper.receipt import print_receipt
from app.runtime import Runtime
from app.usecases.receipt import make_receipt
from app.web.auth import require_scope
from app.web.bodies import parse_id
from app.web.contract import Moment
from app.web.errors import ProblemError
from app.web.operations import Operation
from app.web.views import view_recipient

_JSON, _PDF = "application/json", "application/pdf"
_KIND_OF_FORMAT = {"json": _JSON, "pdf": _PDF}


class ReceiptBody(TypedDict):
    """A consent record by the fields of ISO/IEC TS 27560, the oldest event first."""

    schema_version: str
    record_id: str
    issued_at: Moment
    pii_principal_id: str
    pii_principal_bsuid: str | None
    privacy_notices: list[dict[str, Any]]
    purposes: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    state: dict[str, Any]
    events: list[dict[str, Any]]
    integrity: dict[str, Any]


OPERATIONS = (
    Operation(
        "get",
        "/v1/recipients/{id}/receipt",
        "What this person agreed to and took back, as a consent record",
        ("read",),
        ReceiptBody,
        problems=(400,),
        query={
            "format": {
                "description": "json, or pdf for paper; left out, what `Accept` asks for.",
                "type": "string",
                "enum": ["json", "pdf"],
            },
            "language": {
                "description": "The language of the PDF; the person's own when left out.",
                "type": "string",
                "enum": ["ar", "de", "en", "es", "fr", "pt"],
            },
        },
        also=(_PDF,),
    ),
)


def create_receipts(runtime: Runtime) -> Blueprint:
    """Return the blueprint of the receipt."""
    blueprint = Blueprint("receipts", __name__, url_prefix="/v1")
    blueprint.before_request(require_scope(runtime.settings.api_tokens, "read"))

    @blueprint.after_request
    def forbid_caching(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/recipients/<recipient_id>/receipt")
    def show_receipt(recipient_id: str) -> Response:
        recipient = parse_id(recipient_id, "the id")
        kind = _read_kind()
        texts = _read_texts(recipient, runtime)
        now = runtime.clock()
        receipt = make_receipt(
            recipient,
            view_recipient(recipient, runtime),
            preferences=runtime.preferences,
            business=runtime.business,
            now=now,
        )
        response = jsonify(receipt)
        if kind == _PDF:
            lines = lay_out(receipt, texts, runtime.business)
            content = print_receipt(lines, receipt, texts, now=now)
            # No name of the person in the file's name: it may lie in a folder for downloads.
            name = f"receipt-{receipt['record_id'][:12]}.pdf"
            response = Response(content, mimetype=_PDF)
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Vary"] = "Accept"
        return response

    return blueprint


def choose_texts(recipient: Recipient, asked: str | None, runtime: Runtime) -> ReceiptTexts:
    """Return the words of a receipt: in the language asked for, else in the person's own."""
    found = runtime.preferences.view_many([recipient])[0].preferences
    spoken = found.value("language")
    for name in (asked, spoken, runtime.business.language):
        base = str(name or "").partition("-")[0]
        if base in runtime.receipt_texts:
            return runtime.receipt_texts[base]
    return runtime.receipt_texts["en"]


def _read_kind() -> str:
    asked = request.args.get("format")
    if asked is not None and asked not in _KIND_OF_FORMAT:
        raise ProblemError(400, "Unknown format", "`format` is json or pdf.")
    if asked:
        return _KIND_OF_FORMAT[asked]
    return request.accept_mimetypes.best_match([_JSON, _PDF], default=_JSON)


def _read_texts(recipient: Recipient, runtime: Runtime) -> ReceiptTexts:
    asked = request.args.get("language")
    if asked is not None and asked.partition("-")[0] not in runtime.receipt_texts:
        known = ", ".join(runtime.receipt_texts)
        raise ProblemError(400, "Unknown language", f"`language` is one of: {known}.")
    return choose_texts(recipient, asked, runtime)
