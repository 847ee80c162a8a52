"""The RQ dashboard at /rq, made safe: login, JSON alone, no change by GET, nothing personal.

rq-dashboard keeps its routes in one global blueprint that opens a connection for every request.
So its routes are taken out of it and mounted in a blueprint of ours, each by what it may do.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq_dashboard import web

from app.queues import COMMANDS
from app.runtime import Runtime
from app.web import dashboard_data
from app.web.dashboard_guard import check_arguments, find_admin, is_same_origin, protect_page
from app.web.dashboard_jobs import UnreadableJobError
from app.web.errors import ProblemError, problem_response

logger = logging.getLogger(__name__)

_NAME = "rq_dashboard"
# These only read. Every other route, those of a later version included, changes something.
_READING = frozenset(
    {
        "favicon",
        "queues_overview",
        "workers_overview",
        "jobs_overview",
        "job_view",
        "list_queues",
        "list_jobs",
        "job_info",
        "list_workers",
    }
)
_OUR_VIEWS: dict[str, Callable[..., ResponseReturnValue]] = {
    "job_info": dashboard_data.show_job,
    "list_workers": dashboard_data.list_workers,
    "requeue_all": dashboard_data.requeue_all,
}


def mount_dashboard(app: Flask, runtime: Runtime) -> None:
    """Serve the RQ dashboard at /rq, for holders of an API token with the scope admin."""
    app.redis_conn = runtime.redis  # type: ignore[attr-defined]
    # Only shown; the connection is ours.
    app.config["RQ_DASHBOARD_REDIS_URL"] = (mask_url(runtime.settings.redis_url.reveal()),)
    app.url_build_error_handlers.append(_build_static_url)
    blueprint = Blueprint(
        _NAME, web.__name__, template_folder="templates", static_folder="static", url_prefix="/rq"
    )
    for rule, options in _read_rules():
        endpoint = options.pop("endpoint")
        view = _OUR_VIEWS.get(endpoint, options.pop("view_func"))
        options["methods"] = ["GET"] if endpoint in _READING else ["POST"]
        blueprint.add_url_rule(rule, endpoint, view, **options)

    @blueprint.before_request
    def guard() -> ResponseReturnValue | None:
        request.max_content_length = 64 * 1024
        token = find_admin(runtime.settings.api_tokens)
        if token is None:
            raise ProblemError(
                401,
                "Log in",
                "User and password are the name and the secret of an entry of API_TOKENS that "
                "has the scope admin.",
                headers={"WWW-Authenticate": 'Basic realm="Heed", charset="UTF-8"'},
            )
        g.caller = token.name
        if request.method == "POST" and not is_same_origin():
            raise ProblemError(
                403,
                "From another page",
                "Changes are taken from the dashboard's own pages; a script sends an Origin "
                "header that names this host.",
            )
        check_arguments(request.view_args or {})
        if request.endpoint == f"{_NAME}.jobs_overview" and not _wanted_queue():
            return redirect(_jobs_of_commands())
        return None

    blueprint.context_processor(lambda: {"poll_interval": 2500})
    blueprint.after_request(_log_change)
    blueprint.after_request(protect_page)
    blueprint.register_error_handler(NoSuchJobError, _answer_no_such_job)
    blueprint.register_error_handler(UnreadableJobError, _answer_unreadable)
    blueprint.register_error_handler(InvalidJobOperation, _answer_not_failed)
    app.register_blueprint(blueprint)


def mask_url(url: str) -> str:
    """Return a Redis URL without user, password and options."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _read_rules() -> list[tuple[str, dict[str, Any]]]:
    """Return the routes of rq-dashboard's own blueprint, without its hooks."""
    collector = _RuleCollector()
    for register in web.blueprint.deferred_functions:
        register(collector)
    return collector.rules


class _RuleCollector:
    """Stands in for the setup state that a blueprint's routes are registered on."""

    def __init__(self) -> None:
        self.rules: list[tuple[str, dict[str, Any]]] = []

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any
    ) -> None:
        self.rules.append(
            (rule, {**options, "endpoint": endpoint or view_func.__name__, "view_func": view_func})
        )


def _wanted_queue() -> str | None:
    return (request.view_args or {}).get("queue_name")


def _jobs_of_commands() -> str:
    return url_for(
        f"{_NAME}.jobs_overview",
        instance_number=0,
        queue_name=COMMANDS,
        registry_name="queued",
        per_page=8,
        order="asc",
        page=1,
    )


def _build_static_url(error: Exception, endpoint: str, values: dict[str, Any]) -> str:
    """Build the one URL for which rq-dashboard takes the application's static folder for its own."""
    if endpoint == "static" and request.blueprint == _NAME:
        return url_for(f"{_NAME}.static", **values)
    raise error


def _log_change(response: Response) -> Response:
    if request.method == "POST" and "caller" in g:
        arguments = request.view_args or {}
        logger.info(
            "dashboard.changed",
            extra={
                "actor": g.caller,
                "change": (request.endpoint or "").removeprefix(f"{_NAME}."),
                "queue": arguments.get("queue_name"),
                "job": arguments.get("job_id"),
                "status": response.status_code,
            },
        )
    return response


def _answer_no_such_job(error: NoSuchJobError) -> Response:
    return problem_response(
        ProblemError(404, "No such job", "It is done and forgotten, was deleted, or never was.")
    )


def _answer_unreadable(error: Exception) -> Response:
    return problem_response(
        ProblemError(
            422,
            "Unreadable job",
            "Its record in Redis is damaged, or none of Heed's. Empty its list.",
        )
    )


def _answer_not_failed(error: InvalidJobOperation) -> Response:
    return problem_response(
        ProblemError(409, "Not a failed job", "Only failed jobs can be put back into their queue.")
    )
