"""What senders need beside messages: files, templates, the state of the number.

This is the whole list. It has nothing that changes how a number is set up, and nothing that sends.
https://docs.360dialog.com/partner/messaging/media-messages/upload-retrieve-delete-media
"""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.dialog360.outgoing import INVALID_PARAMETER
from app.dialog360.refusals import SERVICE_UNAVAILABLE
from app.dialog360.relay import Upload
from app.domain.outgoing import Passage, RelayedAnswer
from app.ports import SendError, UnknownOutcomeError
from app.runtime import Runtime
from app.web.gateway_answers import GatewayError, answer_relayed, never_left
from app.web.gateway_numbers import any_number, choose_number, name_number

logger = logging.getLogger(__name__)

T = TypeVar("T")

# WhatsApp takes no larger file; it passes through in pieces and never lies in memory whole.
_LARGEST_FILE = 100 * 1024 * 1024
_LONGEST_QUERY = 2048
_ATTACHMENTS = "/whatsapp_business/attachments/"
# Where Meta keeps files. 360dialog serves the same path with its own key.
_META_FILES = "lookaside.fbsbx.com"


def add_file_routes(blueprint: Blueprint, runtime: Runtime) -> None:
    """Add the routes; their callers are known to have the scope."""

    @blueprint.get("/v1/configs/templates")
    def list_templates() -> Response:
        return ask("/v1/configs/templates", query=_query())

    @blueprint.get("/health_status")
    def show_health() -> Response:
        return ask("/health_status")

    @blueprint.get("/<int:media_id>")
    def find_media(media_id: int) -> Response:
        return answer_relayed(find(media_id))

    @blueprint.get("/v<float:version>/<int:media_id>")
    def find_cloud_media(version: float, media_id: int) -> Response:
        base_url = runtime.settings.public_url or request.host_url
        return answer_relayed(_with_our_address(find(media_id), base_url))

    @blueprint.get(_ATTACHMENTS)
    def download_media() -> Response:
        number, query = any_number(runtime, None), _query()
        found = _try(
            lambda: runtime.relay.download(_ATTACHMENTS, phone_number_id=number, query=query)
        )
        response = Response(found.chunks(), found.status, found.headers)
        response.call_on_close(found.close)
        return response

    @blueprint.post("/media")
    def upload_media() -> Response:
        return upload(choose_number(runtime))

    @blueprint.post("/v<float:version>/<int:phone_number_id>/media")
    def upload_cloud_media(version: float, phone_number_id: int) -> Response:
        return upload(name_number(runtime, phone_number_id))

    def ask(path: str, query: str = "") -> Response:
        number = choose_number(runtime)
        return answer_relayed(
            _try(lambda: runtime.relay.ask(path, phone_number_id=number, query=query))
        )

    def find(media_id: int) -> RelayedAnswer:
        number = any_number(runtime, request.args.get("phone_number_id"))
        return _try(lambda: runtime.relay.ask(f"/{media_id}", phone_number_id=number))

    def upload(number: str | None) -> Response:
        length = request.content_length
        if length is None:
            raise GatewayError(
                411,
                INVALID_PARAMETER,
                "Say Content-Length: the size of the file.",
                outcome="malformed",
            )
        if length > _LARGEST_FILE:
            raise RequestEntityTooLarge
        body = Upload(request.stream, length)
        kind = request.headers.get("Content-Type", "application/octet-stream")
        return answer_relayed(
            _try(lambda: runtime.relay.upload("/media", body, kind, phone_number_id=number))
        )


def _try(exchange: Callable[[], T]) -> T:
    """Make an exchange that sends nobody anything; an error is one of ours or of the way."""
    try:
        return exchange()
    except SendError as error:
        logger.warning("gateway.unreachable", extra={"error": str(error)})
        raise never_left(error) from None
    except UnknownOutcomeError as error:
        logger.warning("gateway.unanswered", extra={"error": str(error)})
        raise GatewayError(
            504,
            SERVICE_UNAVAILABLE,
            "360dialog did not answer in time. Try again in a moment.",
            outcome="unknown",
        ) from None


def _query() -> str:
    query = request.query_string
    if len(query) > _LONGEST_QUERY or not query.isascii():
        raise GatewayError(
            400, INVALID_PARAMETER, "The query is too long, or not ASCII.", outcome="malformed"
        )
    return query.decode("ascii")


def _with_our_address(found: RelayedAnswer, base_url: str) -> RelayedAnswer:
    """Put our address in the place of Meta's, whose key a client of the Cloud API has not.

    Clients of 360dialog do the same with 360dialog's address, as its documents say.
    """
    try:
        body = json.loads(found.body)
        parts = urlsplit(body["url"])
        is_known = parts.hostname == _META_FILES and parts.path == _ATTACHMENTS
    except (ValueError, KeyError, TypeError, AttributeError):
        return found
    if not is_known or found.passage is not Passage.ACCEPTED:
        return found
    body["url"] = f"{base_url.rstrip('/')}{_ATTACHMENTS}?{parts.query}"
    return replace(found, body=json.dumps(body).encode())
