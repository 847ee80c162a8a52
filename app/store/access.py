"""Who looked at whom in the console, and who may try to sign in again when."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from redis import Redis

from app.domain.recipients import recipient_of_identity
from app.domain.times import from_milliseconds, to_milliseconds
from app.store import keys
from app.store.scripts import script_text

# The oldest entries go first; about a year of a busy team.
MOST_ENTRIES = 100_000
_SCAN = 1_000


class Access(StrEnum):
    """What somebody did in the console."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    LOOKED_UP = "looked_up"
    VIEWED = "viewed"
    CHANGED = "changed"
    LISTED_REVIEW = "listed_review"
    DECIDED = "decided"
    EXPORTED = "exported"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One access. `whom` is masked; `whom_hash` tells two people apart, and names neither."""

    at: datetime
    who: str
    action: Access
    whom: str | None = None
    whom_hash: str | None = None
    why: str | None = None
    id: str = ""


class RedisAccessLog:
    """A capped stream, the newest first when read."""

    def __init__(self, redis: Redis, secret: str) -> None:
        self._redis = redis
        self._secret = hashlib.sha256(b"heed access log\x00" + secret.encode()).digest()

    def record(
        self,
        who: str,
        action: Access,
        *,
        now: datetime,
        identity: str | None = None,
        why: str | None = None,
    ) -> None:
        """Keep one access.

        Raises:
            StoreError: it is not kept; then nothing may be shown either.
        """
        entry = {
            "at": to_milliseconds(now),
            "who": who,
            "action": action.value,
            "whom": recipient_of_identity(identity).masked if identity else None,
            "whom_hash": self.hash_of(identity) if identity else None,
            "why": why or None,
        }
        self._redis.xadd(
            keys.ACCESS_LOG, {"entry": json.dumps(entry)}, maxlen=MOST_ENTRIES, approximate=True
        )

    def hash_of(self, identity: str) -> str:
        """Return the keyed hash that stands for a person in this log."""
        digest = hmac.new(self._secret, identity.encode(), hashlib.sha256)
        return digest.hexdigest()[:24]

    def read(
        self, *, most: int, before: str | None = None, whom_hash: str | None = None
    ) -> list[AccessEntry]:
        """Return entries, the newest first; `before` is the id of the last one that was read."""
        found: list[AccessEntry] = []
        end = f"({before}" if before else "+"
        while len(found) < most:
            rows = self._redis.xrevrange(keys.ACCESS_LOG, max=end, count=_SCAN)
            for row_id, fields in rows:
                entry = _read_entry(row_id.decode(), json.loads(fields[b"entry"]))
                if whom_hash is None or entry.whom_hash == whom_hash:
                    found.append(entry)
            if len(rows) < _SCAN:
                break
            end = f"({rows[-1][0].decode()}"
        return found[:most]


def _read_entry(row_id: str, entry: dict[str, object]) -> AccessEntry:
    def text(name: str) -> str | None:
        value = entry.get(name)
        return str(value) if value is not None else None

    return AccessEntry(
        at=from_milliseconds(int(str(entry["at"]))),
        who=str(entry["who"]),
        action=Access(str(entry["action"])),
        whom=text("whom"),
        whom_hash=text("whom_hash"),
        why=text("why"),
        id=row_id,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """How often somebody may try. The wait doubles with each attempt past the free ones.

    An address may stand for a whole office, so it has more of them.
    """

    per_name: int = 5
    per_address: int = 20
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(minutes=15)
    forget_after: timedelta = timedelta(hours=2)


class RedisSignInLimits:
    """Counts attempts under each name and from each address; a success clears the name."""

    def __init__(self, redis: Redis, limits: Limits | None = None) -> None:
        self._redis = redis
        self._limits = limits or Limits()

    def attempt(self, name: str, address: str, *, now: datetime) -> timedelta:
        """Count an attempt before it is made; a time to wait when it may not be made."""
        limits = self._limits
        milliseconds = self._redis.eval(
            script_text("attempt"),
            2,
            *_attempt_keys(name, address),
            to_milliseconds(now),
            round(limits.forget_after.total_seconds()),
            limits.per_name,
            limits.per_address,
            round(limits.first_wait.total_seconds() * 1000),
            round(limits.longest_wait.total_seconds() * 1000),
        )
        return timedelta(milliseconds=int(milliseconds))

    def succeed(self, name: str, address: str) -> None:
        """Forget the failures under a name, and the attempt that was none from its address."""
        of_name, of_address = _attempt_keys(name, address)
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.delete(of_name)
        pipeline.hincrby(of_address, "count", -1)
        pipeline.hdel(of_address, "until")
        pipeline.expire(of_address, round(self._limits.forget_after.total_seconds()))
        pipeline.execute()


def _attempt_keys(name: str, address: str) -> tuple[str, str]:
    return keys.sign_in_key("name", _digest(name)), keys.sign_in_key("address", _digest(address))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
