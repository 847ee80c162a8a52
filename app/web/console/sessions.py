"""Sessions: a signed id in a cookie, everything else in Redis.

A visitor has an id before logging in, so that the login form has a token too. Logging in gives a
new one: an id that somebody planted is worth nothing.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Request, Response
from itsdangerous import BadSignature, Signer

from app.domain.times import from_milliseconds, to_milliseconds
from app.store.console_sessions import IDLE_SECONDS, RedisConsoleSessions
from app.web.console.users import Identity

COOKIE = "heed_console"
PATH = "/console"
IDLE = timedelta(seconds=IDLE_SECONDS)
LONGEST = timedelta(hours=8)
_LOGGED_IN, _VISITING = "s.", "v."


@dataclass(frozen=True, slots=True)
class Session:
    """Who is logged in under an id."""

    id: str
    name: str
    proof: str
    created_at: datetime


class Sessions:
    """Begins, finds and ends sessions."""

    def __init__(self, store: RedisConsoleSessions, secret: str) -> None:
        self.store = store
        self._signer = Signer(secret, salt="heed console", digest_method=hashlib.sha256)
        self._secret = hashlib.sha256(b"heed console forms\x00" + secret.encode()).digest()

    def read_id(self, request: Request) -> str | None:
        """Return the id of the cookie, if we have signed it."""
        try:
            return self._signer.unsign(request.cookies.get(COOKIE, "")).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def write_id(self, response: Response, session_id: str, *, is_secure: bool) -> None:
        """Set the cookie. It ends with the browser, and is never sent to other paths."""
        response.set_cookie(
            COOKIE,
            self._signer.sign(session_id).decode(),
            path=PATH,
            secure=is_secure,
            httponly=True,
            samesite="Lax",
        )

    def begin(self, identity: Identity, *, former_id: str | None, now: datetime) -> str:
        """Begin a session under a new id, and end the one that was."""
        if former_id:
            self.store.end(former_id)
        session_id = _LOGGED_IN + secrets.token_urlsafe(24)
        moment = str(to_milliseconds(now))
        fields = {"name": identity.name, "proof": identity.proof, "created_at": moment}
        self.store.save(session_id, {**fields, "seen_at": moment})
        return session_id

    def find(self, session_id: str, *, now: datetime) -> Session | None:
        """Return the session, and note that it is in use; None when it has ended."""
        fields = self.store.load(session_id) if is_of_session(session_id) else {}
        try:
            created_at = from_milliseconds(int(fields["created_at"]))
            seen_at = from_milliseconds(int(fields["seen_at"]))
            found = Session(session_id, fields["name"], fields["proof"], created_at)
        except (KeyError, ValueError):
            return None
        if now - created_at >= LONGEST or now - seen_at >= IDLE:
            self.store.end(session_id)
            return None
        self.store.save(session_id, {"seen_at": str(to_milliseconds(now))})
        return found

    def form_token(self, session_id: str) -> str:
        """Return what each form of this session carries."""
        return hmac.new(self._secret, b"form " + session_id.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, session_id: str, given: str) -> bool:
        """Tell whether a form is one of this session, in constant time."""
        return hmac.compare_digest(
            self.form_token(session_id).encode(), given.encode("utf-8", "surrogatepass")
        )

    def alias_of(self, session_id: str, identity: str) -> str:
        """Return the name that a person has in the addresses of this session, and remember it.

        The same one each time, so that going back and reloading work.
        """
        text = f"person {session_id} {identity}".encode()
        alias = hmac.new(self._secret, text, hashlib.sha256).hexdigest()[:24]
        self.store.remember_person(session_id, alias, identity)
        return alias


def new_visitor_id() -> str:
    """Return an id for somebody who is not logged in; it stands for nothing but their forms."""
    return _VISITING + secrets.token_urlsafe(24)


def is_of_session(session_id: str) -> bool:
    """Tell whether an id was given at a login, whatever became of that."""
    return session_id.startswith(_LOGGED_IN)
