"""`flask --app app feed …`: the feed's own indexes."""

import sys

import click
from flask.cli import AppGroup

from app.cli.output import careful
from app.runtime import Runtime
from app.usecases.index_people import index_people

_STEPS = 1_000


def create_feed_group(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("feed", help="The feed of changes, and the list of who is suppressed.")

    @group.command("index", help="Put everybody on the feed's indexes who is missing there.")
    @careful
    def index() -> None:
        missing = 0
        with click.progressbar(
            length=_STEPS, label="People", file=sys.stderr, show_pos=False
        ) as progress:
            for found, share in index_people(
                runtime.evidence,
                preferences=runtime.preferences,
                indexes=runtime.feed,
                business=runtime.business,
                clock=runtime.clock,
            ):
                missing += found
                progress.update(int(share * _STEPS) - progress.pos)
        click.echo(f"{missing} entries were missing.")

    return group
