"""What stands before the RQ dashboard: login, origin, arguments, and headers behind it."""

import hmac
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from app.web.dashboard_data import REGISTRY_NAMES
from app.web.errors import ProblemError
from config.settings import APIToken

_NAME_OF_QUEUE = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_ID_OF_JOB = re.compile(r"[A-Za-z0-9_-]{1,200}")
_LARGEST_PAGE = 200
_LARGEST_NUMBER = 1_000_000
_INLINE_SCRIPT = '<script type="text/javascript">'
_DEFAULT_PORTS = (":80", ":443")


def find_admin(tokens: Sequence[APIToken]) -> APIToken | None:
    """Return the administrator that the request's Basic login names, or None.

    All tokens are compared, name and secret alike, so that time tells nothing.
    """
    given = request.authorization
    if given is None or given.type != "basic":
        return None
    user = (given.username or "").encode("utf-8", "surrogatepass")
    password = (given.password or "").encode("utf-8", "surrogatepass")
    found = None
    for token in tokens:
        is_user = hmac.compare_digest(token.name.encode(), user)
        is_password = hmac.compare_digest(token.secret.reveal().encode(), password)
        if is_user & is_password & ("admin" in token.scopes):
            found = token
    return found


def is_same_origin() -> bool:
    """Tell whether a request comes from a page of ours: a browser adds the login to any other."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    # The host alone: behind a platform's router the scheme that we see is not the browser's.
    try:
        host = urlsplit(origin).netloc.rpartition("@")[2]
    except ValueError:
        return False
    return bool(host) and _without_port(host) == _without_port(request.host)


def check_arguments(arguments: dict[str, Any]) -> None:
    """Refuse what no page of the dashboard asks for; its templates do not escape all of it.

    Raises:
        ProblemError: 404.
    """
    checks: dict[str, Callable[[Any], bool]] = {
        "instance_number": lambda value: value == 0,
        "queue_name": lambda value: value is None or bool(_NAME_OF_QUEUE.fullmatch(value)),
        "registry_name": lambda value: value in REGISTRY_NAMES,
        "job_id": lambda value: bool(_ID_OF_JOB.fullmatch(value)),
        "order": lambda value: value in {"asc", "dsc"},
        "per_page": lambda value: _is_number(value, _LARGEST_PAGE),
        "page": lambda value: _is_number(value, _LARGEST_NUMBER),
    }
    for name, value in arguments.items():
        if name in checks and not checks[name](value):
            raise ProblemError(404, "No such page", "Go back to /rq and choose a queue.")


def protect_page(response: Response) -> Response:
    """Add the headers that keep a page to itself, and let its own script run."""
    is_static = (request.endpoint or "").endswith(".static") and response.status_code < 400  # noqa: PLR2004
    response.headers["Cache-Control"] = "private, max-age=3600" if is_static else "no-store"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    nonce = secrets.token_urlsafe(16)
    # The pages' templates are compiled in the browser, which counts as eval; they have one inline
    # script, which the nonce allows and no other.
    response.headers["Content-Security-Policy"] = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
    if response.mimetype == "text/html" and not response.direct_passthrough:
        page = response.get_data(as_text=True)
        script = f'<script nonce="{nonce}" type="text/javascript">'
        response.set_data(page.replace(_INLINE_SCRIPT, script, 1))
    return response


def _without_port(host: str) -> str:
    host = host.lower()
    return next((host.removesuffix(port) for port in _DEFAULT_PORTS if host.endswith(port)), host)


def _is_number(value: object, largest: int) -> bool:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(largest))):
        return False
    return 1 <= int(text) <= largest
