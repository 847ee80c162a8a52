"""A STOP from the webhook to the gate, with a real Redis and the real jobs."""

from flask.testing import FlaskClient
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from app.queues import ALL_QUEUES
from app.runtime import Runtime
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from workers import set_runtime


def work(runtime: Runtime) -> None:
    """Do all jobs that wait, in this process."""
    set_runtime(runtime)
    for name in ALL_QUEUES:
        queue = Queue(name, connection=runtime.redis, serializer=JSONSerializer)
        SimpleWorker([queue], connection=runtime.redis, serializer=JSONSerializer).work(burst=True)


def check(client: FlaskClient, topic: str = "offers") -> dict[str, object]:
    body = {"recipients": [ADA], "topic": topic}
    answer = client.post("/v1/check", json=body, headers=API_HEADERS)
    assert answer.status_code == 200, answer.json
    result: dict[str, object] = answer.json["results"][0]
    return result


def test_a_stop_is_refused_from_the_moment_of_the_answer(
    client: FlaskClient, runtime: Runtime
) -> None:
    answer = client.post(
        "/webhooks/360dialog", json=notification(text_message("STOP")), headers=WEBHOOK_HEADERS
    )

    assert answer.status_code == 200
    assert answer.json == {"received": 1, "commands": 1, "ignored": 0}
    assert check(client) == {"recipient": ADA, "allowed": False, "reason": "held", "until": None}

    work(runtime)

    assert check(client)["reason"] == "opted_out"
    view = client.get(f"/v1/recipients/+{ADA}", headers=API_HEADERS).json
    assert view["messages"] == "opted_out"
    assert view["held"] is False
    assert view["revision"] == 1
