"""The console put together: what it works with, its pages, its errors."""

import hashlib
import logging
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from app.runtime import Runtime
from app.store.access import RedisAccessLog, RedisSignInLimits
from app.store.connection import StoreError
from app.store.console_sessions import RedisConsoleSessions
from app.web.console import access, deliveries, figures, people, review, signin
from app.web.console.context import Console, PageError
from app.web.console.guard import SET_UP, install_guard
from app.web.console.pages import render_page
from app.web.console.sessions import PATH, Sessions
from config.console_loader import load_console_texts

logger = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent
_TOO_LARGE = 413


def create_console(runtime: Runtime) -> Blueprint:
    """Return the blueprint of /console."""
    secret = runtime.settings.secret_key.reveal()
    console = Console(
        runtime=runtime,
        texts=load_console_texts(),
        sessions=Sessions(RedisConsoleSessions(runtime.redis), secret),
        access=RedisAccessLog(runtime.redis, secret),
        limits=RedisSignInLimits(runtime.redis),
        zone=ZoneInfo(runtime.settings.console.time_zone),
        style_version=_version_of(_FOLDER / "static" / "console.css"),
    )
    blueprint = Blueprint(
        "console",
        __name__,
        url_prefix=PATH,
        template_folder="../templates",
        static_folder="static",
    )
    install_guard(blueprint, console)
    for part in (signin, people, review, figures, deliveries, access):
        part.add_routes(blueprint, console)

    # Not for POST: a form that is sent to nowhere is a 405 of the application.
    @blueprint.get("/<path:rest>")
    def show_missing(rest: str) -> Response:
        raise PageError(404, "error.missing")

    _register_errors(blueprint, console)
    return blueprint


def _register_errors(blueprint: Blueprint, console: Console) -> None:
    def answer(status: int, key: str, **values: Any) -> Response:
        return render_page(console, "error", status=status, error_key=key, **values)

    @blueprint.errorhandler(PageError)
    def answer_page_error(error: PageError) -> Response:
        if error.key == SET_UP:
            return render_page(console, "setup", status=error.status)
        return answer(error.status, error.key)

    @blueprint.errorhandler(StoreError)
    def answer_store_error(error: StoreError) -> Response:
        # The type alone: Redis repeats parts of what it was sent in its messages.
        logger.error(
            "store.failed", extra={"error": type(error).__name__, "endpoint": request.endpoint}
        )
        response = answer(503, "error.store")
        response.headers["Retry-After"] = "2"
        return response

    @blueprint.errorhandler(HTTPException)
    def answer_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        return answer(status, "error.too_large" if status == _TOO_LARGE else "error.missing")

    @blueprint.errorhandler(Exception)
    def answer_bug(error: Exception) -> Response:
        # No message and no values: they could hold words or numbers.
        last = error.__traceback__
        while last and last.tb_next:
            last = last.tb_next
        where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
        logger.error(
            "request.failed",
            extra={"error": type(error).__name__, "at": where, "endpoint": request.endpoint},
        )
        return answer(500, "error.bug")


def _version_of(path: Path) -> str:
    """Return what changes with a file, so that browsers may keep it until then."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
