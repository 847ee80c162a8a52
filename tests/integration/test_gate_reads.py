"""How the gate reads: a few round trips for many people, and nobody slips between two of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Connection, ConnectionPool, Redis

from app.domain.permission import Purpose, Reason
from app.domain.recipients import Recipient, RecipientError
from app.gate import Gate
from app.runtime import Runtime
from app.store.connection import StoreError
from app.store.preferences import RedisPreferences
from app.usecases.check import UnknownTopicError
from tests.builders import ADA, ADA_BSUID, WEBHOOK_HEADERS, notification, text_message
from tests.meta.tree import ROOT
from tests.working import apply_commands

BUSINESS_FILE = ROOT / "config" / "business.toml"
BOTH: dict[str, Any] = {
    "contacts": [{"wa_id": ADA, "user_id": ADA_BSUID, "profile": {"name": "Ada"}}]
}


class CountingConnection(Connection):  # type: ignore[misc]
    """Counts how often the client writes before it waits for an answer."""

    writes = 0

    def send_packed_command(self, *args: Any, **options: Any) -> None:
        type(self).writes += 1
        super().send_packed_command(*args, **options)


@pytest.fixture
def counted(redis: Redis, redis_url: str) -> Iterator[RedisPreferences]:
    options = Redis.from_url(redis_url).connection_pool.connection_kwargs
    pool = ConnectionPool(connection_class=CountingConnection, **options)
    with Redis(connection_pool=pool) as client:
        client.ping()
        CountingConnection.writes = 0
        yield RedisPreferences(client)
    pool.disconnect()


def write(client: FlaskClient, text: str, **message: Any) -> None:
    body = notification(text_message(text, **message), **BOTH)
    answer = client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    assert answer.status_code == 200


def test_ten_thousand_people_take_one_round_trip(
    runtime: Runtime, counted: RedisPreferences
) -> None:
    gate = Gate(replace(runtime.checker, preferences=counted), runtime.clock)

    answers = gate.may_send_many([f"4477{number:08d}" for number in range(10_000)], "orders")

    assert len(answers) == 10_000
    assert all(answer.allowed for answer in answers)
    assert CountingConnection.writes == 1


def test_people_with_two_ids_take_three_more_round_trips_in_all(
    client: FlaskClient, runtime: Runtime, counted: RedisPreferences
) -> None:
    write(client, "STOP", from_user_id=ADA_BSUID)
    apply_commands(runtime)
    gate = Gate(replace(runtime.checker, preferences=counted), runtime.clock)
    asked = [ADA_BSUID, ADA, *(f"4477{number:08d}" for number in range(1_000))]

    answers = gate.may_send_many(asked, "orders")

    assert [one.reason for one in answers[:3]] == [Reason.OPTED_OUT, Reason.OPTED_OUT, None]
    assert CountingConnection.writes <= 4


class Interrupted:
    """A client of the real Redis between whose commands, one at a time, something happens."""

    def __init__(self, redis: Redis, at: int, happen: Callable[[], None]) -> None:
        self._redis, self._at, self._happen = redis, at, happen
        self._commands: list[Callable[[], Any]] = []
        self.done = 0

    def pipeline(self, *, transaction: bool) -> "Interrupted":
        assert not transaction
        self._commands = []
        return self

    def execute(self) -> list[Any]:
        return [self._run(command) for command in self._commands]

    def __getattr__(self, name: str) -> Callable[..., None]:
        def add(*args: Any) -> None:
            self._commands.append(lambda: getattr(self._redis, name)(*args))

        return add

    def _run(self, command: Callable[[], Any]) -> Any:
        if self.done == self._at:
            self._happen()
        self.done += 1
        return command()


@pytest.mark.parametrize("moment", range(14))
@pytest.mark.parametrize(
    ("ids", "asked"),
    [
        pytest.param({}, Recipient(wa_id=ADA), id="phone"),
        pytest.param({"from_user_id": ADA_BSUID}, Recipient(wa_id=ADA), id="both, by phone"),
        pytest.param({"from_user_id": ADA_BSUID}, Recipient(bsuid=ADA_BSUID), id="both, by BSUID"),
        pytest.param(
            {"from": None, "from_user_id": ADA_BSUID}, Recipient(wa_id=ADA), id="BSUID, by phone"
        ),
    ],
)
def test_a_stop_that_is_applied_while_the_gate_reads_shows(
    client: FlaskClient,
    runtime: Runtime,
    ids: dict[str, Any],
    asked: Recipient,
    moment: int,
    now: datetime,
) -> None:
    """The hold goes when the register is written; a reader must see one of the two."""
    write(client, "START", from_user_id=ADA_BSUID, timestamp=str(int(now.timestamp()) - 60))
    apply_commands(runtime)
    body = notification(text_message("STOP", **ids))
    client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    reader = Interrupted(runtime.redis, moment, lambda: apply_commands(runtime))

    view = RedisPreferences(reader).view_many([asked])[0]

    assert view.holds or view.preferences.messages == "opted_out"


def test_the_python_function_answers_like_the_route(
    client: FlaskClient, runtime: Runtime, redis_url: str
) -> None:
    write(client, "STOP")
    gate = Gate.connect(redis_url, BUSINESS_FILE)

    refused = gate.may_send("+44 7700 900123", "offers")

    assert not refused.allowed
    assert refused.reason is Reason.HELD
    assert gate.may_send(ADA, purpose=Purpose.REPLY).allowed
    assert gate.may_send("447700900999", "orders").allowed
    assert gate.may_send("447700900999").reason is Reason.NOT_OPTED_IN
    assert gate.may_send("447700900999", "utility").allowed
    assert runtime.gate.may_send(ADA).reason is Reason.HELD
    with pytest.raises(RecipientError):
        gate.may_send("nobody")
    with pytest.raises(UnknownTopicError):
        gate.may_send(ADA, "weather")


def test_the_python_function_never_guesses_without_redis() -> None:
    gate = Gate.connect("redis://127.0.0.1:9/0", BUSINESS_FILE)

    with pytest.raises(StoreError):
        gate.may_send(ADA, "offers")
