"""What `flask mirror …` does.

Apart from its commands, so that SQLAlchemy is imported by these alone: the web process registers
the commands too, and needs no database.
"""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

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


def bring_up_to_date(runtime: Runtime, url: str | None) -> int:
    """Bring the mirror to the end of the feed; returns how many rows and events were written."""
    number: int = _carefully(lambda: catch_up(_open(runtime, url)))
    return number


def build_anew(runtime: Runtime, url: str | None) -> int:
    """Write everybody's state anew; returns how many people there are."""
    follower = _open(runtime, url)
    number: int = _carefully(lambda: rebuild(follower))
    _carefully(lambda: catch_up(follower))
    return number


def keep_up(runtime: Runtime, url: str | None) -> None:
    """Follow the feed until told to stop."""
    engine = _engine(runtime, url)
    _run(engine, follower_of(runtime, engine))


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
