"""Who is it: a name with a password, or the word of a proxy."""

import hashlib
import hmac
import ipaddress
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import Headers
from werkzeug.security import check_password_hash

from config.console_settings import ConsoleSettings, ConsoleUser, Role, is_user_name

SECRET_HEADER = "X-Heed-Proxy-Secret"  # noqa: S105 - the name of a header
_LONGEST_PASSWORD = 1024
_BUSY_SECONDS = 3.0
# A check costs a tenth of a second and 32 MB on purpose; a flood of them must not slow the webhook.
_at_once = threading.BoundedSemaphore(2)


class BusyError(Exception):
    """Too many passwords are being checked; none of this one was looked at."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who may come in. `proof` changes when the password does; sessions end with it."""

    name: str
    role: Role
    proof: str


def check_password(users: Sequence[ConsoleUser], name: str, password: str) -> Identity | None:
    """Return who it is. A wrong name costs as much time as a wrong password.

    Raises:
        BusyError: try again in a moment.
    """
    if not users or len(password) > _LONGEST_PASSWORD:
        return None
    user = find_user(users, name)
    if not _at_once.acquire(timeout=_BUSY_SECONDS):
        raise BusyError
    try:
        is_right = check_password_hash((user or users[0]).password_hash, password)
    except ValueError:
        # Parameters that this machine cannot compute, or a password that is no text.
        is_right = False
    finally:
        _at_once.release()
    return identify(user) if user and is_right else None


def find_user(users: Sequence[ConsoleUser], name: str) -> ConsoleUser | None:
    """Return the user of a name; all are compared, so that time tells nothing."""
    given = name.encode("utf-8", "surrogatepass")
    found = None
    for user in users:
        if hmac.compare_digest(user.name.encode(), given):
            found = user
    return found


def identify(user: ConsoleUser) -> Identity:
    """Return what a session keeps of a user."""
    digest = hashlib.sha256(user.password_hash.encode()).hexdigest()[:24]
    return Identity(user.name, user.role, f"password {digest}")


def identify_by_proxy(settings: ConsoleSettings, headers: Headers) -> Identity | None:
    """Return whom the trusted proxy names, or None.

    A comma means that the header came twice, once perhaps from the visitor: nobody is meant.
    """
    if not settings.trusted_header:
        return None
    name = headers.get(settings.trusted_header, "").strip()
    given = headers.get(SECRET_HEADER, "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(settings.trusted_secret.encode(), given) and settings.trusted_secret:
        return None
    if not is_user_name(name):
        return None
    role = settings.trusted_role
    if settings.trusted_role_header:
        named = headers.get(settings.trusted_role_header, "").strip().lower()
        if named not in set(Role):
            return None
        role = Role(named)
    return Identity(name, role, "proxy")


def address_of(remote: str | None, forwarded: str) -> str:
    """Return whose attempts count together: an address, or the /64 that a household has of IPv6.

    Behind a platform's router, which connects from a private address, it is the last address of
    X-Forwarded-For: the router wrote that one, and the visitor any before it.
    """
    peer = _read_address(remote or "")
    if peer is None or not peer.is_global:
        peer = _read_address(forwarded.rpartition(",")[2]) or peer
    if peer is None:
        return "unknown"
    if isinstance(peer, ipaddress.IPv6Address):
        if peer.ipv4_mapped:
            return str(peer.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(peer) >> 64 << 64, 64)))
    return str(peer)


def _read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None
