"""Each fault that can be switched on, over HTTP."""

import time
from threading import Thread
from typing import Any

import pytest
import requests

from benchmarks.service import eventually
from sandbox.errors import error_names
from sandbox.faults import FAULT_KINDS
from sandbox.server import RunningSandbox
from tests.unit.sandbox.client import ADA, ADA_BSUID, KEY, Client, text_message
from tests.unit.sandbox.webhook import RecordingWebhook


def fault(client: Client, **body: Any) -> None:
    assert client.post("/faults", body).status_code == 201


def send_impatiently(client: Client, seconds: float) -> requests.Response:
    url = f"{client.url}/messages"
    return requests.post(url, json=text_message(), headers=KEY, timeout=seconds)


@pytest.fixture(autouse=True)
def window(client: Client) -> None:
    client.open_window()


@pytest.mark.parametrize("name", error_names())
def test_every_named_error_is_answered_and_nothing_is_accepted(client: Client, name: str) -> None:
    fault(client, kind="error", error=name, times=1)

    failed = client.send(text_message())

    assert failed.status_code >= 400 or name == "no_id"
    if name.isdigit() and int(name) > 503:
        assert failed.json()["error"]["code"] == int(name)
    assert client.get("/sent") == []
    assert client.send(text_message()).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "path", "value"),
    [
        ("131056", 400, ("error", "code"), 131056),
        ("2", 503, ("error", "code"), 2),
        ("401", 401, ("meta", "developer_message"), "Invalid api_key"),
        ("d360_rate_limit", 400, ("meta", "http_code"), 400),
        ("429", 429, ("error",), "Too many requests"),
        ("500", 500, ("meta", "http_code"), 500),
    ],
)
def test_errors_have_the_documented_status_and_shape(
    client: Client, name: str, status: int, path: tuple[str, ...], value: object
) -> None:
    fault(client, kind="error", error=name)

    answer = client.send(text_message())

    found = answer.json()
    for key in path:
        found = found[key]
    assert (answer.status_code, found) == (status, value)


def test_an_error_can_come_as_html_and_with_retry_after(client: Client) -> None:
    fault(client, kind="error", error="html", times=1)
    fault(client, kind="error", error="429", retry_after=7)

    html = client.send(text_message())
    throttled = client.send(text_message())

    assert html.headers["Content-Type"].startswith("text/html")
    assert throttled.headers["Retry-After"] == "7"


def test_slow_answers_late_and_accepts(client: Client) -> None:
    fault(client, kind="slow", seconds=0.5, times=1)

    with pytest.raises(requests.exceptions.ReadTimeout):
        send_impatiently(client, 0.1)
    eventually(lambda: len(client.get("/sent")) == 1, what="a message that is accepted late")

    fault(client, kind="slow", seconds=0.1, times=1)
    assert client.send(text_message()).status_code == 200


def test_hang_never_answers_and_accepts_nothing(client: Client) -> None:
    fault(client, kind="hang", seconds=30)

    with pytest.raises(requests.exceptions.ReadTimeout):
        send_impatiently(client, 0.3)

    assert client.get("/sent") == []


def test_hang_after_accept_never_answers_and_accepts(client: Client) -> None:
    fault(client, kind="hang_after_accept", seconds=30)

    with pytest.raises(requests.exceptions.ReadTimeout):
        send_impatiently(client, 0.3)

    assert len(client.get("/sent")) == 1


def test_cut_accepts_sends_statuses_and_ends_the_connection(
    client: Client, webhook: RecordingWebhook
) -> None:
    fault(client, kind="cut", times=1)

    with pytest.raises(requests.exceptions.ConnectionError):
        client.send(text_message())

    assert len(client.get("/sent")) == 1
    webhook.wait_for(3)


def test_drop_ends_the_connection_and_accepts_nothing(client: Client) -> None:
    fault(client, kind="drop", times=1)

    with pytest.raises(requests.exceptions.ConnectionError):
        client.send(text_message())

    assert client.get("/sent") == []


def test_refused_statuses_never_come(client: Client, webhook: RecordingWebhook) -> None:
    fault(client, kind="refuse_statuses", times=1)

    assert client.send(text_message()).status_code == 200
    time.sleep(0.3)
    assert webhook.requests() == []


@pytest.mark.parametrize("code", [131050, 131026, 131049])
def test_a_message_fails_after_it_was_accepted(
    client: Client, webhook: RecordingWebhook, code: int
) -> None:
    fault(client, kind="fail_status", error=str(code))

    assert client.send(text_message(biz_opaque_callback_data="r")).status_code == 200
    (body,) = webhook.wait_for(1)

    value = body["entry"][0]["changes"][0]["value"]
    (status,) = value["statuses"]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", code)
    assert status["biz_opaque_callback_data"] == "r"
    assert "contacts" not in value


@pytest.mark.parametrize("form", [ADA, f"+{ADA}", ADA_BSUID])
def test_a_fault_can_concern_one_recipient(client: Client, form: str) -> None:
    fault(client, kind="error", error="131026", recipient=form)
    client.open_window("15551234567")

    assert client.send(text_message(to="+15551234567")).status_code == 200
    assert client.send(text_message()).status_code == 400
    assert client.send(text_message(to=None, recipient=ADA_BSUID)).status_code == 400


def test_times_count_down_and_clearing_ends_all(client: Client) -> None:
    fault(client, kind="error", error="500", times=2)

    codes = [client.send(text_message()).status_code for _ in range(3)]

    assert codes == [500, 500, 200]
    assert client.get("/faults")[0]["hits"] == 2
    fault(client, kind="error", error="500")
    client.delete("/faults")
    assert client.get("/faults") == []
    assert client.send(text_message()).status_code == 200


def test_faults_of_sending_leave_marks_and_health_alone(client: Client) -> None:
    fault(client, kind="error", error="500", times=1)
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}

    assert client.send(mark).status_code == 200
    fault(client, kind="error", error="131000", on="read", times=1)
    assert client.send(mark).status_code == 500
    fault(client, kind="error", error="503", on="health", times=1)
    assert client.get("/health_status")["meta"]["http_code"] == 503
    fault(client, kind="health_blocked", times=1)
    assert client.get("/health_status")["health_status"]["can_send_message"] == "BLOCKED"
    assert client.get("/health_status")["health_status"]["can_send_message"] == "AVAILABLE"


def test_stopping_lets_go_of_what_hangs(running: RunningSandbox, client: Client) -> None:
    fault(client, kind="hang", seconds=600)
    with pytest.raises(requests.exceptions.ReadTimeout):
        send_impatiently(client, 0.1)
    stopping = Thread(target=running.world.stop, daemon=True)

    stopping.start()
    stopping.join(60)

    assert not stopping.is_alive()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "kind"),
        ({"kind": "explode"}, "kind"),
        ({"kind": ["slow"]}, "kind"),
        ({"kind": "error"}, "error"),
        ({"kind": "error", "error": "999999"}, "error"),
        ({"kind": "fail_status", "error": "500"}, "error"),
        ({"kind": "slow", "seconds": "long"}, "seconds"),
        ({"kind": "slow", "seconds": -1}, "seconds"),
        ({"kind": "slow", "seconds": 1e9}, "seconds"),
        ({"kind": "cut", "times": 0}, "times"),
        ({"kind": "cut", "times": True}, "times"),
        ({"kind": "cut", "recipient": "Ada"}, "recipient"),
        ({"kind": "cut", "on": "moon"}, "on"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_words(
    client: Client, body: dict[str, Any], says: str
) -> None:
    answer = client.post("/faults", body)

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(says)


def test_every_kind_says_what_it_does() -> None:
    assert all(FAULT_KINDS.values())
