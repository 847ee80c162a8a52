"""`flask --app app mirror …`: preferences in a SQL database, kept up by the feed."""

import importlib
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.output import careful
from app.runtime import Runtime

_url = click.option(
    "--url", help="The database; MIRROR_URL when left out, which hides the password."
)


def create_mirror(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup(
        "mirror",
        help="""Keep everybody's preferences in a SQL database.

        PostgreSQL (postgresql://user:password@host/name) or SQLite (sqlite:///path/to/file).""",
    )

    @group.command("once", help="Bring the mirror to the end of the feed, and end.")
    @_url
    @careful
    def once(*, url: str | None) -> None:
        number = _work().bring_up_to_date(runtime, url)
        click.echo(f"{number} row(s) and event(s) are written; the mirror is up to date.")

    @group.command("run", help="Keep the mirror up until told to stop.")
    @_url
    @careful
    def run(*, url: str | None) -> None:
        _work().keep_up(runtime, url)

    @group.command("rebuild", help="Write everybody's state anew; readers see the old until then.")
    @_url
    @careful
    def anew(*, url: str | None) -> None:
        click.echo(f"{_work().build_anew(runtime, url)} people are written.")

    return group


def _work() -> Any:
    """Return the module that needs SQLAlchemy, which the web process never imports."""
    return importlib.import_module("app.cli.mirror_work")
