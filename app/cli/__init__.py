"""The command line: `flask --app app …`, for people who look after Heed. It needs no workers."""

from flask import Flask

from app.cli.deliveries import create_deliveries
from app.cli.doctor import create_doctor
from app.cli.evidence import create_evidence
from app.cli.feed import create_feed_group
from app.cli.figures import create_figures_group
from app.cli.lexicon import create_lexicon
from app.cli.mirror import create_mirror
from app.cli.recipients import create_recipients
from app.cli.recognize import create_recognize
from app.cli.reconcile import create_reconcile
from app.cli.replies import create_replies
from app.cli.review import create_review
from app.cli.sources import create_sources
from app.cli.users import create_users
from app.cli.webhook import create_webhook_group
from app.runtime import Runtime


def register_commands(app: Flask, runtime: Runtime) -> None:
    """Give the application its commands."""
    app.cli.add_command(create_recipients(runtime))
    app.cli.add_command(create_webhook_group(runtime))
    app.cli.add_command(create_doctor(runtime))
    app.cli.add_command(create_evidence(runtime))
    app.cli.add_command(create_feed_group(runtime))
    app.cli.add_command(create_figures_group(runtime))
    app.cli.add_command(create_recognize(runtime))
    app.cli.add_command(create_lexicon(runtime))
    app.cli.add_command(create_replies(runtime))
    app.cli.add_command(create_review(runtime))
    app.cli.add_command(create_deliveries(runtime))
    app.cli.add_command(create_mirror(runtime))
    app.cli.add_command(create_reconcile(runtime))
    app.cli.add_command(create_sources(runtime))
    app.cli.add_command(create_users(runtime))
