"""A STOP from the webhook to the gate, with a real Redis and the real jobs."""

import time

from flask.testing import FlaskClient

from app.runtime import Runtime
from app.store import keys
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.working import apply_commands


def ask_gate(client: FlaskClient, topic: str = "offers") -> dict[str, object]:
    body = {"recipients": [ADA], "topic": topic}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json
    result: dict[str, object] = answer.json["results"][0]
    return result


def test_a_stop_is_refused_from_the_moment_of_the_answer(
    client: FlaskClient, runtime: Runtime
) -> None:
    body = notification(text_message("STOP"))

    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)

    assert answer.status_code == 200
    assert answer.json == {"received": 1, "commands": 1, "ignored": 0}
    assert ask_gate(client) == {"recipient": ADA, "allowed": False, "reason": "held", "until": None}

    apply_commands(runtime)

    assert ask_gate(client)["reason"] == "opted_out"
    view = client.get(f"/v1/recipients/+{ADA}", headers=API_HEADERS).json
    assert view["messages"] == "opted_out"
    assert view["held"] is False
    assert view["revision"] == 1


def test_a_redelivery_after_a_later_start_neither_holds_nor_stops(
    client: FlaskClient, runtime: Runtime
) -> None:
    # A second earlier: within one second STOP would win over the change.
    stop = notification(text_message("STOP", timestamp=str(int(time.time()) - 1)))
    client.post("/webhooks/360dialog", json=stop, headers=WEBHOOK_HEADERS)
    apply_commands(runtime)
    change = {"messages": "opted_in", "evidence": {"reason": "asked in the shop"}}
    client.patch(f"/v1/recipients/{ADA}", json=change, headers=API_HEADERS)

    client.post("/webhooks/360dialog", json=stop, headers=WEBHOOK_HEADERS)

    assert ask_gate(client)["allowed"] is True
    apply_commands(runtime)
    assert ask_gate(client)["allowed"] is True
    assert runtime.inbox.size() == 0


def test_what_is_done_leaves_nothing_behind(client: FlaskClient, runtime: Runtime) -> None:
    for text in ("STOP", "HELP", "START", "PAUSE", "good morning"):
        body = notification(text_message(text))
        client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)

    apply_commands(runtime)

    left = {key.decode() for key in runtime.redis.scan_iter("heed:*")}
    assert keys.INBOX_ENTRIES not in left
    assert keys.INBOX_DUE not in left
    assert keys.INBOX_ATTEMPTS not in left
    assert not {key for key in left if key.endswith(":holds")}
    assert not list(runtime.redis.scan_iter("rq:job:apply-*"))


def test_a_status_that_matters_to_nobody_costs_no_redis_call(
    client: FlaskClient, runtime: Runtime
) -> None:
    status = {
        "id": "wamid.x",
        "status": "delivered",
        "timestamp": "1795176000",
        "recipient_id": ADA,
    }
    body = notification(statuses=[status])
    runtime.queues.prepare()
    before = runtime.redis.info("commandstats")

    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)

    assert answer.json == {"received": 1, "commands": 0, "ignored": 1}
    after = runtime.redis.info("commandstats")
    changed = {name for name in after if after[name] != before.get(name)} - {"cmdstat_info"}
    # The sums of the metrics are handed on once a second, for all notifications together.
    assert changed <= {"cmdstat_hincrbyfloat"}


def test_a_command_costs_one_round_trip(client: FlaskClient, runtime: Runtime) -> None:
    runtime.queues.prepare()
    client.post(
        "/webhooks/360dialog", json=notification(text_message("STOP")), headers=WEBHOOK_HEADERS
    )
    before = runtime.redis.info("commandstats")["cmdstat_exec"]["calls"]

    client.post(
        "/webhooks/360dialog", json=notification(text_message("STOP")), headers=WEBHOOK_HEADERS
    )

    assert runtime.redis.info("commandstats")["cmdstat_exec"]["calls"] == before + 1
