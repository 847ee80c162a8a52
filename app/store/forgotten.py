"""People who were forgotten, under keyed hashes of their ids."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from redis import Redis

from app.domain.forgetting import Forgotten, forgotten_from_json, forgotten_to_json
from app.domain.times import to_milliseconds
from app.store import keys
from app.store.scripts import script_text

# Redelivery lasts seven days; twice that leaves room for clocks. After it nothing can come again.
_REDELIVERY_SECONDS = 14 * 24 * 3600
# Longer than anybody lives: what a person has forbidden stays forbidden.
_FOR_EVER_SECONDS = 150 * 365 * 24 * 3600
_MOST_LOG_ENTRIES = 100_000


class ForgottenKeyError(Exception):
    """People were forgotten, and whoever asks has no key to find out whether this is one."""


class RedisForgotten:
    """Looks people up whom nobody knows any more.

    `secrets` are SECRET_KEY, and those that it replaced: a hash cannot be made anew under the new
    one, since nobody knows of whom it is. Without any, whoever asks is refused once there is
    somebody to find.
    """

    def __init__(self, redis: Redis, secrets: Sequence[str] = ()) -> None:
        self._redis = redis
        self._keys = [
            hashlib.sha256(b"heed forgotten people\x00" + secret.encode()).digest()
            for secret in secrets
        ]

    def find(self, identities: Iterable[str]) -> dict[str, tuple[Forgotten, int]]:
        """Return what remains of those who were forgotten, with its version.

        Who knows from FORGOTTEN_ANY that there is nobody need not ask.

        Raises:
            ForgottenKeyError: nobody can say.
        """
        wanted = list(dict.fromkeys(identities))
        if not wanted:
            return {}
        if not self._keys:
            raise ForgottenKeyError("people were forgotten: SECRET_KEY is needed to know them")
        pipeline = self._redis.pipeline(transaction=False)
        for identity in wanted:
            for key in self._keys:
                pipeline.hmget(keys.forgotten_key(_digest(key, identity)), "version", "record")
        answers = iter(pipeline.execute())
        found: dict[str, tuple[Forgotten, int]] = {}
        for identity in wanted:
            for position in range(len(self._keys)):
                version, record = next(answers)
                if record is not None and identity not in found:
                    # What an older key wrote has no version under the one that writes now.
                    number = int(version) if position == 0 else 0
                    found[identity] = (forgotten_from_json(json.loads(record)), number)
        return found

    def keep(self, identity: str, forgotten: Forgotten, version: int) -> bool:
        """Write what remains of a person; False when somebody else did since `version` was read."""
        # First, so that whoever finds no record looks here.
        self._redis.set(keys.FORGOTTEN_ANY, "1")
        record = json.dumps(forgotten_to_json(forgotten), separators=(",", ":"))
        kept = _FOR_EVER_SECONDS if forgotten.registers else _REDELIVERY_SECONDS
        written = self._redis.eval(
            script_text("swap"),
            1,
            keys.forgotten_key(self.digest_of(identity)),
            str(version),
            record,
            str(kept),
        )
        return bool(written)

    def record(
        self, identity: str, *, event_id: str, actor: str, via: str, reason: str, now: datetime
    ) -> None:
        """Keep who asked for it: the proof that it was done, which names nobody."""
        entry = {
            "at": to_milliseconds(now),
            "whom_hash": self.digest_of(identity),
            "event": event_id,
            "actor": actor,
            "via": via,
            "reason": reason,
        }
        self._redis.xadd(
            keys.FORGOTTEN_LOG,
            {"entry": json.dumps(entry)},
            maxlen=_MOST_LOG_ENTRIES,
            approximate=True,
        )

    def digest_of(self, identity: str) -> str:
        """Return the hash that a person has from now on.

        Raises:
            ForgottenKeyError: there is no key.
        """
        if not self._keys:
            raise ForgottenKeyError("SECRET_KEY is needed to forget anybody")
        return _digest(self._keys[0], identity)


def _digest(key: bytes, identity: str) -> str:
    return hmac.digest(key, identity.encode(), "sha256").hex()
