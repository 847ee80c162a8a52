"""Errors as RFC 9457 problem documents that say what to do."""

import json
import logging
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from app.store.connection import StoreError

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "2"


class ProblemError(Exception):
    """A request that cannot be served; `detail` tells the caller what to do about it."""

    def __init__(
        self, status: int, title: str, detail: str, *, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers or {}


def register_errors(app: Flask) -> None:
    """Give every route the same errors, the catch-all last."""
    app.register_error_handler(ProblemError, _answer_problem)
    app.register_error_handler(StoreError, _answer_store_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, _answer_bug)


def problem_response(problem: ProblemError) -> Response:
    """Return the problem document of a problem."""
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    return Response(
        json.dumps(body) + "\n",
        problem.status,
        {"Cache-Control": "no-store", **problem.headers},
        mimetype="application/problem+json",
    )


def _answer_problem(problem: ProblemError) -> Response:
    return problem_response(problem)


def _answer_store_error(error: StoreError) -> Response:
    # The type alone: Redis repeats parts of what it was sent in its messages.
    logger.error(
        "store.failed", extra={"error": type(error).__name__, "endpoint": request.endpoint}
    )
    return problem_response(
        ProblemError(
            503,
            "The store does not answer",
            "Nothing was decided. Try again in a moment; a sender must take this as a no.",
            headers={"Retry-After": _RETRY_SECONDS},
        ),
    )


def answer_http_error(error: HTTPException) -> Response:
    """Return the problem document of an error of HTTP itself."""
    problem = ProblemError(error.code or 500, error.name, error.description or error.name)
    response = problem_response(problem)
    if error.code == 405:  # noqa: PLR2004 - RFC 9110: a 405 names what is allowed
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return response


def _answer_bug(error: Exception) -> Response:
    # No message and no traceback with values: they could hold words or numbers.
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else "?"
    logger.error(
        "request.failed",
        extra={"error": type(error).__name__, "at": where, "endpoint": request.endpoint},
    )
    return problem_response(
        ProblemError(
            500, "Internal error", "This is a fault of ours; it is in the log. Try again."
        ),
    )
