"""WhatsApp's own switch, and changes of who somebody is."""

from typing import Any

import pytest

from app.dialog360.webhook import parse_notification
from app.domain.inbound import IdentityChange, Ignored, MarketingSwitch, Notification
from app.domain.recipients import Recipient
from tests.unit.dialog360.notifications import (
    ADA_BSUID,
    ADA_PHONE,
    BO_BSUID,
    make_message,
    make_notification,
)

NEW_PHONE = "447700900777"
NEW_BSUID = "GB.11112222333344445555"


def preference(**fields: Any) -> dict[str, Any]:
    stopped: dict[str, Any] = {
        "wa_id": ADA_PHONE,
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": 1795176000,
    }
    return {name: value for name, value in {**stopped, **fields}.items() if value is not None}


def parse_preferences(*preferences: Any) -> Notification:
    return parse_notification(
        make_notification("user_preferences", user_preferences=list(preferences))
    )


@pytest.mark.parametrize(("wire_value", "value"), [("stop", "stopped"), ("resume", "allowed")])
def test_whatsapps_switch_has_two_positions(wire_value: str, value: str) -> None:
    (switch,) = parse_preferences(preference(value=wire_value)).items

    assert isinstance(switch, MarketingSwitch)
    assert (switch.value, switch.evidence) == (value, "user_preferences")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"value": "maybe"}, "preference_value_unknown"),
        ({"value": None}, "preference_value_unknown"),
        ({"category": "utility_messages"}, "preference_category_unknown"),
        ({"category": None}, "preference_category_unknown"),
    ],
)
def test_other_preferences_are_ignored_with_a_reason(fields: dict[str, Any], reason: str) -> None:
    assert parse_preferences(preference(**fields)) == Notification(ignored=(Ignored(reason),))


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"wa_id": None}, "wa_id"),
        ({"timestamp": None}, "timestamp"),
        ({"value": 5}, "value"),
        ({"category": []}, "category"),
    ],
)
def test_a_malformed_preference_leaves_its_siblings_alone(
    fields: dict[str, Any], path: str
) -> None:
    found = parse_preferences(preference(), preference(**fields), preference(wa_id="15550100456"))

    assert len(found.items) == 2
    (problem,) = found.problems
    assert problem.path == f"entry[0].changes[0].value.user_preferences[1].{path}"


def test_the_key_of_a_switch_is_the_same_for_a_redelivery_and_names_nobody() -> None:
    timestamps: list[object] = [1795176000, "1795176000", 1795176000000]
    found = parse_preferences(*[preference(timestamp=timestamp) for timestamp in timestamps])
    keys = {item.key for item in found.items if isinstance(item, MarketingSwitch)}

    assert len(keys) == 1
    assert ADA_PHONE not in keys.pop()


def test_the_key_of_a_switch_differs_by_person_value_and_time() -> None:
    found = parse_preferences(
        preference(),
        preference(value="resume"),
        preference(timestamp=1795176001),
        preference(wa_id="15550100456"),
        preference(user_id=ADA_BSUID),
    )

    assert len({item.key for item in found.items if isinstance(item, MarketingSwitch)}) == 5


def make_system(body: object = "", sender: str | None = ADA_PHONE, **system: Any) -> dict[str, Any]:
    system = {"type": "user_changed_user_id", "body": body, **system}
    return make_message(type="system", text=None, sender=sender, system=system)


def read_change(message: dict[str, Any]) -> IdentityChange:
    (change,) = parse_notification(make_notification(messages=[message])).items
    assert isinstance(change, IdentityChange)
    return change


@pytest.mark.parametrize(
    ("message", "previous", "current"),
    [
        pytest.param(
            make_system(type="user_changed_number", wa_id=NEW_PHONE),
            Recipient(wa_id=ADA_PHONE),
            Recipient(wa_id=NEW_PHONE),
            id="number",
        ),
        pytest.param(
            make_system(type="customer_changed_number", new_wa_id=NEW_PHONE, customer=ADA_PHONE),
            Recipient(wa_id=ADA_PHONE),
            Recipient(wa_id=NEW_PHONE),
            id="number, old spelling",
        ),
        pytest.param(
            make_system(
                f"User A changed from {ADA_PHONE} to {NEW_PHONE}",
                sender=None,
                type="user_changed_number",
                wa_id=NEW_PHONE,
            ),
            Recipient(wa_id=ADA_PHONE),
            Recipient(wa_id=NEW_PHONE),
            id="number, previous only in the body",
        ),
        pytest.param(
            make_system(f"User A changed from {ADA_BSUID} to {NEW_BSUID}.", user_id=NEW_BSUID),
            Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID),
            Recipient(bsuid=NEW_BSUID),
            id="BSUID in the body",
        ),
        pytest.param(
            make_system(user_id=NEW_BSUID, previous_user_id=ADA_BSUID, sender=None),
            Recipient(bsuid=ADA_BSUID),
            Recipient(bsuid=NEW_BSUID),
            id="BSUID in a field of its own",
        ),
        pytest.param(
            make_system("User A has a new id", user_id=NEW_BSUID, wa_id=ADA_PHONE),
            Recipient(wa_id=ADA_PHONE),
            Recipient(wa_id=ADA_PHONE, bsuid=NEW_BSUID),
            id="same number, unreadable body",
        ),
    ],
)
def test_a_changed_identity_is_read_from_wherever_it_is_said(
    message: dict[str, Any], previous: Recipient, current: Recipient
) -> None:
    change = read_change(message)

    assert (change.previous, change.current) == (previous, current)


@pytest.mark.parametrize(
    "body",
    [
        # A name may say anything, so only the end of the sentence counts, and only if it fits.
        f"User changed from {BO_BSUID} to {NEW_BSUID} has a new id",
        f"User A changed from {BO_BSUID} to {ADA_BSUID}",
        f"User A changed from {BO_BSUID}x! to {NEW_BSUID}",
        f"User A changed from US.ENT.123 to {NEW_BSUID}",
        f"{BO_BSUID} {NEW_BSUID}",
        "",
        "changed from to",
        None,
        7,
    ],
)
def test_a_body_that_is_not_the_sentence_we_know_names_nobody(body: object) -> None:
    found = parse_notification(
        make_notification(messages=[make_system(body, sender=None, user_id=NEW_BSUID)])
    )

    assert found.items == ()
    assert [problem.path for problem in found.problems] == [
        "entry[0].changes[0].value.messages[0].previous"
    ]


def test_a_name_that_imitates_the_sentence_changes_nothing() -> None:
    name = f"Eve changed from {BO_BSUID} to {NEW_BSUID}"
    change = read_change(
        make_system(
            f"User {name} changed from {ADA_BSUID} to {NEW_BSUID}", sender=None, user_id=NEW_BSUID
        )
    )

    assert change.previous == Recipient(bsuid=ADA_BSUID)


def test_the_senders_bsuid_is_not_joined_to_the_old_number_if_it_may_be_the_new_one() -> None:
    message = make_system(type="user_changed_number", wa_id=NEW_PHONE)
    message["from_user_id"] = NEW_BSUID

    assert read_change(message).previous == Recipient(wa_id=ADA_PHONE)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (make_system(type="customer_identity_changed"), "identity_check"),
        (make_system(type="user_identity_changed"), "identity_check"),
        (make_system(type="something_new"), "system_unknown"),
        (make_system(type=None), "system_unknown"),
        (make_system(type="user_changed_number", wa_id=ADA_PHONE), "identity_unchanged"),
        (make_system(type="user_preference_changed", marketing="x"), "preference_value_unknown"),
    ],
)
def test_other_system_messages_are_ignored_with_a_reason(
    message: dict[str, Any], reason: str
) -> None:
    found = parse_notification(make_notification(messages=[message]))

    assert found == Notification(ignored=(Ignored(reason),))


@pytest.mark.parametrize(
    ("update", "path"),
    [
        ({"user_id": "GB.1", "timestamp": 1795176000}, "user_id"),
        ({"user_id": {"previous": ADA_BSUID}, "timestamp": 1795176000}, "user_id.current"),
        ({"user_id": {"current": ADA_BSUID}, "timestamp": 1795176000}, "previous"),
        ({"user_id": {"previous": ADA_BSUID, "current": NEW_BSUID}}, "timestamp"),
    ],
)
def test_a_malformed_user_id_update_is_a_problem(update: dict[str, Any], path: str) -> None:
    found = parse_notification(make_notification("user_id_update", user_id_update=[update]))

    assert [problem.path for problem in found.problems] == [
        f"entry[0].changes[0].value.user_id_update[0].{path}"
    ]
