"""The records of consents put together: receipts, opt-ins that others bring, figures."""

from flask import Flask

from app.runtime import Runtime
from app.web.figures import create_figures
from app.web.opt_ins import create_opt_ins
from app.web.receipts import create_receipts


def register_records(app: Flask, runtime: Runtime) -> None:
    """Give the application their routes."""
    for create in (create_receipts, create_opt_ins, create_figures):
        app.register_blueprint(create(runtime))
