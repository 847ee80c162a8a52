"""The tables of the mirror, and the database that they are in."""

import json
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

_METADATA = MetaData()
# The longest BSUID has 131 characters; see app/domain/recipients.py.
_ADDRESS = String(160)

RECIPIENTS = Table(
    "heed_recipients",
    _METADATA,
    Column("recipient", _ADDRESS, primary_key=True),
    Column("bsuid", _ADDRESS, index=True),
    Column("messages", String(20), nullable=False),
    Column("paused_until", DateTime(timezone=True)),
    Column("topics", JSON, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("caps", JSON, nullable=False),
    Column("whatsapp_marketing", String(20), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True)),
)
TOPICS = Table(
    "heed_topics",
    _METADATA,
    Column("recipient", _ADDRESS, primary_key=True),
    Column("topic", String(100), primary_key=True),
    Column("on", Boolean, nullable=False),
)
# Each id under which somebody may be addressed, and whose preferences count for it.
ADDRESSES = Table(
    "heed_addresses",
    _METADATA,
    Column("address", _ADDRESS, primary_key=True),
    Column("recipient", _ADDRESS, nullable=False, index=True),
)
CURSOR = Table(
    "heed_cursor",
    _METADATA,
    Column("name", String(20), primary_key=True),
    Column("cursor", String(60), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
_CONNECT_SECONDS = 10


class MirrorURLError(ValueError):
    """The URL of the database cannot be used. The text never holds the URL."""


def open_database(url: str) -> Engine:
    """Return the database of a URL; nothing is connected yet.

    Raises:
        MirrorURLError: it is neither PostgreSQL nor SQLite.
    """
    scheme, separator, rest = url.strip().partition("://")
    driver = _DRIVERS.get(scheme.partition("+")[0])
    if not separator or driver is None:
        raise MirrorURLError("give postgresql://user:password@host/name or sqlite:///path/to/file")
    try:
        parsed = make_url(f"{driver}://{rest}")
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            connect_args={} if driver == "sqlite" else {"connect_timeout": _CONNECT_SECONDS},
            json_serializer=_dump,
        )
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise MirrorURLError("the URL of the database cannot be read") from None
    if driver == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def create_tables(engine: Engine) -> None:
    """Make the tables that are not there yet."""
    _METADATA.create_all(engine)


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # Readers go on reading while we write; and ours are the transactions, not the driver's.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=10000")


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
