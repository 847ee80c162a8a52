"""The chain that proves what happened: each entry carries the hash of the one before.

An edit, a removal or an insertion anywhere changes every hash after it, so it shows.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


def seal(entry: Mapping[str, Any], previous_hash: str) -> dict[str, Any]:
    """Return the entry with its place in the chain."""
    linked = {**entry, "previous": previous_hash}
    return {**linked, "hash": _hash_of(linked)}


@dataclass(frozen=True, slots=True)
class ChainState:
    """What reading a chain to its end showed.

    `head` is the hash of the last entry that fits. `broken_at` is the position of the first entry
    that does not fit or is missing, counted from 0; None for a sound chain.
    """

    length: int
    head: str = GENESIS
    broken_at: int | None = None


def check_chain(
    chain: Iterable[Mapping[str, Any]],
    *,
    head: str | None = None,
    remembered: tuple[int, str] | None = None,
) -> ChainState:
    """Read a chain once, entry by entry, and say where it does not fit.

    `head` is the hash that the record keeps of the last entry: where it differs, entries are
    missing at the end. `remembered` is the length and the head at an earlier time; what was the
    end then must still stand at its place.
    """
    previous_hash, length = GENESIS, 0
    for position, entry in enumerate(chain):
        content = {name: value for name, value in entry.items() if name != "hash"}
        if entry.get("previous") != previous_hash or entry.get("hash") != _hash_of(content):
            return ChainState(length, previous_hash, position)
        previous_hash, length = entry["hash"], position + 1
        if remembered and length == remembered[0] and previous_hash != remembered[1]:
            return ChainState(length, previous_hash, position)
    is_cut = head is not None and previous_hash != head
    if is_cut or (remembered and length < remembered[0]):
        return ChainState(length, previous_hash, length)
    return ChainState(length, previous_hash)


def first_broken(chain: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the position of the first entry that does not fit, or None for a sound chain."""
    return check_chain(chain).broken_at


def _hash_of(entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
