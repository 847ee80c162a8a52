"""Who may use the console: CONSOLE_USERS, or a proxy that has checked already."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Written by `flask --app app users hash`. Werkzeug separates with $, which shells and .env files
# expand; here it is a dot. The form with $ is taken too.
_PORTABLE_HASH = re.compile(
    r"(scrypt(?::[0-9]{1,9}){3}|pbkdf2:sha(?:256|512):[0-9]{1,9})"
    r"[.$]([A-Za-z0-9]{8,64})[.$]([0-9a-f]{64,128})"
)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_LONGEST_NAME = 64
_SHORTEST_SECRET = 16


class Role(StrEnum):
    """What somebody may do in the console; each may do what the one before may."""

    READ = "read"
    AGENT = "agent"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Tell whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class ConsoleUser:
    """Somebody with a password; `password_hash` is in werkzeug's form."""

    name: str
    role: Role
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """Everything that the environment decides about the console.

    `trusted_header` names the header in which a proxy says who it is; `trusted_secret`, where set,
    must come in the header X-Heed-Proxy-Secret with it.
    """

    users: tuple[ConsoleUser, ...] = ()
    trusted_header: str = ""
    trusted_role: Role = Role.READ
    trusted_role_header: str = ""
    trusted_secret: str = field(default="", repr=False)
    time_zone: str = "UTC"

    @property
    def is_set_up(self) -> bool:
        """Tell whether anybody could log in."""
        return bool(self.users or self.trusted_header)


def read_console(
    environ: Mapping[str, str], problems: list[str], warnings: list[str]
) -> ConsoleSettings:
    """Read the variables of the console; what is wrong is added to the lists."""

    def text(name: str) -> str:
        return environ.get(name, "").strip()

    role_text = text("CONSOLE_TRUSTED_ROLE") or Role.READ.value
    if role_text not in set(Role):
        problems.append(f"CONSOLE_TRUSTED_ROLE must be one of {', '.join(Role)}")
        role_text = Role.READ.value
    problems.extend(
        f"{name} must be the name of a header, e.g. X-Forwarded-User"
        for name in ("CONSOLE_TRUSTED_HEADER", "CONSOLE_TRUSTED_ROLE_HEADER")
        if text(name) and not _HEADER_NAME.fullmatch(text(name))
    )
    secret = text("CONSOLE_TRUSTED_SECRET")
    if text("CONSOLE_TRUSTED_HEADER") and len(secret) < _SHORTEST_SECRET:
        warnings.append(
            "CONSOLE_TRUSTED_HEADER without a CONSOLE_TRUSTED_SECRET of 16 characters or more: "
            "whoever reaches Heed past the proxy can be anybody"
        )
    return ConsoleSettings(
        users=_read_users(text("CONSOLE_USERS"), problems),
        trusted_header=text("CONSOLE_TRUSTED_HEADER"),
        trusted_role=Role(role_text),
        trusted_role_header=text("CONSOLE_TRUSTED_ROLE_HEADER"),
        trusted_secret=secret,
        time_zone=_read_zone(text("CONSOLE_TIME_ZONE"), problems),
    )


def to_portable(password_hash: str) -> str:
    """Return a hash of werkzeug's in the form that survives shells and .env files."""
    return password_hash.replace("$", ".")


def from_portable(text: str) -> str | None:
    """Return the hash in werkzeug's form; None where it is none, or has lost a part."""
    found = _PORTABLE_HASH.fullmatch(text)
    return "$".join(found.groups()) if found else None


def is_user_name(name: str) -> bool:
    """Tell whether a name can stand in CONSOLE_USERS and in evidence."""
    return (
        0 < len(name) <= _LONGEST_NAME
        and name == name.strip()
        and not set(name) & set(":,'\"$\\")
        and all(unicodedata.category(character)[0] not in "CZ" for character in name)
    )


def _read_users(text: str, problems: list[str]) -> tuple[ConsoleUser, ...]:
    users: list[ConsoleUser] = []
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    for position, entry in enumerate(entries, start=1):
        # Problems name the position: a broken entry may have a password in any part.
        name, _, rest = entry.partition(":")
        role, _, hash_text = rest.partition(":")
        password_hash = from_portable(hash_text)
        if not is_user_name(name) or role not in set(Role):
            problems.append(
                f"CONSOLE_USERS entry {position} must be name:role:hash, "
                f"the role one of {', '.join(Role)}"
            )
        elif password_hash is None:
            problems.append(
                f"CONSOLE_USERS entry {position} has no whole hash; a shell may have taken what "
                "follows a $. Make one with `flask --app app users hash`"
            )
        else:
            users.append(ConsoleUser(name, Role(role), password_hash))
    if len({user.name for user in users}) < len(users):
        problems.append("CONSOLE_USERS: each name may stand once, since evidence keeps it")
    return tuple(users)


def _read_zone(text: str, problems: list[str]) -> str:
    name = text or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append("CONSOLE_TIME_ZONE must be the name of a time zone, e.g. Europe/Berlin")
        return "UTC"
    return name
