"""What every page of the console works with, and what it knows of the request."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import g

from app.domain.console_texts import ConsoleLanguage, ConsoleTexts
from app.domain.recipients import Recipient, recipient_of_identity
from app.runtime import Runtime
from app.store.access import Access, RedisAccessLog, RedisSignInLimits
from app.web.console.sessions import Sessions
from app.web.masking import mask_text
from config.console_settings import Role

LONGEST_REASON = 500


class PageError(Exception):
    """A request that cannot be served; `key` names the text that says what to do."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking. `name` is empty before somebody has logged in."""

    session_id: str
    name: str = ""
    role: Role = Role.READ


@dataclass(frozen=True, slots=True)
class Console:
    """What the routes share, put together once."""

    runtime: Runtime
    texts: ConsoleTexts
    sessions: Sessions
    access: RedisAccessLog
    limits: RedisSignInLimits
    zone: ZoneInfo
    style_version: str

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.runtime.clock()

    def write_moment(self, moment: datetime) -> str:
        """Return day and time in the visitor's language."""
        return language().write_moment(moment, now=self.now, zone=self.zone)

    def record(
        self, action: Access, *, identity: str | None = None, why: str | None = None
    ) -> None:
        """Keep in the access log what the visitor does."""
        self.access.record(
            visitor().name,
            action,
            now=self.now,
            identity=identity,
            # A number in the reason would name the person whom the log masks.
            why=mask_text(why[:LONGEST_REASON]) if why else None,
        )

    def find_person(self, alias: str) -> Recipient:
        """Return whom an address means.

        Raises:
            PageError: 404; it is of another session.
        """
        identity = self.sessions.store.find_person(visitor().session_id, alias)
        if identity is None:
            raise PageError(404, "error.person")
        return recipient_of_identity(identity)

    def alias_of(self, identity: str) -> str:
        """Return how addresses of this session name a person."""
        return self.sessions.alias_of(visitor().session_id, identity)

    def root_of(self, recipient: Recipient) -> str:
        """Return the identity whose record speaks for a recipient; the access log uses it."""
        return self.runtime.preferences.view_many([recipient])[0].identity


def visitor() -> Visitor:
    """Return who is looking."""
    return cast("Visitor", g.visitor)


def language() -> ConsoleLanguage:
    """Return the texts of the visitor's language."""
    return cast("ConsoleLanguage", g.language)
