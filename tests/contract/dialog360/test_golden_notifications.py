"""Each golden notification, and what is understood of it."""

import pytest

from app.dialog360.webhook import decode_body, parse_notification
from tests.contract.dialog360.expected_notifications import EXPECTED_NOTIFICATIONS
from tests.contract.dialog360.expected_sending import ALL_OTHER_SAMPLES
from tests.payloads.samples import NAMES, read_sample


@pytest.mark.parametrize("name", sorted(EXPECTED_NOTIFICATIONS))
def test_a_golden_notification_says_what_it_says(name: str) -> None:
    understood = parse_notification(decode_body(read_sample(name)))

    assert understood == EXPECTED_NOTIFICATIONS[name]


@pytest.mark.parametrize("name", sorted(ALL_OTHER_SAMPLES))
def test_what_is_no_notification_has_no_items_when_somebody_posts_it(name: str) -> None:
    assert parse_notification(decode_body(read_sample(name))).items == ()


def test_every_sample_has_an_expectation_and_every_expectation_a_sample() -> None:
    assert sorted([*EXPECTED_NOTIFICATIONS, *ALL_OTHER_SAMPLES]) == NAMES
