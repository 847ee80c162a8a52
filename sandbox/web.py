"""What every route of the sandbox shares: reading JSON, answering, guarding, cutting connections."""

import json
import socket
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, current_app, request

from sandbox.errors import ApiError
from sandbox.world import World

EXTENSION: Final = "sandbox"
LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "::1")


class RequestError(Exception):
    """A request that is answered with an ApiError."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(f"HTTP {error.status}")
        self.error = error


def current_world() -> World:
    """Return the state of the sandbox that serves this request."""
    world = current_app.extensions[EXTENSION]
    assert isinstance(world, World)  # noqa: S101 - for the type checker; create_sandbox sets it
    return world


def answer_json(body: Any, status: int = 200) -> Response:
    """Return a JSON answer; characters are sent as they are."""
    text = json.dumps(body, ensure_ascii=False)
    return Response(text.encode(errors="replace"), status, mimetype="application/json")


def answer_error(error: ApiError) -> Response:
    """Return an error of the API as an answer."""
    if isinstance(error.body, str):
        response = Response(error.body, error.status, mimetype="text/html")
    else:
        response = answer_json(error.body, error.status)
    response.headers.extend(dict(error.headers))
    return response


def problem(status: int, detail: str) -> ApiError:
    """Return an error of the sandbox's own routes."""
    return ApiError(status, {"error": detail})


def read_json() -> Any:
    """Return the body of the request; raises RequestError when it is not JSON."""
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as exc:
        raise RequestError(problem(400, "The body must be JSON.")) from exc


def read_json_object() -> dict[str, Any]:
    """Return the JSON object of the request; raises RequestError when it is something else."""
    body = read_json()
    if not isinstance(body, dict):
        raise RequestError(problem(400, "The body must be a JSON object."))
    return body


def guard_request() -> Response | None:
    """Refuse what another web page or another machine could have sent.

    A page of another origin can neither send JSON nor DELETE without being asked for permission
    first, which the sandbox never gives; a name that was rebound to this machine fails the Host
    check.
    """
    if read_host_name(request.host) not in LOOPBACK_NAMES:
        return answer_error(problem(403, "The sandbox answers to 127.0.0.1 and localhost only."))
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return answer_error(problem(403, "The sandbox answers to its own pages only."))
    if request.method == "POST" and request.mimetype != "application/json":
        return answer_error(problem(415, "Send JSON with Content-Type: application/json."))
    return None


def read_host_name(host: str) -> str:
    """Return the name in a Host header without the port, empty when it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def protect_response(response: Response) -> Response:
    """Let pages load nothing from elsewhere and be framed by nobody."""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'none'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def cut_connection() -> Response:
    """End the TCP connection of this request without an answer."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The client was faster; the connection is gone either way.
            return Response(status=500)
    return Response(status=500)
