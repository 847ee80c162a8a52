"""`flask --app app mirror …`: preferences in a SQL database, kept up by the feed."""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.cli.output import careful
from app.domain.changes import addresses_of
from app.domain.state import describe_state
from app.mirror.follow import Follower, catch_up, rebuild
from app.mirror.tables import MirrorURLError, create_tables, open_database
from app.mirror.writer import Mirror, Person
from app.runtime import Runtime
from app.store.connection import StoreError
from app.store.people import scan_people

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0

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
        number = _carefully(lambda: catch_up(_open(runtime, url)))
        click.echo(f"{number} row(s) and event(s) are written; the mirror is up to date.")

    @group.command("run", help="Keep the mirror up until told to stop.")
    @_url
    @careful
    def run(*, url: str | None) -> None:
        engine = _engine(runtime, url)
        _run(engine, follower_of(runtime, engine))

    @group.command("rebuild", help="Write everybody's state anew; readers see the old until then.")
    @_url
    @careful
    def anew(*, url: str | None) -> None:
        follower = _open(runtime, url)
        number = _carefully(lambda: rebuild(follower))
        _carefully(lambda: catch_up(follower))
        click.echo(f"{number} people are written.")

    return group


def _engine(runtime: Runtime, url: str | None) -> Engine:
    chosen = (url or runtime.settings.mirror_url.reveal()).strip()
    if not chosen:
        raise click.UsageError("Name the database with --url or MIRROR_URL.")
    try:
        return open_database(chosen)
    except MirrorURLError as error:
        raise click.UsageError(f"--url or MIRROR_URL: {error}.") from None


def _open(runtime: Runtime, url: str | None) -> Follower:
    engine = _engine(runtime, url)
    _carefully(lambda: create_tables(engine))
    return follower_of(runtime, engine)


def follower_of(runtime: Runtime, engine: Engine) -> Follower:
    """Return what keeps the mirror in a database up."""

    def read_people() -> Iterator[Sequence[Person]]:
        for records in scan_people(runtime.redis, runtime.preferences):
            yield [
                Person(
                    describe_state(
                        one.identity, one.preferences, business=runtime.business, now=None
                    ),
                    addresses_of(one.identity, one.preferences),
                )
                for one in records
            ]

    return Follower(
        mirror=Mirror(engine),
        feed=runtime.deliveries.feed,
        read_people=read_people,
        clock=runtime.clock,
    )


def _run(engine: Engine, follower: Follower) -> None:
    """Follow until SIGTERM or SIGINT; a database or a Redis that is away is waited for."""
    stopping = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopping.set())
    logger.info("mirror.started")
    pause = 0.0
    while True:
        try:
            create_tables(engine)
            written = catch_up(follower)
        except (SQLAlchemyError, StoreError) as error:
            pause = min(pause * 2 + _EVERY_SECONDS, _LONGEST_PAUSE_SECONDS)
            # The type alone: the texts of databases quote rows.
            logger.warning(
                "mirror.failed", extra={"error": type(error).__name__, "again_in": pause}
            )
        else:
            pause = 0.0
            if written:
                logger.info("mirror.written", extra={"events": written})
        if stopping.wait(pause or _EVERY_SECONDS):
            logger.info("mirror.ended")
            return


def _carefully(do: Any) -> Any:
    try:
        return do()
    except DBAPIError as error:
        # The text of the driver may quote a row, or the address with its password.
        raise click.ClickException(
            f"The database does not do it ({type(error.orig).__name__}). See its address, whether "
            "it lets this machine in, and whether its user may create tables."
        ) from None
