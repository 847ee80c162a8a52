"""Writes to the mirror: rows and the place in the feed in one transaction, and never backwards."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from app.domain.times import from_text
from app.mirror.tables import ADDRESSES, CURSOR, RECIPIENTS, TOPICS

_NAME = "feed"
_FORGOTTEN, _IDENTITY_CHANGED = "forgotten", "identity_changed"
_OF_PEOPLE = (TOPICS, ADDRESSES, RECIPIENTS)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's state, and every id under which they may be addressed."""

    state: Mapping[str, Any]
    addresses: Sequence[str]


class MirrorMovedError(Exception):
    """Somebody else has written to the mirror meanwhile; read again where it is."""


class Mirror:
    """The tables of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._insert: Any = (
            postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        )

    def cursor(self) -> str | None:
        """Return how far the mirror is in the feed; None for one that is empty."""
        with self.engine.connect() as connection:
            return connection.scalar(select(CURSOR.c.cursor).where(CURSOR.c.name == _NAME))

    def apply(self, events: Sequence[Mapping[str, Any]], *, after: str, now: datetime) -> None:
        """Write what a batch of the feed says, and that it is written.

        Raises:
            MirrorMovedError: the mirror is no longer where this batch begins.
        """
        with self.engine.begin() as connection:
            moved = connection.execute(
                update(CURSOR)
                .where(CURSOR.c.name == _NAME, CURSOR.c.cursor == after)
                .values(cursor=events[-1]["id"], updated_at=now)
            )
            if moved.rowcount != 1:
                raise MirrorMovedError
            for event in events:
                self._apply_one(connection, event)

    def rebuild(self, people: Iterable[Sequence[Person]], *, cursor: str, now: datetime) -> int:
        """Replace everything by these batches of people, in one transaction; return how many.

        Whoever reads meanwhile sees what was there before.

        Raises:
            MirrorMovedError: somebody else builds it for the first time just now.
        """
        count = 0
        with self.engine.begin() as connection:
            for table in (*_OF_PEOPLE, CURSOR):
                connection.execute(delete(table))
            try:
                connection.execute(insert(CURSOR).values(name=_NAME, cursor=cursor, updated_at=now))
            except IntegrityError:
                raise MirrorMovedError from None
            for batch in people:
                self._write(connection, batch)
                count += len(batch)
        return count

    def _apply_one(self, connection: Connection, event: Mapping[str, Any]) -> None:
        main, addresses = event["recipient"], event["addresses"]
        if event["type"] == _FORGOTTEN:
            self._forget(connection, {main, *addresses, *event["previous"]})
            return
        known = connection.scalar(select(ADDRESSES.c.recipient).where(ADDRESSES.c.address == main))
        is_elsewhere = known is not None and known != main
        if is_elsewhere and event["type"] != _IDENTITY_CHANGED:
            # A BSUID that leads to a number stays there, though an entry under it comes late; but
            # for the one that says whose it is, since the number was declared somebody else's.
            return
        # Ids that were people of their own before, and are known to be this one now. A former
        # number keeps its row, as Heed keeps its record: it may be somebody else's by now.
        self._forget(connection, set(addresses) - {main})
        self._write(connection, [Person(event["after"], addresses)])

    def _forget(self, connection: Connection, recipients: Collection[str]) -> None:
        for table in _OF_PEOPLE if recipients else ():
            connection.execute(delete(table).where(table.c.recipient.in_(sorted(recipients))))

    def _write(self, connection: Connection, people: Sequence[Person]) -> None:
        """Write the rows of people, unless a newer revision of theirs is there already."""
        # One row once in a statement: a scan of Redis may name the same person twice.
        unique = {one.state["recipient"]: one for one in people}
        if not unique:
            return
        rows = [_row_of(one.state) for one in unique.values()]
        written = set(connection.scalars(self._upsert(rows)))
        fresh = {name: one for name, one in unique.items() if name in written}
        if not fresh:
            return
        connection.execute(delete(TOPICS).where(TOPICS.c.recipient.in_(list(fresh))))
        topics = [
            {"recipient": name, "topic": topic, "on": is_on}
            for name, one in fresh.items()
            for topic, is_on in one.state["topics"].items()
        ]
        if topics:
            connection.execute(insert(TOPICS), topics)
        leads = {address: name for name, one in fresh.items() for address in one.addresses}
        connection.execute(delete(ADDRESSES).where(ADDRESSES.c.address.in_(list(leads))))
        connection.execute(
            insert(ADDRESSES),
            [{"address": address, "recipient": name} for address, name in leads.items()],
        )

    def _upsert(self, rows: list[dict[str, Any]]) -> Any:
        statement = self._insert(RECIPIENTS).values(rows)
        return statement.on_conflict_do_update(
            index_elements=[RECIPIENTS.c.recipient],
            set_={
                column.name: statement.excluded[column.name]
                for column in RECIPIENTS.columns
                if not column.primary_key
            },
            where=RECIPIENTS.c.revision <= statement.excluded.revision,
        ).returning(RECIPIENTS.c.recipient)


def _row_of(state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "recipient": state["recipient"],
        "bsuid": state["bsuid"],
        "messages": state["messages"],
        "paused_until": _moment(state["paused_until"]),
        "topics": state["topics"],
        "channel": state["channel"],
        "caps": state["frequency"],
        "whatsapp_marketing": state["whatsapp_marketing"],
        "revision": state["revision"],
        "updated_at": _moment(state["updated_at"]),
    }


def _moment(text: str | None) -> datetime | None:
    return from_text(text) if text else None
