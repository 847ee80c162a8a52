"""A pause ends by time: nobody did anything, and other systems hear of it all the same."""

from dataclasses import replace
from datetime import datetime

from app.domain.business import Business
from app.domain.changes import Cause, ChangeType, describe_change
from app.domain.times import from_milliseconds
from app.ports import PreferenceRecords
from app.usecases.publish import PauseFeed, publish

_SOURCE = "schedule"


def tell_ended_pauses(
    *,
    preferences: PreferenceRecords,
    feed: PauseFeed,
    business: Business,
    now: datetime,
    most: int,
) -> int:
    """Tell of each pause that is over, once; return how many there were.

    The record remembers up to when ends were told, in the same commit that leaves the change for
    the feed. So it is told once whoever dies, and not at all where the pause was changed or
    lifted meanwhile: then the record says something else by now.
    """
    count = 0
    for identity, until in feed.due_pauses(now, most=most):
        # First whatever was committed and is not in the feed; it may be about this very pause.
        publish([identity], preferences=preferences, feed=feed)
        record = preferences.load(identity)
        before = record.preferences
        if before.linked_to or before.pause_to_tell != until:
            feed.drop_pause(identity, until)
            continue
        ended_at = from_milliseconds(until)
        change = describe_change(
            identity,
            before,
            after := replace(before, pauses_told=until, revision=before.revision + 1),
            Cause(
                occurred_at=ended_at,
                received_at=ended_at,
                source=_SOURCE,
                evidence_id=before.registers["paused_until"].stamp.event_id,
            ),
            business=business,
            now=now,
            kind=ChangeType.PAUSE_ENDED,
        )
        if preferences.commit(record, after, entry=None, change=change) is None:
            continue  # somebody wrote meanwhile; the next second looks again
        publish([identity], preferences=preferences, feed=feed)
        count += 1
    return count
