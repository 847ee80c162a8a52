"""The phone in the browser."""

from flask import Blueprint, Response, render_template

phone = Blueprint("phone", __name__)


@phone.get("/")
def show_phone() -> Response:
    """Show the phone."""
    return Response(render_template("phone.html"), mimetype="text/html")
