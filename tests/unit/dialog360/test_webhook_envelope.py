from typing import Any

import pytest

from app.dialog360.webhook import NotJSONError, decode_body, parse_notification
from app.domain.inbound import Ignored, InboundMessage, Notification, Problem
from tests.unit.dialog360.notifications import make_message, make_notification


def reasons_of(found: Notification) -> list[str]:
    return [ignored.reason for ignored in found.ignored]


@pytest.mark.parametrize(
    ("body", "path", "what"),
    [
        (None, "body", "expected an object, found nothing"),
        ([], "body", "expected an object, found a list"),
        (7, "body", "expected an object, found a number"),
        ({"entry": {}}, "entry", "expected a list, found an object"),
        ({"entry": [7]}, "entry[0]", "expected an object, found a number"),
        ({"entry": [{"changes": 7}]}, "entry[0].changes", "expected a list, found a number"),
        (
            {"entry": [{"changes": ["x"]}]},
            "entry[0].changes[0]",
            "expected an object, found text",
        ),
        (
            {"entry": [{"changes": [{"field": 5, "value": {}}]}]},
            "entry[0].changes[0].field",
            "expected text, found a number",
        ),
        (
            {"entry": [{"changes": [{"field": "messages", "value": []}]}]},
            "entry[0].changes[0].value",
            "expected an object, found a list",
        ),
        (
            make_notification(messages={}),
            "entry[0].changes[0].value.messages",
            "expected a list, found an object",
        ),
        (
            make_notification(statuses="x"),
            "entry[0].changes[0].value.statuses",
            "expected a list, found text",
        ),
        ({"messages": [5]}, "messages[0]", "expected an object, found a number"),
    ],
)
def test_a_malformed_envelope_is_a_problem_with_its_path(
    body: object, path: str, what: str
) -> None:
    assert parse_notification(body) == Notification(problems=(Problem(path, what),))


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("account_update", "account_update"),
        ("account_review_update", "account_update"),
        ("message_template_status_update", "template_update"),
        ("template_category_update", "template_update"),
        ("phone_number_name_update", "phone_number_update"),
        ("business_capability_update", "business_update"),
        ("message_echoes", "message_echo"),
        ("smb_message_echoes", "message_echo"),
        ("history", "history"),
        ("smb_app_state_sync", "app_state_sync"),
        ("messaging_handovers", "messaging_handover"),
        ("calls", "call"),
        ("group_participants_update", "group_update"),
        ("MARKETING_SUBSCRIPTION_UPDATE", "unknown_field"),
    ],
)
def test_other_fields_are_ignored_with_a_reason(field: str, reason: str) -> None:
    found = parse_notification(make_notification(field, messages=[make_message()]))

    assert found == Notification(ignored=(Ignored(reason),))


@pytest.mark.parametrize("body", [{}, {"entry": []}, {"entry": [{}]}, {"hello": 1}])
def test_an_empty_notification_is_counted_as_such(body: object) -> None:
    assert parse_notification(body) == Notification(ignored=(Ignored("empty"),))


def test_a_change_without_its_field_is_read_by_its_content() -> None:
    body = make_notification(messages=[make_message()])
    del body["entry"][0]["changes"][0]["field"]

    assert len(parse_notification(body).items) == 1


def test_a_standby_message_is_a_message() -> None:
    body = make_notification(
        "standby",
        standby={"messages": [make_message()], "message_echoes": [{}], "statuses": [{}]},
        contacts=[{"wa_id": "447700900123", "user_id": "GB.1"}],
    )

    found = parse_notification(body)

    (message,) = found.items
    assert isinstance(message, InboundMessage)
    assert message.text == "STOP"
    assert message.recipient.bsuid == "GB.1"
    assert message.phone_number_id == "200300400500600"
    assert reasons_of(found) == ["status", "message_echo"]


def test_the_path_of_a_standby_problem_is_exact() -> None:
    found = parse_notification(make_notification("standby", standby={"messages": [5]}))

    assert found.problems[0].path == "entry[0].changes[0].value.standby.messages[0]"


def test_every_entry_and_every_change_is_read() -> None:
    one = make_notification(messages=[make_message(id="a")])["entry"]
    broken: list[Any] = [None, {"changes": [5, {"field": "messages"}]}]
    two = make_notification(messages=[make_message(id="b")])["entry"]

    found = parse_notification({"entry": [*one, *broken, *two]})

    assert [item.id for item in found.items if isinstance(item, InboundMessage)] == ["a", "b"]
    assert len(found.problems) == 3


def test_more_updates_than_the_platform_promises_are_still_read() -> None:
    messages = [make_message(id=str(number)) for number in range(1500)]

    assert len(parse_notification(make_notification(messages=messages)).items) == 1500


@pytest.mark.parametrize("number", [200300400500600, "200300400500600"])
def test_the_business_number_is_known_as_text_or_number(number: object) -> None:
    body = make_notification(messages=[make_message()])
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = number

    (message,) = parse_notification(body).items
    assert isinstance(message, InboundMessage)
    assert message.phone_number_id == "200300400500600"


@pytest.mark.parametrize("metadata", [None, "x", [], {"phone_number_id": {}}])
def test_malformed_metadata_loses_no_message(metadata: object) -> None:
    body = make_notification(messages=[make_message()])
    body["entry"][0]["changes"][0]["value"]["metadata"] = metadata

    (message,) = parse_notification(body).items
    assert isinstance(message, InboundMessage)
    assert message.phone_number_id is None


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\x00\xff", b"[" * 100_000, b'{"a":' * 100_000, "{}".encode("utf-16"), b"{}{}"],
)
def test_what_is_not_json_is_said_to_be_not_json(raw: bytes) -> None:
    with pytest.raises(NotJSONError) as caught:
        decode_body(raw)

    assert caught.value.__cause__ is None
    assert str(caught.value) == "the body is not JSON"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'{"a": ' + b"9" * 5000 + b', "b": 12}', {"a": None, "b": 12}),
        (b'{"a": -' + b"9" * 100_000 + b"}", {"a": None}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'{"a": "\\ud83d"}', {"a": "\ud83d"}),
    ],
)
def test_an_oddity_in_one_place_does_not_lose_the_rest(raw: bytes, value: object) -> None:
    assert decode_body(raw) == value
