"""What people do reaches the webhook as 360dialog would bring it."""

import hashlib
import hmac
import time
from typing import Any

import pytest

from tests.unit.sandbox.client import ADA, ADA_BSUID, Client, text_message
from tests.unit.sandbox.webhook import RecordingWebhook

JONAS = "DE.38475610293847561029"


def value_of(body: dict[str, Any]) -> dict[str, Any]:
    value = body["entry"][0]["changes"][0]["value"]
    assert isinstance(value, dict)
    return value


def act(client: Client, webhook: RecordingWebhook, **body: Any) -> dict[str, Any]:
    before = len(webhook.requests())
    answer = client.post("/inbound", {"from": ADA, **body})
    assert answer.json()["status"] == 200, answer.text
    return webhook.wait_for(before + 1)[before]


def test_a_text_arrives_whole_and_signed(client: Client, webhook: RecordingWebhook) -> None:
    answer = client.post("/inbound", {"from": ADA, "text": "STOP ✋"}).json()

    ((headers, raw),) = webhook.requests()
    (body,) = webhook.bodies()
    value = value_of(body)
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["id"] == "100200300400500"
    assert value["metadata"] == {
        "display_phone_number": "15550102030",
        "phone_number_id": "200300400500600",
    }
    assert value["contacts"] == [
        {"profile": {"name": "Ada Example"}, "wa_id": ADA, "user_id": ADA_BSUID}
    ]
    (message,) = value["messages"]
    assert message["text"] == {"body": "STOP ✋"}
    assert message["id"] == answer["message_id"]
    assert abs(int(message["timestamp"]) - time.time()) < 5
    assert headers["Authorization"] == "Bearer token-of-the-webhook"
    digest = hmac.new(b"signing-secret", raw, hashlib.sha256).hexdigest()
    assert headers["x-360dialog-signature"] == digest


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"button": {"payload": "OPTOUT", "text": "Stop"}, "context": "wamid.t"},
            {"type": "button", "button": {"payload": "OPTOUT", "text": "Stop"}},
        ),
        (
            {"button_reply": {"id": "heed:stop", "title": "Stop"}},
            {
                "type": "interactive",
                "interactive": {
                    "type": "button_reply",
                    "button_reply": {"id": "heed:stop", "title": "Stop"},
                },
            },
        ),
        (
            {"list_reply": {"id": "a", "title": "b"}},
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "a", "title": "b"}},
            },
        ),
        (
            {"message": {"type": "image", "image": {"caption": "STOP"}}},
            {"type": "image", "image": {"caption": "STOP"}},
        ),
        (
            {"changed_number_to": "+44 7700 900777"},
            {
                "type": "system",
                "system": {
                    "body": "User changed to a new number",
                    "wa_id": "447700900777",
                    "type": "user_changed_number",
                },
            },
        ),
    ],
    ids=["template button", "reply button", "list row", "raw message", "number change"],
)
def test_every_kind_of_message_has_its_shape(
    client: Client, webhook: RecordingWebhook, said: dict[str, Any], expected: dict[str, Any]
) -> None:
    (message,) = value_of(act(client, webhook, **said))["messages"]

    assert {key: message[key] for key in expected} == expected
    if "context" in said:
        assert message["context"] == {"from": "15550102030", "id": "wamid.t"}


@pytest.mark.parametrize(
    ("who", "present", "absent"),
    [
        ({}, {"from": ADA, "from_user_id": ADA_BSUID}, ()),
        ({"bsuid": None}, {"from": ADA}, ("from_user_id",)),
        ({"from": JONAS}, {"from_user_id": JONAS}, ("from",)),
        ({"from": None, "bsuid": ADA_BSUID}, {"from_user_id": ADA_BSUID}, ("from",)),
        ({"bsuid": "GB.777"}, {"from": ADA, "from_user_id": "GB.777"}, ()),
    ],
)
def test_a_person_shows_the_addresses_they_have(
    client: Client,
    webhook: RecordingWebhook,
    who: dict[str, Any],
    present: dict[str, str],
    absent: tuple[str, ...],
) -> None:
    value = value_of(act(client, webhook, text="hi", **who))

    (message,) = value["messages"]
    (contact,) = value["contacts"]
    assert {key: message[key] for key in present} == present
    assert not any(key in message for key in absent)
    assert contact.get("wa_id") == message.get("from")
    assert contact.get("user_id") == message.get("from_user_id")


def test_writing_opens_the_window_for_every_address(
    client: Client, webhook: RecordingWebhook
) -> None:
    act(client, webhook, bsuid="GB.777", text="hi")

    assert client.send(text_message()).status_code == 200
    assert client.send(text_message(to=None, recipient="GB.777")).status_code == 200


def test_an_old_message_opens_no_window(client: Client, webhook: RecordingWebhook) -> None:
    act(client, webhook, text="hi", timestamp=int(time.time()) - 90_000)

    assert client.send(text_message()).json()["error"]["code"] == 131047


@pytest.mark.parametrize("choice", ["stop", "resume"])
def test_whatsapps_own_switch_has_its_own_field(
    client: Client, webhook: RecordingWebhook, choice: str
) -> None:
    body = act(client, webhook, user_preference=choice)

    assert body["entry"][0]["changes"][0]["field"] == "user_preferences"
    (preference,) = value_of(body)["user_preferences"]
    assert (preference["value"], preference["category"]) == (choice, "marketing_messages")
    assert isinstance(preference["timestamp"], int)
    assert client.send(text_message()).json()["error"]["code"] == 131047


@pytest.mark.parametrize("wrap", [True, False])
def test_a_raw_notification_goes_out_as_it_is(
    client: Client, webhook: RecordingWebhook, *, wrap: bool
) -> None:
    message = {"from": ADA, "id": "wamid.raw", "type": "novelty", "odd": [1, None, "\ud83d"]}
    raw = {"entry": [{"changes": [{"value": {"messages": [message, 5]}}, "x"]}, 7], "extra": True}

    answer = client.post("/inbound", {"notification": raw} if wrap else raw)

    assert answer.json()["status"] == 200
    assert webhook.bodies() == [raw]
    assert client.send(text_message()).status_code == 200


def test_only_200_counts_and_the_same_bytes_come_again(
    client: Client, webhook: RecordingWebhook
) -> None:
    webhook.answer_next(503, 202, 200)

    answer = client.post("/inbound", {"from": ADA, "text": "STOP"}).json()
    webhook.wait_for(3)
    time.sleep(0.2)

    assert answer["status"] == 503
    assert len({raw for _, raw in webhook.requests()}) == 1
    assert len(webhook.requests()) == 3
    (notification,) = client.get("/notifications?kind=message")
    assert [a["status"] for a in notification["attempts"]] == [503, 202, 200]


def test_redelivery_can_be_switched_off(client: Client, webhook: RecordingWebhook) -> None:
    webhook.answer_next(503)

    client.post("/inbound", {"from": ADA, "text": "STOP", "redeliver": False})
    time.sleep(0.2)

    assert len(webhook.requests()) == 1


def test_a_webhook_that_is_not_there_is_status_0(client: Client) -> None:
    client.post("/v1/configs/webhook", {"url": "http://127.0.0.1:1/x"})

    answer = client.post("/inbound", {"from": ADA, "text": "hi", "redeliver": False}).json()

    assert answer["status"] == 0


def test_a_webhook_elsewhere_is_never_called(client: Client) -> None:
    client.post("/v1/configs/webhook", {"url": "https://hooks.example.com/x"})

    client.post("/inbound", {"from": ADA, "text": "hi", "redeliver": False})

    (notification,) = client.get("/notifications")
    assert notification["attempts"][0]["error"] == "the sandbox delivers to this machine only"


def test_a_notification_is_sent_again_unchanged(client: Client, webhook: RecordingWebhook) -> None:
    first = client.post("/inbound", {"from": ADA, "text": "STOP"}).json()

    by_id = client.post("/resend", {"notification_id": first["notification_id"]}).json()
    last = client.post("/resend", {}).json()

    assert by_id == last == first
    assert len({raw for _, raw in webhook.requests()}) == 1
    assert len(webhook.requests()) == 3
    assert client.post("/resend", {"notification_id": "n-unknown"}).status_code == 404


def test_two_can_arrive_out_of_order(client: Client, webhook: RecordingWebhook) -> None:
    held = client.post(
        "/inbound", {"from": ADA, "text": "one", "timestamp": 1795176000, "hold": True}
    )
    assert held.json()["status"] is None

    client.post("/inbound", {"from": ADA, "text": "two", "timestamp": 1795176001})
    client.post("/resend", {"notification_id": held.json()["notification_id"]})

    said = [value_of(body)["messages"][0]["text"]["body"] for body in webhook.bodies()]
    assert said == ["two", "one"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"from": ADA},
        {"from": "Ada", "text": "hi"},
        {"from": 5, "text": "hi"},
        {"from": ADA, "bsuid": "447700900123", "text": "hi"},
        {"from": ADA, "text": 5},
        {"from": ADA, "text": "hi", "timestamp": "soon"},
        {"from": ADA, "text": "hi", "timestamp": 1e300},
        {"from": ADA, "text": "hi", "context": 5},
        {"from": ADA, "user_preference": "maybe"},
        {"notification": 5},
    ],
)
def test_what_makes_no_sense_is_refused_with_words(client: Client, body: dict[str, Any]) -> None:
    answer = client.post("/inbound", body)

    assert answer.status_code == 400
    assert answer.json()["error"]
