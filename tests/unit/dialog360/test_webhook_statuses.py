from datetime import UTC, datetime
from typing import Any

import pytest

from app.dialog360.webhook import parse_notification
from app.domain.inbound import Ignored, MarketingSwitch, Notification, Problem, StatusUpdate
from app.domain.recipients import Recipient
from tests.unit.dialog360.notifications import ADA_BSUID, ADA_PHONE, make_notification

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATUSES = "entry[0].changes[0].value.statuses"


def make_status(**fields: Any) -> dict[str, Any]:
    status = {
        "id": "wamid.sent",
        "status": "delivered",
        "timestamp": "1795176000",
        "recipient_id": ADA_PHONE,
    }
    status.update(fields)
    return {name: value for name, value in status.items() if value is not None}


def failed(code: object, **fields: Any) -> dict[str, Any]:
    return make_status(status="failed", errors=[{"code": code}], **fields)


def parse(*statuses: Any, **value: Any) -> Notification:
    return parse_notification(make_notification(statuses=list(statuses), **value))


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "played"])
def test_a_status_of_our_own_message_is_kept(status: str) -> None:
    found = parse(make_status(status=status, biz_opaque_callback_data="heed:1"))

    assert found == Notification(items=(StatusUpdate("wamid.sent", status, "heed:1", NOON),))


def test_a_failure_of_our_own_message_says_why() -> None:
    found = parse(failed(131026, biz_opaque_callback_data="heed:1"))

    assert found.items == (StatusUpdate("wamid.sent", "failed", "heed:1", NOON, 131026),)


@pytest.mark.parametrize(
    "status",
    [
        make_status(),
        make_status(biz_opaque_callback_data="order:1"),
        make_status(biz_opaque_callback_data=5),
        make_status(biz_opaque_callback_data={"heed:": 1}),
        make_status(id=None, timestamp="x"),
        failed(131026),
        failed("131050"),
        failed(True),
        make_status(status="failed"),
        make_status(status="failed", errors="x"),
        make_status(status="failed", errors=[None, {}]),
        failed(131050, recipient_type="group", recipient_id="Y2FwaV9ncm91cA"),
    ],
)
def test_a_status_that_concerns_nobody_here_is_left_alone(status: dict[str, Any]) -> None:
    assert parse(status) == Notification(ignored=(Ignored("status"),))


@pytest.mark.parametrize("status", ["deleted", "warning", None, 5, []])
def test_an_unknown_status_of_our_own_message_is_counted_apart(status: object) -> None:
    found = parse(make_status(status=status, biz_opaque_callback_data="heed:1"))

    assert found == Notification(ignored=(Ignored("status_unknown"),))


@pytest.mark.parametrize("code", [131050, 498])
def test_a_refusal_of_marketing_is_whatsapps_switch(code: int) -> None:
    (switch,) = parse(failed(code)).items

    assert isinstance(switch, MarketingSwitch)
    assert switch.recipient == Recipient(wa_id=ADA_PHONE)
    assert switch.value == "stopped"
    assert switch.evidence == f"status {code}"
    assert switch.phone_number_id == "200300400500600"


def test_the_key_of_a_refusal_differs_by_message_and_by_code_only() -> None:
    statuses = [failed(131050), failed(131050, timestamp="1795176009"), failed(498)]
    statuses.append(failed(131050, id="wamid.other"))

    keys = [item.key for item in parse(*statuses).items if isinstance(item, MarketingSwitch)]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_refusal_of_our_own_message_says_both() -> None:
    found = parse(failed(131050, biz_opaque_callback_data="heed:1"))

    assert [type(item) for item in found.items] == [StatusUpdate, MarketingSwitch]


def test_a_refusal_takes_the_missing_id_from_the_profile_with_the_other() -> None:
    profiles = [{"wa_id": ADA_PHONE, "user_id": ADA_BSUID}]
    (switch,) = parse(failed(131050), contacts=profiles).items

    assert isinstance(switch, MarketingSwitch)
    assert switch.recipient == Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)


def test_a_refusal_never_takes_an_id_from_a_profile_that_shares_none() -> None:
    (switch,) = parse(failed(131050), contacts=[{"user_id": ADA_BSUID}]).items

    assert isinstance(switch, MarketingSwitch)
    assert switch.recipient == Recipient(wa_id=ADA_PHONE)


@pytest.mark.parametrize(
    ("status", "path"),
    [
        (failed(131050, recipient_id=None), ".recipient_id"),
        (failed(131050, id=None), ".id"),
        (failed(131050, timestamp=None), ".timestamp"),
        (make_status(id=None, biz_opaque_callback_data="heed:1"), ".id"),
        (make_status(timestamp="x", biz_opaque_callback_data="heed:1"), ".timestamp"),
        (7, ""),
    ],
)
def test_a_malformed_status_that_concerns_us_is_a_problem(status: Any, path: str) -> None:
    found = parse(make_status(), status, make_status())

    assert [problem.path for problem in found.problems] == [f"{STATUSES}[1]{path}"]
    assert len(found.ignored) == 2


def test_value_errors_are_counted() -> None:
    found = parse_notification(make_notification(errors=[{"code": 130429}, 5]))

    assert found.ignored == (Ignored("value_error"),)
    assert found.problems == (
        Problem("entry[0].changes[0].value.errors[1]", "expected an object, found a number"),
    )
