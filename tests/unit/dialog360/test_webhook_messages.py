from datetime import UTC, datetime
from typing import Any

import pytest

from app.dialog360.webhook import parse_notification
from app.domain.inbound import Ignored, InboundMessage, MessageKind, Problem
from app.domain.recipients import Recipient
from tests.unit.dialog360.notifications import (
    ADA_BSUID,
    ADA_PHONE,
    BO_BSUID,
    BO_PHONE,
    make_message,
    make_notification,
)

NOBODY = "names nobody: neither a phone number nor a BSUID"
MESSAGE = "entry[0].changes[0].value.messages[0]"


def read(*messages: Any, **value: Any) -> list[InboundMessage]:
    found = parse_notification(make_notification(messages=list(messages), **value))
    return [item for item in found.items if isinstance(item, InboundMessage)]


def read_one(*messages: Any, **value: Any) -> InboundMessage:
    (message,) = read(*messages, **value)
    return message


def problem_of(message: Any) -> Problem:
    found = parse_notification(make_notification(messages=[message]))
    assert found.items == ()
    (problem,) = found.problems
    return problem


@pytest.mark.parametrize(
    ("fields", "path", "what"),
    [
        ({"id": None}, ".id", "expected an id, found nothing"),
        ({"id": ""}, ".id", "expected an id, found empty text"),
        ({"id": ["x"]}, ".id", "expected an id, found a list"),
        ({"id": "x" * 513}, ".id", "too long for an id"),
        ({"type": None}, ".type", "expected text, found nothing"),
        ({"type": 5}, ".type", "expected text, found a number"),
        ({"timestamp": None}, ".timestamp", "expected Unix seconds, found nothing"),
        ({"timestamp": True}, ".timestamp", "expected Unix seconds, found true or false"),
        ({"timestamp": -1}, ".timestamp", "expected Unix seconds, found a number"),
        ({"timestamp": "-1795176000"}, ".timestamp", "expected Unix seconds, found text"),
        ({"timestamp": "١٧٩٥١٧٦٠٠٠"}, ".timestamp", "expected Unix seconds, found text"),
        ({"timestamp": 1795176000.5}, ".timestamp", "expected Unix seconds, found a number"),
        ({"timestamp": "yesterday"}, ".timestamp", "expected Unix seconds, found text"),
        ({"timestamp": "9" * 5000}, ".timestamp", "expected Unix seconds, found text"),
        ({"timestamp": 10**5000}, ".timestamp", "expected Unix seconds, found a number"),
        ({"timestamp": 0}, ".timestamp", "a time that can not be"),
        ({"timestamp": "99999999999"}, ".timestamp", "a time that can not be"),
        ({"timestamp": 9_999_999_999_999}, ".timestamp", "a time that can not be"),
        ({"text": None}, ".text", "expected an object, found nothing"),
        ({"text": {"body": 7}}, ".text.body", "expected text, found a number"),
        ({"sender": None}, ".from", NOBODY),
        ({"sender": ""}, ".from", NOBODY),
        ({"sender": "me"}, ".from", NOBODY),
        ({"sender": "+44 7700 900123" + " " * 40}, ".from", NOBODY),
        ({"sender": "US.ENT.123"}, ".from", NOBODY),
        ({"type": "button"}, ".button", "expected an object, found nothing"),
        ({"type": "image", "image": "x"}, ".image", "expected an object, found text"),
        (
            {"type": "image", "image": {"caption": 5}},
            ".image.caption",
            "expected text, found a number",
        ),
        (
            {"type": "interactive", "interactive": {"list_reply": {"id": 5}}},
            ".interactive.list_reply.id",
            "expected text, found a number",
        ),
        (
            {"type": "interactive", "interactive": {"nfm_reply": 5}},
            ".interactive.nfm_reply",
            "expected an object, found a number",
        ),
        (
            {"type": "button", "button": {}},
            ".button.payload",
            "expected text, found neither an id nor a label",
        ),
    ],
)
def test_a_malformed_message_is_a_problem_that_says_where_and_what(
    fields: dict[str, Any], path: str, what: str
) -> None:
    assert problem_of(make_message(**fields)) == Problem(MESSAGE + path, what)


@pytest.mark.parametrize("broken", [None, 5, "x", [], make_message(timestamp="x")])
def test_a_malformed_message_leaves_its_siblings_alone(broken: object) -> None:
    found = parse_notification(
        make_notification(messages=[make_message(id="a"), broken, make_message(id="b")])
    )

    assert [item.id for item in found.items if isinstance(item, InboundMessage)] == ["a", "b"]
    assert len(found.problems) == 1


@pytest.mark.parametrize("timestamp", [1795176000, "1795176000", 1795176000000, "1795176000000"])
def test_a_time_is_seconds_or_milliseconds_as_text_or_number(timestamp: object) -> None:
    message = read_one(make_message(timestamp=timestamp))

    assert message.occurred_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "recipient"),
    [
        ({"sender": 447700900123}, Recipient(wa_id=ADA_PHONE)),
        ({"sender": "+44 7700 900123"}, Recipient(wa_id=ADA_PHONE)),
        ({"sender": ADA_BSUID}, Recipient(bsuid=ADA_BSUID)),
        ({"sender": "", "from_user_id": ADA_BSUID}, Recipient(bsuid=ADA_BSUID)),
        ({"from_user_id": ADA_BSUID}, Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)),
        ({"from_user_id": "GB.ENT.1"}, Recipient(wa_id=ADA_PHONE)),
        (
            {"sender": None, "from_user_id": ADA_BSUID, "from_parent_user_id": "GB.ENT.1"},
            Recipient(bsuid=ADA_BSUID),
        ),
    ],
)
def test_a_sender_is_known_in_every_form_of_id(
    fields: dict[str, Any], recipient: Recipient
) -> None:
    assert read_one(make_message(**fields)).recipient == recipient


def profile(phone: str | None = None, bsuid: str | None = None) -> dict[str, Any]:
    named = {"wa_id": phone, "user_id": bsuid}
    return {name: value for name, value in named.items() if value}


@pytest.mark.parametrize(
    ("contacts", "recipient"),
    [
        ([profile(ADA_PHONE, ADA_BSUID)], Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)),
        (
            [profile(BO_PHONE, BO_BSUID), profile(ADA_PHONE, ADA_BSUID)],
            Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID),
        ),
        # The only profile of the only sender is theirs, unless it says that it is somebody's else.
        ([profile(None, ADA_BSUID)], Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)),
        ([profile(BO_PHONE, BO_BSUID)], Recipient(wa_id=ADA_PHONE)),
        ([profile(None, ADA_BSUID), profile(None, BO_BSUID)], Recipient(wa_id=ADA_PHONE)),
        # Two answers are none.
        (
            [profile(ADA_PHONE, ADA_BSUID), profile(ADA_PHONE, BO_BSUID)],
            Recipient(wa_id=ADA_PHONE),
        ),
        (
            [profile(ADA_PHONE, ADA_BSUID), profile(BO_PHONE, ADA_BSUID)],
            Recipient(wa_id=ADA_PHONE),
        ),
        (["x", None, {}], Recipient(wa_id=ADA_PHONE)),
    ],
)
def test_the_missing_id_comes_from_the_contact_profile_if_that_is_unambiguous(
    contacts: list[Any], recipient: Recipient
) -> None:
    assert read_one(make_message(), contacts=contacts).recipient == recipient


def test_the_only_profile_joins_nobody_when_two_people_wrote() -> None:
    messages = [make_message(), make_message(sender=BO_PHONE, id="b")]

    found = read(*messages, contacts=[profile(None, ADA_BSUID)])

    assert [message.recipient.bsuid for message in found] == [None, None]


def test_the_only_profile_names_the_only_sender_who_has_no_id() -> None:
    message = read_one(make_message(sender=None), contacts=[profile(ADA_PHONE, ADA_BSUID)])

    assert message.recipient == Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)


@pytest.mark.parametrize(
    ("kind", "fields", "button_id", "label"),
    [
        (MessageKind.TEMPLATE_REPLY, {"button": {"text": "Stop"}}, None, "Stop"),
        (MessageKind.TEMPLATE_REPLY, {"button": {"payload": "", "text": "Stop"}}, None, "Stop"),
        (MessageKind.TEMPLATE_REPLY, {"button": {"payload": "S"}}, "S", None),
        (
            MessageKind.BUTTON_REPLY,
            {"interactive": {"button_reply": {"id": "heed:stop", "title": "Stop"}}},
            "heed:stop",
            "Stop",
        ),
        (
            MessageKind.LIST_REPLY,
            {"interactive": {"type": "list_reply", "list_reply": {"id": "heed:stop:offers"}}},
            "heed:stop:offers",
            None,
        ),
        (MessageKind.OTHER, {"interactive": {"type": "button_reply"}}, None, None),
        (MessageKind.OTHER, {"interactive": {}}, None, None),
    ],
)
def test_a_tap_gives_its_id_and_its_label(
    kind: MessageKind, fields: dict[str, Any], button_id: str | None, label: str | None
) -> None:
    message = read_one(make_message(type=next(iter(fields)), text=None, **fields))

    assert (message.kind, message.button_id, message.label) == (kind, button_id, label)


@pytest.mark.parametrize(
    ("answer", "flow_reply"),
    [
        ('{"marketing": false}', {"marketing": False}),
        ({"marketing": False}, {"marketing": False}),
        ("[1]", {}),
        ("{", {}),
        (None, {}),
        ("[" * 60_000, {}),
        ('{"a": 1e999, "b": NaN, "c": 99999999999999999999}', {"a": None, "b": None, "c": None}),
        ('{"a": ' + "9" * 5000 + "}", {}),
        ('{"a": {"b": 1.5, "c": null}}', {"a": {"b": 1.5, "c": None}}),
        ('{"a": "\\ud83d"}', {"a": "\ufffd"}),
        ('{"a": [[[[[[[[[[1]]]]]]]]]]}', {"a": [[[[[[[[None]]]]]]]]}),
        ('{"a": "' + "x" * 70_000 + '"}', {}),
    ],
)
def test_the_answer_of_a_flow_is_plain_values_or_empty(
    answer: object, flow_reply: dict[str, Any]
) -> None:
    interactive = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "response_json": answer}}
    message = read_one(make_message(type="interactive", interactive=interactive))

    assert message.kind is MessageKind.FLOW_REPLY
    assert message.flow_reply == flow_reply


@pytest.mark.parametrize("context", [{"forwarded": True}, {"frequently_forwarded": True}])
def test_forwarded_words_are_marked(context: dict[str, bool]) -> None:
    assert read_one(make_message(context=context)).is_forwarded


@pytest.mark.parametrize("context", [[], "x", 5, {"id": [1]}, {"forwarded": "yes"}])
def test_a_malformed_context_loses_no_stop(context: object) -> None:
    message = read_one(make_message(context=context))

    assert (message.text, message.answers, message.is_forwarded) == ("STOP", None, False)


@pytest.mark.parametrize("kind", ["audio", "sticker", "location", "order", "unsupported", "poll"])
def test_messages_without_words_still_show_that_the_person_wrote(kind: str) -> None:
    assert read_one(make_message(type=kind, text=None)).kind is MessageKind.OTHER


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "reaction"}, "reaction"),
        ({"type": "edit"}, "edit"),
        ({"type": "revoke"}, "revoke"),
        ({"group_id": "g"}, "group_message"),
    ],
)
def test_some_messages_are_left_alone_on_purpose(fields: dict[str, Any], reason: str) -> None:
    found = parse_notification(make_notification(messages=[make_message(**fields)]))

    assert (found.items, found.ignored) == ((), (Ignored(reason),))


CARD = {"origin": "contact_request", "phones": [{"wa_id": ADA_PHONE}]}


@pytest.mark.parametrize(
    ("cards", "wa_id"),
    [
        ([CARD], ADA_PHONE),
        ([{**CARD, "phones": [{"wa_id": ADA_PHONE}, {"wa_id": BO_PHONE}]}], None),
        ([{**CARD, "phones": [{"phone": "+447700900123"}]}], None),
        ([{**CARD, "origin": "other"}], None),
        ([CARD, CARD], None),
        (["x"], None),
        ("x", None),
    ],
)
def test_a_shared_number_is_the_senders_only_if_it_answers_our_request(
    cards: object, wa_id: str | None
) -> None:
    message = read_one(
        make_message(type="contacts", sender=None, from_user_id=ADA_BSUID, contacts=cards)
    )

    assert message.recipient == Recipient(wa_id=wa_id, bsuid=ADA_BSUID)


def test_a_shared_number_never_replaces_a_known_one() -> None:
    card = {"origin": "contact_request", "phones": [{"wa_id": BO_PHONE}]}
    message = read_one(make_message(type="contacts", from_user_id=ADA_BSUID, contacts=[card]))

    assert message.recipient == Recipient(wa_id=ADA_PHONE, bsuid=ADA_BSUID)


def test_half_a_character_is_replaced_and_the_rest_stays() -> None:
    assert read_one(make_message(text={"body": "STOP\ud83d"})).text == "STOP\ufffd"


def test_an_endless_text_is_cut() -> None:
    assert len(read_one(make_message(text={"body": "é" * 100_000})).text or "") == 16_384


def test_words_do_not_show_in_a_repr() -> None:
    interactive = {"nfm_reply": {"response_json": '{"a": "secret"}'}}
    tap = {"payload": "p", "text": "secret"}
    messages = [
        make_message(text={"body": "secret"}),
        make_message(type="interactive", interactive=interactive),
        make_message(type="button", button=tap),
    ]

    shown = repr(read(*messages))

    assert "secret" not in shown
    assert ADA_PHONE not in shown
