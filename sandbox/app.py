"""The web application of the sandbox."""

from pathlib import Path
from typing import Final

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge

from sandbox.api import api
from sandbox.config import SandboxConfig
from sandbox.control import control
from sandbox.errors import NOT_FOUND
from sandbox.phone import phone
from sandbox.web import (
    EXTENSION,
    RequestError,
    answer_error,
    guard_request,
    problem,
    protect_response,
)
from sandbox.website import website
from sandbox.world import World

HERE: Final = Path(__file__).parent
LARGEST_BODY_BYTES: Final = 5_000_000


def create_sandbox(config: SandboxConfig) -> Flask:
    """Return the sandbox as a Flask application; its World is in `extensions["sandbox"]`."""
    app = Flask(
        "sandbox",
        static_folder=str(HERE / "static"),
        template_folder=str(HERE / "templates"),
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.extensions[EXTENSION] = World(config)
    app.register_blueprint(api)
    app.register_blueprint(control)
    app.register_blueprint(phone)
    app.register_blueprint(website)
    app.before_request(guard_request)
    app.after_request(protect_response)
    app.register_error_handler(RequestError, answer_request_error)
    app.register_error_handler(HTTPException, answer_http_exception)
    return app


def answer_request_error(exc: RequestError) -> Response:
    """Answer a request that a route refused."""
    return answer_error(exc.error)


def answer_http_exception(exc: HTTPException) -> Response:
    """Answer what Flask refused by itself, as JSON."""
    if isinstance(exc, NotFound):
        return answer_error(NOT_FOUND)
    if isinstance(exc, RequestEntityTooLarge):
        return answer_error(problem(413, f"The body is larger than {LARGEST_BODY_BYTES} bytes."))
    return answer_error(problem(exc.code or 500, exc.name))
