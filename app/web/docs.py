"""/openapi.json and /docs: the API's description, and a page to try it."""

from flask import Blueprint, Response, jsonify, render_template

from app.runtime import Runtime
from app.web.openapi import describe_api

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def create_docs(runtime: Runtime) -> Blueprint:
    """Return the blueprint; it needs no login, since it tells nothing but the shape of the API."""
    blueprint = Blueprint(
        "docs",
        __name__,
        template_folder="templates",
        static_folder="static/docs",
        static_url_path="/docs/static",
    )
    description = describe_api(runtime.business)

    @blueprint.get("/openapi.json")
    def show_description() -> Response:
        return jsonify(description)

    @blueprint.get("/docs")
    def show_page() -> str:
        return render_template("docs/page.html")

    @blueprint.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return blueprint
