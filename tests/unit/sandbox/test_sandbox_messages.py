"""The messages API over HTTP: key, window, answers, statuses, marks, set-up calls."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.config import BusinessNumber, SandboxConfig
from sandbox.server import RunningSandbox, start
from tests.unit.sandbox.client import (
    ADA,
    ADA_BSUID,
    Client,
    template_message,
    text_message,
    with_button,
)
from tests.unit.sandbox.webhook import RecordingWebhook


def statuses(webhook: RecordingWebhook) -> list[dict[str, Any]]:
    values = [body["entry"][0]["changes"][0]["value"] for body in webhook.bodies()]
    return [value["statuses"][0] for value in values if "statuses" in value]


def wait_for_chat(client: Client, person: str, state: str) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if client.get(f"/api/chat?person={person}")["lines"][-1]["state"] == state:
            return
        time.sleep(0.02)
    raise AssertionError(f"the last line did not become {state}")


@pytest.mark.parametrize("key", ["", "wrong", "sandbox-key ", "sändbox"])
def test_a_wrong_key_is_refused_as_360dialog_does(client: Client, key: str) -> None:
    answer = client.post(
        "/messages", text_message(), **{"D360-API-KEY": key.encode().decode("latin-1")}
    )

    assert answer.status_code == 401
    assert answer.json()["meta"]["developer_message"] == "Invalid api_key"


@pytest.mark.parametrize("path", ["/v1/messages", "/200300400500600/messages", "/nothing"])
def test_there_is_no_other_path_to_send(client: Client, path: str) -> None:
    assert client.post(path, text_message()).status_code == 404


def test_a_body_that_is_not_json_is_error_100(running: RunningSandbox) -> None:
    headers = {"D360-API-KEY": "sandbox-key", "Content-Type": "application/json"}
    answer = requests.post(f"{running.url}/messages", data=b"{", headers=headers, timeout=5)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_a_limit_is_answered_in_metas_shape(client: Client) -> None:
    answer = client.send(text_message(text={"body": "x" * 4097}))

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, 131009, "OAuthException")
    assert error["message"].startswith("(#131009)")
    assert "text.body" in error["error_data"]["details"]


def test_free_form_needs_an_open_window_and_a_template_does_not(client: Client) -> None:
    closed = client.send(text_message())
    template = client.send(template_message())
    client.open_window()
    opened = client.send(text_message())

    assert closed.json()["error"]["code"] == 131047
    assert template.json()["messages"][0]["message_status"] == "accepted"
    assert opened.status_code == 200


@pytest.mark.parametrize("form", [ADA, f"+{ADA}", "+44 7700 900123", ADA_BSUID])
def test_the_window_opens_by_any_form_of_the_recipient(client: Client, form: str) -> None:
    client.open_window(form)

    assert client.send(text_message()).status_code == 200
    assert client.send(text_message(to=None, recipient=ADA_BSUID)).status_code == 200


def test_a_window_ends_and_can_be_closed(client: Client) -> None:
    client.open_window()
    client.post("/window", {"recipient": ADA, "open": False})

    assert client.send(text_message()).json()["error"]["code"] == 131047


def test_the_answer_names_the_recipient_as_given_and_as_known(client: Client) -> None:
    client.open_window()

    by_number = client.send(text_message()).json()
    by_bsuid = client.send(text_message(to=None, recipient=ADA_BSUID)).json()

    assert by_number["contacts"] == [
        {"input": f"+{ADA}", "wa_id": ADA, "user_id": ADA_BSUID},
    ]
    assert by_bsuid["contacts"] == [{"input": ADA_BSUID, "user_id": ADA_BSUID}]
    assert by_number["messages"][0]["id"].startswith("wamid.")


def test_what_was_accepted_is_listed_with_id_and_time(client: Client) -> None:
    client.open_window()
    client.send(text_message(to=None))
    accepted = client.send(text_message()).json()["messages"][0]["id"]

    (sent,) = client.get("/sent")
    assert sent["id"] == accepted
    assert sent["text"] == {"body": "Hello"}
    assert sent["time"].endswith("+00:00")
    assert sent["phone_number_id"] == "200300400500600"
    assert client.get(f"/sent?recipient=%2B{ADA}") == [sent]
    assert client.get("/sent?recipient=15551234567") == []
    client.delete("/sent")
    assert client.get("/sent") == []


def test_statuses_follow_and_echo_the_callback_data(
    client: Client, webhook: RecordingWebhook
) -> None:
    client.open_window()
    message_id = client.send(text_message(biz_opaque_callback_data="ref-1")).json()["messages"][0][
        "id"
    ]
    webhook.wait_for(3)

    found = statuses(webhook)
    assert {s["status"] for s in found} == {"sent", "delivered", "read"}
    assert {s["id"] for s in found} == {message_id}
    assert {s["biz_opaque_callback_data"] for s in found} == {"ref-1"}
    assert {s["recipient_id"] for s in found} == {ADA}
    assert [s["status"] for s in found if "pricing" in s] == ["delivered"]


def test_statuses_to_a_person_without_a_number_carry_the_bsuid_only(
    client: Client, webhook: RecordingWebhook
) -> None:
    bsuid = "US.123456"
    client.open_window(bsuid)
    client.send(text_message(to=None, recipient=bsuid))
    webhook.wait_for(3)

    assert all(s["recipient_user_id"] == bsuid for s in statuses(webhook))
    assert not any("recipient_id" in s for s in statuses(webhook))


def test_marketing_to_who_stopped_it_in_whatsapp_fails_later(
    client: Client, webhook: RecordingWebhook
) -> None:
    client.post("/inbound", {"from": ADA, "user_preference": "stop"})
    marketing = client.send(with_button(template_message()))
    webhook.wait_for(2)
    client.send(template_message("order_update", "1042"))
    webhook.wait_for(5)

    assert marketing.status_code == 200
    found = statuses(webhook)
    assert (found[0]["status"], found[0]["errors"][0]["code"]) == ("failed", 131050)
    assert "recipient_user_id" not in found[0]
    assert {s["status"] for s in found[1:]} == {"sent", "delivered", "read"}


def test_mark_as_read_and_typing_show_on_the_phone(client: Client) -> None:
    written = client.post("/inbound", {"from": ADA, "text": "Hello"}).json()["message_id"]
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": written}

    answer = client.send({**mark, "typing_indicator": {"type": "text"}})

    assert answer.json() == {"success": True}
    wait_for_chat(client, ADA, "read")
    assert client.get(f"/api/chat?person={ADA}")["typing"] is True
    client.send(text_message())
    assert client.get(f"/api/chat?person={ADA}")["typing"] is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"message_id": None}, 131008),
        ({"status": "delivered"}, 131009),
        ({"messaging_product": None}, 100),
        ({"typing_indicator": "yes"}, 131009),
    ],
)
def test_a_broken_mark_is_refused(client: Client, changes: dict[str, Any], code: int) -> None:
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}

    assert client.send({**mark, **changes}).json()["error"]["code"] == code


def test_health_status_and_templates_need_the_key(client: Client) -> None:
    assert client.get("/health_status")["health_status"]["can_send_message"] == "AVAILABLE"
    names = {t["name"] for t in client.get("/v1/configs/templates")["waba_templates"]}
    assert names == {"spring_offer", "order_update", "confirm_opt_in"}
    wrong = {"D360-API-KEY": "wrong"}
    for path in ("/health_status", "/v1/configs/templates", "/v1/configs/webhook"):
        assert "meta" in client.get(path, **wrong)


def test_a_template_can_be_added_and_sent(client: Client) -> None:
    added = {
        "name": "winter_sale",
        "language": "en_GB",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Hi {{1}}"}],
    }
    assert client.send(template_message("winter_sale")).status_code == 404

    assert client.post("/v1/configs/templates", added).status_code == 201
    assert client.send(template_message("winter_sale")).status_code == 200
    assert client.post("/v1/configs/templates", {"name": "x"}).json()["error"]["code"] == 100


def test_a_registered_webhook_gets_the_notifications_with_its_headers(
    client: Client, webhook: RecordingWebhook
) -> None:
    with RecordingWebhook() as other:
        registered = {"url": other.url, "headers": {"X-Secret": "s3cret"}}
        assert client.post("/v1/configs/webhook", registered).json() == registered
        assert client.get("/v1/configs/webhook") == registered

        answer = client.post("/inbound", {"from": ADA, "text": "STOP"}).json()

        assert answer["status"] == 200
        headers, _ = other.requests()[0]
        assert headers["X-Secret"] == "s3cret"
        assert "Authorization" not in headers
        assert webhook.requests() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://x"},
        {"url": "http://x", "headers": {"A": "b\r\nc"}},
        {"url": "http://x", "headers": []} | {"headers": ["x"]},
    ],
)
def test_a_broken_webhook_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.post("/v1/configs/webhook", body).status_code == 400


@pytest.fixture
def two_numbers(webhook: RecordingWebhook) -> Iterator[Client]:
    numbers = (
        BusinessNumber("1", "15550000001", "key-one"),
        BusinessNumber("2", "15550000002", "key-two"),
    )
    config = SandboxConfig(port=0, webhook_url=webhook.url, numbers=numbers, enforce_rates=True)
    with start(config) as running:
        yield Client(running.url)


def test_each_key_sends_from_its_own_number_with_its_own_window(two_numbers: Client) -> None:
    two_numbers.post("/inbound", {"from": ADA, "text": "hi", "phone_number_id": "2"})

    one = two_numbers.post("/messages", text_message(), **{"D360-API-KEY": "key-one"})
    two = two_numbers.post("/messages", text_message(), **{"D360-API-KEY": "key-two"})

    assert (one.status_code, two.status_code) == (400, 200)
    assert two_numbers.get("/sent")[0]["phone_number_id"] == "2"


def test_the_pair_limit_stops_the_forty_sixth_message(two_numbers: Client) -> None:
    key = {"D360-API-KEY": "key-one"}
    two_numbers.open_window()
    answers = [two_numbers.post("/messages", text_message(), **key) for _ in range(46)]

    assert [a.status_code for a in answers[:45]] == [200] * 45
    assert answers[45].json()["error"]["code"] == 131056
