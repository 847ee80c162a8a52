"""From a STOP at the webhook to other systems; and what people see of it when one is stuck."""

import functools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from redis import Redis

from app import create_app
from app.domain.deliveries import Answer, after_failure
from app.runtime import Runtime
from app.store.access import Access
from app.usecases.deliver import resume, tidy
from tests.builders import ADA, WEBHOOK_HEADERS, notification, text_message
from tests.integration.console.desk import USERS, Desk, accesses
from tests.integration.deliveries.endpoints import entry, write_business
from tests.receivers import SECRET, Receiver, running
from tests.working import work
from workers.deliveries import senders_of, stop_senders
from workers.schedule import sweep_once
from workers.senders import Senders


@pytest.fixture(scope="module")
def crm() -> Iterator[Receiver]:
    with running(Receiver()) as one:
        yield one


@functools.cache
def _app_of(environ: tuple[tuple[str, str], ...]) -> Flask:
    return create_app(dict(environ))


@pytest.fixture(scope="module")
def business_file(tmp_path_factory: pytest.TempPathFactory, crm: Receiver) -> Path:
    folder = tmp_path_factory.mktemp("business")
    return write_business(folder, entry("crm", crm.port), entry("shop", 9, types=["opted_in"]))


@pytest.fixture
def app(environ: dict[str, str], redis: Redis, business_file: Path, crm: Receiver) -> Flask:
    crm.got.clear()
    crm.answer = lambda _: (204, {})
    environ |= {
        "BUSINESS_FILE": str(business_file),
        "ENDPOINT_SECRET_TESTS": SECRET,
        "CONSOLE_USERS": USERS,
    }
    return _app_of(tuple(environ.items()))


@pytest.fixture
def at_work(runtime: Runtime) -> Iterator[Callable[[], None]]:
    """Let schedule and workers do what there is to do."""

    def do() -> None:
        sweep_once(runtime)
        work(runtime)
        assert senders_of(runtime).wait(20)

    do()
    yield do
    stop_senders(10)


def hear(app: Flask, text: str, *, seconds_ago: int = 0) -> None:
    body = notification(text_message(text, timestamp=str(int(time.time()) - seconds_ago)))
    answer = app.test_client().post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def test_a_stop_reaches_the_other_system(
    app: Flask, runtime: Runtime, crm: Receiver, at_work: Callable[[], None]
) -> None:
    hear(app, "STOP")
    at_work()
    at_work()

    (event,) = crm.got
    assert (event["type"], event["recipient"]) == ("opted_out", ADA)
    assert event["after"]["messages"] == "opted_out"
    # The feed has the same, word for word.
    assert [one.to_json() for one in runtime.feed.read("0-0", most=10)] == crm.got
    # The other endpoint did not ask for this type.
    assert runtime.deliveries.lanes.counts("shop", runtime.clock()).waiting == 0
    page = app.test_client().get("/metrics").text
    assert 'heed_deliveries_total{endpoint="crm",outcome="delivered"}' in page
    assert 'heed_deliveries_waiting{endpoint="crm"} 0.0' in page


@pytest.fixture
def stuck(
    app: Flask, runtime: Runtime, crm: Receiver, at_work: Callable[[], None]
) -> Callable[[], None]:
    """Let one event be a dead letter, and the endpoint be paused."""
    crm.answer = lambda _: (500, {})
    # WhatsApp's clock has whole seconds: a START within this one would change nothing.
    hear(app, "STOP", seconds_ago=10)
    at_work()
    at_work()
    later = runtime.clock() + timedelta(days=8)
    deliverer = runtime.deliveries.deliverer
    assert runtime.deliveries.dead.bury_old("crm", later, later) == 1
    assert tidy("crm", deliverer=deliverer) == 0
    began = runtime.clock()
    for minutes in range(0, 120, 10):
        moment = began + timedelta(minutes=minutes)
        health, version = deliverer.health.load("crm")
        failed = after_failure(health, Answer(500), moment, lane=f"lane {minutes}")
        assert deliverer.health.save("crm", failed, version)
    crm.answer = lambda _: (204, {})
    return at_work


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


@pytest.mark.usefixtures("stuck")
def test_nothing_personal_is_logged(
    app: Flask, at_work: Callable[[], None], runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    """The fixture has let deliveries fail and an event be given up; this lets one succeed."""
    caplog.set_level("DEBUG")
    resume("crm", deliverer=runtime.deliveries.deliverer)
    hear(app, "START")
    at_work()
    at_work()

    said = str([vars(record) for record in [*caplog.records, *caplog.get_records("setup")]])
    assert "delivery.delivered" in said
    assert "delivery.failed" in said
    assert ADA not in said
    assert SECRET.removeprefix("whsec_") not in said
    jobs = b"".join(runtime.redis.keys("rq:*")).decode()
    assert ADA not in jobs


@pytest.mark.usefixtures("stuck")
def test_the_command_line_shows_and_mends(
    app: Flask, crm: Receiver, at_work: Callable[[], None]
) -> None:
    crm_row, shop_row = json.loads(_run(app, "deliveries", "list", "--json").stdout)
    assert (crm_row["state"], crm_row["dead"], shop_row["state"]) == ("paused", 1, "open")
    (letter,) = crm_row["dead_letters"]
    assert (letter["recipient"], letter["type"]) == ("+44•••••0123", "opted_out")
    shown = _run(app, "deliveries", "list", "crm").stdout
    assert letter["id"] in shown
    assert ADA not in shown
    assert "paused after failing for long" in _run(app, "doctor").stdout
    assert _run(app, "deliveries", "retry", "crm").exit_code == 2
    assert _run(app, "deliveries", "retry", "nobody", "--all").exit_code == 2

    assert _run(app, "deliveries", "retry", "crm", letter["id"]).stdout.startswith("1 dead")
    assert _run(app, "deliveries", "resume", "crm").exit_code == 0
    at_work()

    assert [event["id"] for event in crm.got] == [letter["id"]]
    assert json.loads(_run(app, "deliveries", "list", "--json").stdout)[0]["state"] == "open"


@pytest.mark.usefixtures("stuck")
def test_a_dead_letter_is_dropped_after_a_question(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["deliveries", "drop", "crm", "--all"], input="n\n")
    assert refused.exit_code == 1
    assert _run(app, "deliveries", "drop", "crm", "--all", "--yes").stdout.startswith("1 dead")

    assert json.loads(_run(app, "deliveries", "list", "--json").stdout)[0]["dead"] == 0


@pytest.fixture
def boss(app: Flask) -> Desk:
    desk = Desk(app.test_client())
    assert desk.log_in("boss").status_code == 303
    return desk


@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize("language", ["en", "de", "es", "ar"])
def test_the_console_shows_endpoints_and_dead_letters(boss: Desk, language: str) -> None:
    boss.client.set_cookie("heed_console_language", language, path="/console")

    page = boss.get("/console/deliveries")

    assert page.status_code == 200
    assert "+44•••••0123" in page.text
    assert ADA not in page.text
    assert "status_500" in page.text
    assert "deliveries." not in page.text  # a text that is missing stands for itself


@pytest.mark.usefixtures("stuck")
def test_the_console_retries_and_resumes(
    boss: Desk, runtime: Runtime, crm: Receiver, at_work: Callable[[], None]
) -> None:
    boss.get("/console/deliveries")
    (letter,) = runtime.deliveries.dead.list("crm")

    for path, fields in (("retry", {"id": letter.id}), ("resume", {})):
        answer = boss.post(f"/console/deliveries/crm/{path}", **fields)
        assert answer.status_code == 303
    assert "gets what waits" in boss.get("/console/deliveries").text
    at_work()

    assert [event["id"] for event in crm.got] == [letter.id]
    assert accesses(runtime)[0] == ("boss", Access.DELIVERED)
    gone = boss.post("/console/deliveries/crm/retry", id=letter.id)
    assert "somebody was faster" in boss.get(gone.location).text


@pytest.mark.usefixtures("stuck")
def test_only_administrators_with_their_form_may(app: Flask, boss: Desk, runtime: Runtime) -> None:
    agent = Desk(app.test_client())
    agent.log_in("ada")

    assert agent.get("/console/deliveries").status_code == 403
    assert agent.post("/console/deliveries/crm/retry").status_code == 403
    assert boss.client.get("/console/deliveries/crm/retry").status_code in {404, 405}
    without = boss.client.post("/console/deliveries/crm/retry", data={"id": ""})
    assert without.status_code in {400, 403}
    assert boss.post("/console/deliveries/nobody/retry").status_code == 404
    assert runtime.deliveries.lanes.counts("crm", runtime.clock()).dead == 1


def test_readiness_tells_of_a_closed_endpoint_and_stays_ready(
    app: Flask, stuck: Callable[[], None]
) -> None:
    checks = app.test_client().get("/readyz").json["checks"]

    assert checks["endpoints"]["ok"] is True
    assert checks["endpoints"]["seen"] == "crm is paused"


def test_a_slow_endpoint_delays_no_other(runtime: Runtime, app: Flask) -> None:
    """Each has threads of its own; the job itself waits for none of them."""
    crm, shop = runtime.deliveries.endpoints
    done: list[str] = []

    def deliver(endpoint: Any) -> bool:
        if endpoint is shop:
            time.sleep(0.5)
        done.append(endpoint.id)
        return False

    senders = Senders(deliver)
    senders.wake(shop, 10)
    senders.wake(crm, 1)
    assert senders.wait(10)

    assert done[0] == "crm"
    assert done.count("shop") == 4  # so many at a time, and no more
