"""What is counted: each thing once, from the person's message to the confirmation on their phone."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app import create_app, metrics
from app.runtime import Runtime
from app.store.metrics import RedisMetrics
from tests.builders import ADA, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.contract.dialog360.fake_api import FakeAPI, run_fake_api
from tests.working import apply_commands, work
from workers.jobs import confirm_job


@pytest.fixture(scope="module")
def api() -> Iterator[FakeAPI]:
    with run_fake_api() as running:
        accepted = {"messages": [{"id": "wamid.accepted"}]}
        running.behavior = lambda handler: handler.answer(200, accepted)
        yield running


@pytest.fixture(scope="module")
def sending_app(session_environ: dict[str, str], api: FakeAPI) -> Flask:
    return create_app({**session_environ, "D360_BASE_URL": api.url})


@pytest.fixture
def sending(sending_app: Flask, redis: Redis) -> Runtime:
    runtime: Runtime = sending_app.extensions["heed"]
    runtime.metrics.flush()
    redis.flushall()
    return runtime


def write(app: Flask, *messages: dict[str, Any], **value: Any) -> None:
    body = notification(*messages, **value)
    answer = app.test_client().post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def scrape(app: Flask) -> dict[str, float]:
    """Return each series of the page, without the buckets."""
    text = app.test_client().get("/metrics").text
    found = re.findall(r"(?m)^(heed_\S+) (\S+)$", text)
    return {name: float(value) for name, value in found if "_bucket" not in name}


def some_seconds_ago(text: str, seconds: int) -> dict[str, Any]:
    return text_message(text, timestamp=str(int(time.time()) - seconds))


def test_a_stop_is_timed_from_the_message_to_the_phone(
    sending_app: Flask, sending: Runtime, api: FakeAPI
) -> None:
    written = some_seconds_ago("STOP", 100)
    write(sending_app, written)
    work(sending)
    confirmation_id = str(api.received[-1].body["biz_opaque_callback_data"]).removeprefix("heed:")
    delivered = {
        "id": "wamid.accepted",
        "status": "delivered",
        "timestamp": str(int(written["timestamp"]) + 130),
        "recipient_id": ADA,
        "biz_opaque_callback_data": f"heed:{confirmation_id}",
    }
    write(sending_app, statuses=[delivered])
    work(sending)
    # Everything once more: a redelivery, a job that runs again, a report that comes twice.
    write(sending_app, statuses=[delivered])
    confirm_job(confirmation_id)
    work(sending)

    seen = scrape(sending_app)

    assert seen["heed_accept_seconds_count"] == seen["heed_enforce_seconds_count"] == 1
    assert 100 <= seen["heed_enforce_seconds_sum"] < 160
    assert seen["heed_confirm_seconds_count"] == seen["heed_sent_seconds_count"] == 1
    assert seen["heed_sent_seconds_sum"] >= 100
    assert seen["heed_confirm_seconds_sum"] < 60
    assert seen["heed_delivered_seconds_count"] == 1
    assert seen["heed_delivered_seconds_sum"] == 130
    assert seen['heed_confirmation_reports_total{status="delivered"}'] == 1


def test_what_restricts_nothing_is_accepted_and_not_enforced(
    sending_app: Flask, sending: Runtime
) -> None:
    write(sending_app, some_seconds_ago("START", 10), some_seconds_ago("hello", 10))

    seen = scrape(sending_app)

    assert seen["heed_accept_seconds_count"] == 1
    assert seen["heed_enforce_seconds_count"] == 0


def test_a_refused_confirmation_is_no_duration(
    sending_app: Flask, sending: Runtime, api: FakeAPI
) -> None:
    usual = api.behavior
    api.behavior = lambda handler: handler.answer(401, {"meta": {"http_code": 401}})
    write(sending_app, some_seconds_ago("STOP", 10))
    work(sending)
    api.behavior = usual

    seen = scrape(sending_app)

    assert seen["heed_sent_seconds_count"] == seen["heed_confirm_seconds_count"] == 0
    assert sum(one for name, one in seen.items() if 'state="failed"' in name) == 1


def test_refusals_are_counted_by_reason(client: FlaskClient, app: Flask, runtime: Runtime) -> None:
    write(app, text_message("STOP"))
    ask = {"recipients": [ADA, "15550001111"], "topic": "orders"}
    client.post("/v1/check", json=ask, headers=API_HEADERS)
    apply_commands(runtime)
    client.post("/v1/check", json=ask, headers=API_HEADERS)

    seen = scrape(app)

    counted = {name: one for name, one in seen.items() if name.startswith("heed_checks")}
    assert counted == {
        'heed_checks_total{reason="held"}': 1,
        'heed_checks_total{reason="allowed"}': 2,
        'heed_checks_total{reason="opted_out"}': 1,
    }


def test_the_state_of_redis_is_told(app: Flask, redis: Redis) -> None:
    redis.config_set("maxmemory-policy", "allkeys-lru")
    evicting = scrape(app)
    redis.config_set("maxmemory-policy", "noeviction")
    kept = scrape(app)

    assert (evicting["heed_redis_evicts"], kept["heed_redis_evicts"]) == (1, 0)
    assert kept["heed_redis_memory_bytes"] > 0
    assert kept["heed_redis_memory_limit_bytes"] == 0
    assert kept["heed_redis_append_only"] in {0, 1}


def test_limits_of_histograms_are_written_as_prometheus_writes_them(app: Flask) -> None:
    text = app.test_client().get("/metrics").text

    limits = re.findall(r'heed_apply_seconds_bucket\{le="([^"]+)"\}', text)

    assert limits[-1] == "+Inf"
    assert all(str(float(one)) == one for one in limits[:-1])
    assert [float(one) for one in limits] == sorted(float(one) for one in limits)


class Unsure(RedisMetrics):
    """Does what it is asked or not, and says each time that it failed, until it is well."""

    takes, is_well = False, False

    def add(self, values: Any, *, source: str, batch: int) -> None:
        if self.takes or self.is_well:
            super().add(values, source=source, batch=batch)
        if not self.is_well:
            raise ConnectionError


@pytest.mark.parametrize("takes", [False, True], ids=["not taken", "the answer is lost"])
def test_processes_add_up_and_nothing_is_counted_twice_or_lost(redis: Redis, takes: bool) -> None:
    store = Unsure(redis)
    store.takes = takes
    first, second = metrics.Metrics(store), metrics.Metrics(RedisMetrics(redis))
    first.count(metrics.CHECKS, "held", by=3)
    first.flush()
    first.count(metrics.CHECKS, "held")
    first.flush()
    second.count(metrics.CHECKS, "held")
    second.observe(metrics.APPLY_SECONDS, 0.3)
    second.observe(metrics.APPLY_SECONDS, -1)
    second.flush()
    store.is_well = True
    first.count(metrics.CHECKS, "held")
    first.flush()
    first.flush()

    assert store.read() == {
        "heed_checks|held": 6,
        "heed_apply_seconds_bucket|0.5": 1,
        "heed_apply_seconds_bucket|0.005": 1,
        "heed_apply_seconds_sum": 0.3,
    }
