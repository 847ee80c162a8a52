"""A system that follows the feed, as docs/events.md tells developers to build one."""

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient

from app.runtime import Runtime
from app.store.feed import START
from tests.builders import API_HEADERS


@dataclass
class Follower:
    """Keeps what the feed has told of each person, and complains about whatever is odd."""

    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Which person each address belongs to.
    people: dict[str, str] = field(default_factory=dict)
    cursor: str = START
    seen: list[dict[str, Any]] = field(default_factory=list)

    def follow(self, runtime: Runtime) -> list[dict[str, Any]]:
        """Read on to the end; return what was new."""
        new = [one.to_json() for one in runtime.feed.read(self.cursor, most=10_000)]
        for entry in new:
            self.take(entry)
        return new

    def take(self, entry: dict[str, Any]) -> None:
        """Take one entry; each must begin where the one before it of the person ended."""
        assert entry["id"] not in {one["id"] for one in self.seen}
        key = (entry["recipient"], entry["evidence_id"], entry["type"], entry["revision"])
        assert key not in {
            (one["recipient"], one["evidence_id"], one["type"], one["revision"])
            for one in self.seen
        }
        known = self.states.get(entry["recipient"])
        if known is not None:
            assert entry["before"] == known
            # Whoever keeps the greatest revision misses nothing.
            assert entry["revision"] > known["revision"]
        self.seen.append(entry)
        self.states[entry["recipient"]] = entry["after"]
        for address in entry["addresses"]:
            # A number's BSUID stays with it, though a change of its own should come late.
            is_own = address == entry["recipient"] and entry["type"] != "identity_changed"
            if not is_own or address not in self.people:
                self.people[address] = entry["recipient"]
        self.cursor = entry["id"]

    def state_of(self, address: str) -> dict[str, Any] | None:
        """Return what is known of whoever has this address."""
        return self.states.get(self.people.get(address, address))


def ask_feed(client: FlaskClient, **query: Any) -> dict[str, Any]:
    """Ask for entries as a system of the business does."""
    answer = client.get("/v1/events", query_string=query, headers=API_HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json or {}
    return found
