"""Heed hears what people say to a business on WhatsApp about being messaged, and makes sure of it."""

import os
import sys

from flask import Flask


def create_app(environ: dict[str, str] | None = None) -> Flask:
    """Put the web process together: the composition root that gunicorn and flask call.

    Ends the process with a readable list when the environment cannot be used.
    """
    from app.cli import register_commands
    from app.runtime import build_runtime
    from app.web.api import create_api
    from app.web.console import create_console
    from app.web.dashboard import mount_dashboard
    from app.web.docs import create_docs
    from app.web.errors import register_errors
    from app.web.feed import create_feed
    from app.web.forgetting import create_forgetting
    from app.web.gateway import create_gateway
    from app.web.health import create_health
    from app.web.preferences import create_preferences
    from app.web.reassigning import create_reassigning
    from app.web.records import register_records
    from app.web.reservations import create_reservations
    from app.web.suppressed import create_suppressed
    from app.web.ways import create_ways
    from app.web.webhook import create_webhook
    from config.logging import configure_logging
    from config.settings import SettingsError, load_settings

    try:
        settings = load_settings(os.environ if environ is None else environ)
        configure_logging(settings.log_format)
        runtime = build_runtime(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        # gunicorn takes 3 for "do not try again"; a restart would not mend the environment.
        sys.exit(3)

    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.secret_key = settings.secret_key.reveal()
    app.extensions["heed"] = runtime
    register_errors(app)
    app.register_blueprint(create_webhook(runtime))
    app.register_blueprint(create_api(runtime))
    app.register_blueprint(create_reservations(runtime))
    register_records(app, runtime)
    for create in (create_feed, create_suppressed, create_forgetting, create_reassigning):
        app.register_blueprint(create(runtime))
    app.register_blueprint(create_gateway(runtime))
    app.register_blueprint(create_health(runtime))
    app.register_blueprint(create_docs(runtime))
    app.register_blueprint(create_console(runtime))
    app.register_blueprint(create_preferences(runtime))
    app.register_blueprint(create_ways(runtime))
    mount_dashboard(app, runtime)
    register_commands(app, runtime)
    return app
