"""From the feed into the lists of the endpoints: each event once, in order, for those who want it.

An endpoint has its own place in the feed, so none waits for another.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.delivery_ports import EndpointLists, FeedGapError, FeedReader, Forget
from app.domain.deliveries import Incoming
from app.domain.endpoints import Endpoint

logger = logging.getLogger(__name__)

FORGOTTEN = "forgotten"
_BATCH = 200


def dispatch(
    endpoint: Endpoint,
    *,
    feed: FeedReader,
    lists: EndpointLists,
    forget: Forget,
    now: datetime,
) -> int:
    """Take one batch of the feed in for an endpoint; returns how many events were looked at.

    Several may do this at once: whoever finds that another was first leaves it at that.

    A new endpoint begins with what happens from now on: what is known already, it reads from
    `GET /v1/suppressed`.
    """
    after = lists.progress(endpoint.id)
    if after is None:
        lists.begin(endpoint.id, feed.last())
        return 0
    try:
        events = feed.read(after, most=_BATCH)
    except FeedGapError as gap:
        # Nobody dispatched for longer than the feed is kept. What is gone is gone; it is said.
        logger.error("feed.skipped", extra={"endpoint": endpoint.id})  # noqa: TRY400
        lists.enter(endpoint.id, after, [Incoming(gap.oldest)], now)
        return 0
    if not events:
        return 0
    lanes = _choose_lanes(endpoint, events, lists)
    incoming: list[Incoming] = []
    for event, lane in zip(events, lanes, strict=True):
        if event["type"] == FORGOTTEN:
            # Whoever is forgotten must not lie in a list for days; this event says all there is.
            if not _flush(endpoint, after, incoming, lists, now):
                return len(events)
            after, incoming = (incoming[-1].id if incoming else after), []
            forget(endpoint.id, ids_of(event), now, before=event["id"])
        wanted = endpoint.wants(event["type"])
        incoming.append(Incoming(event["id"], lane, event) if wanted else Incoming(event["id"]))
    _flush(endpoint, after, incoming, lists, now)
    return len(events)


def ids_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return all the ids that an event knows of its person, the main one first."""
    ids = (event["recipient"], *event.get("addresses", ()), *event.get("previous", ()))
    return tuple(dict.fromkeys(one for one in ids if one))


def lanes_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the lanes of all those ids."""
    return tuple(dict.fromkeys(lane_of(one) for one in ids_of(event)))


def lane_of(recipient: str) -> str:
    """Return the lane of a phone number or BSUID; it names nobody."""
    return hashlib.sha256(f"heed lane\x00{recipient}".encode()).hexdigest()[:24]


def _choose_lanes(
    endpoint: Endpoint, events: Sequence[Mapping[str, Any]], lists: EndpointLists
) -> list[str]:
    """Give each event a lane: that of its person, or where an earlier one of theirs still waits.

    A person who was known by one id and then by another must not overtake themselves.
    """
    candidates = [lanes_of(event) for event in events]
    several = dict.fromkeys(lane for lanes in candidates if len(lanes) > 1 for lane in lanes)
    busy = lists.busy_lanes(endpoint.id, list(several))
    chosen = []
    for lanes in candidates:
        lane = next((one for one in lanes if one in busy), lanes[0])
        busy.add(lane)
        chosen.append(lane)
    return chosen


def _flush(
    endpoint: Endpoint,
    after: str,
    incoming: Sequence[Incoming],
    lists: EndpointLists,
    now: datetime,
) -> bool:
    return not incoming or lists.enter(endpoint.id, after, incoming, now)
