"""The chain that proves what happened: each entry carries the hash of the one before.

An edit, a removal or an insertion anywhere changes every hash after it, so it shows.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

GENESIS = "0" * 64


def seal(entry: Mapping[str, Any], previous_hash: str) -> dict[str, Any]:
    """Return the entry with its place in the chain."""
    linked = {**entry, "previous": previous_hash}
    return {**linked, "hash": _hash_of(linked)}


def first_broken(chain: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the position of the first entry that does not fit, or None for a sound chain."""
    previous_hash = GENESIS
    for position, entry in enumerate(chain):
        content = {name: value for name, value in entry.items() if name != "hash"}
        if entry.get("previous") != previous_hash or entry.get("hash") != _hash_of(content):
            return position
        previous_hash = entry["hash"]
    return None


def _hash_of(entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
