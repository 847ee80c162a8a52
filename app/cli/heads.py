"""The heads of all evidence chains in a file, so that what is cut off at an end is noticed too.

Whoever may write to Redis may cut off the last entries of a chain and set its head anew. Kept on
another machine, this file shows that. It names nobody: people stand in it under a keyed hash.
"""

import hashlib
import hmac
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

_TABLES = """
CREATE TABLE IF NOT EXISTS about (key_check TEXT NOT NULL, walk INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS heads (
    person TEXT PRIMARY KEY, length INTEGER NOT NULL, head TEXT NOT NULL, walk INTEGER NOT NULL
) WITHOUT ROWID;
"""


class HeadsError(Exception):
    """The file cannot be used; the message says why and what to do."""


class HeadsFile:
    """Lengths and heads of chains as of the last walk, in SQLite: any number in little memory.

    Everything that a walk finds is written when it ends in good order, or not at all.
    """

    def __init__(self, path: Path, secret: str) -> None:
        self._key = hashlib.sha256(b"heed evidence heads\x00" + secret.encode()).digest()
        try:
            self._db = sqlite3.connect(path)
            self._db.executescript(_TABLES)
            row = self._db.execute("SELECT key_check, walk FROM about").fetchone()
        except sqlite3.Error as error:
            raise HeadsError(f"{path} is no file of heads ({error}).") from None
        if row and not hmac.compare_digest(row[0], self._mark("check")):
            raise HeadsError(
                f"{path} was written with another SECRET_KEY, so nobody can be found in it. "
                "Use that key, or begin a new file."
            )
        self.is_new = row is None
        self._walk = (row[1] if row else 0) + 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._db.close()

    def remembered(self, identity: str) -> tuple[int, str] | None:
        """Return the length and head of a chain as of the last walk that found it sound."""
        row = self._db.execute(
            "SELECT length, head FROM heads WHERE person = ?", (self._mark(identity),)
        ).fetchone()
        return (row[0], row[1]) if row else None

    def keep(self, identity: str, length: int, head: str) -> None:
        """Note the end of a sound chain."""
        self._db.execute(
            "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT (person) DO UPDATE SET "
            "length = excluded.length, head = excluded.head, walk = excluded.walk",
            (self._mark(identity), length, head, self._walk),
        )

    def seen(self, identity: str) -> None:
        """Note that a broken chain is there; what was its end stays what it was."""
        self._db.execute(
            "UPDATE heads SET walk = ? WHERE person = ?", (self._walk, self._mark(identity))
        )

    def finish(self) -> int:
        """Write everything; return how many chains that were there before were not found."""
        (gone,) = self._db.execute(
            "SELECT count(*) FROM heads WHERE walk < ?", (self._walk,)
        ).fetchone()
        self._db.execute("DELETE FROM about")
        self._db.execute("INSERT INTO about VALUES (?, ?)", (self._mark("check"), self._walk))
        self._db.commit()
        return int(gone)

    def drop_gone(self) -> None:
        """Forget the chains that the last walk did not find."""
        self._db.execute("DELETE FROM heads WHERE walk < ?", (self._walk,))
        self._db.commit()

    def _mark(self, identity: str) -> str:
        return hmac.new(self._key, identity.encode(), hashlib.sha256).hexdigest()
