"""The life of a confirmation: sent once, and a second time only where nobody can know."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.confirmations import (
    LATE,
    RETRY_SECONDS,
    SENDING_LEASE,
    STATUS_WAIT,
    Confirmation,
    ConfirmationState,
    confirmation_from_json,
    confirmation_id_of,
    confirmation_to_json,
    doubt,
    fail,
    reason_to_skip,
    retry,
    skip,
    succeed,
    take,
)
from app.domain.preferences import Preferences, Register, Stamp
from app.domain.recipients import Recipient

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRESH = Confirmation(
    id="0" * 32,
    identity="wa.447700900123",
    recipient=Recipient(wa_id="447700900123"),
    kind="stop",
    language="en",
    occurred_at=NOW,
    created_at=NOW,
    settings={"messages": "opted_out"},
)
STOPPED = Preferences({"messages": Register("opted_out", Stamp(1, True, "x"))})


def test_a_pending_one_is_taken_once_and_leased() -> None:
    taken = take(FRESH, NOW)

    assert taken.state is ConfirmationState.SENDING
    assert taken.attempts == 1
    assert take(taken, NOW + SENDING_LEASE - timedelta(seconds=1)) is taken


def test_one_whose_worker_died_waits_for_a_status_and_is_sent_once_more_and_no_more() -> None:
    orphaned = take(FRESH, NOW)
    unknown = take(orphaned, NOW + SENDING_LEASE)
    waited = NOW + SENDING_LEASE + STATUS_WAIT
    again = take(unknown, waited)
    doubted = doubt(again, waited)

    assert unknown.state is ConfirmationState.UNKNOWN
    assert take(unknown, waited - timedelta(seconds=1)) is unknown
    assert again.state is ConfirmationState.SENDING
    assert again.sent_again
    assert take(doubted, waited + STATUS_WAIT).state is ConfirmationState.FAILED


@pytest.mark.parametrize("final", [succeed(FRESH, "id"), fail(FRESH, "x"), skip(FRESH, "x")])
def test_a_settled_one_stays_as_it_is(final: Confirmation) -> None:
    assert final.state.is_final
    assert take(final, NOW + timedelta(days=1)) is final


def test_what_did_not_leave_is_tried_again_with_growing_pauses_and_not_for_ever() -> None:
    current, pauses = FRESH, []
    now = NOW
    while not current.state.is_final:
        current = retry(take(current, now), now, reason="transient_x")
        if current.not_before:
            pauses.append((current.not_before - now).total_seconds())
            now = current.not_before

    assert pauses == list(RETRY_SECONDS)
    assert current.state is ConfirmationState.FAILED
    assert current.reason == "transient_x"


def test_a_pause_that_360dialog_asks_for_is_kept() -> None:
    again = retry(take(FRESH, NOW), NOW, reason="throttled", after_seconds=90)

    assert again.not_before == NOW + timedelta(seconds=90)


def test_it_is_sent_within_the_window_or_not_at_all() -> None:
    day = timedelta(hours=24)

    assert reason_to_skip(FRESH, STOPPED, NOW + day - timedelta(seconds=1)) is None
    assert reason_to_skip(FRESH, STOPPED, NOW + day) == "window_closed"


def test_a_late_one_is_sent_only_if_it_is_still_true() -> None:
    assert reason_to_skip(FRESH, Preferences(), NOW) is None
    assert reason_to_skip(FRESH, Preferences(), NOW + LATE) == "superseded"
    assert reason_to_skip(FRESH, STOPPED, NOW + LATE) is None


def test_a_tracker_names_a_confirmation_of_ours_and_no_other() -> None:
    assert confirmation_id_of(FRESH.tracker) == FRESH.id
    assert confirmation_id_of("optout-confirm:01JEXAMPLE") is None
    assert confirmation_id_of("heed:") is None
    assert confirmation_id_of("heed:../../etc") is None


def test_what_is_stored_is_read_back_the_same() -> None:
    full = replace(take(FRESH, NOW), message_id="m", reason="r", details={"topic": None})

    assert confirmation_from_json(confirmation_to_json(full)) == full
    assert confirmation_from_json(confirmation_to_json(FRESH)) == FRESH
