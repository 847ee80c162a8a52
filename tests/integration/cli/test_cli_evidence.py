"""Whoever edits the proof in Redis is noticed, wherever in the chain."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from app.domain.evidence import seal
from app.runtime import Runtime
from app.store import keys
from tests.builders import ADA
from tests.integration.cli.conftest import Run

BOB = "447700900124"
WHY = ("--reason", "asked by phone")
EVIDENCE = keys.evidence_key(f"wa.{ADA}")
RECORD = keys.preferences_key(f"wa.{ADA}")


@pytest.fixture(autouse=True)
def _people(run: Run) -> None:
    for person in (ADA, BOB):
        for command in ("opt-in", "opt-out", "opt-in"):
            assert run("recipients", command, person, *WHY).exit_code == 0


def entry_at(redis: Redis, position: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(redis.lindex(EVIDENCE, position))
    return found


def edit_reason(redis: Redis) -> None:
    entry = entry_at(redis, 1)
    entry["event"]["proof"]["reason"] = "never said so"
    redis.lset(EVIDENCE, 1, json.dumps(entry))


def remove_entry(redis: Redis) -> None:
    redis.lset(EVIDENCE, 1, "gone")
    redis.lrem(EVIDENCE, 1, "gone")


def insert_entry(redis: Redis) -> None:
    first = redis.lindex(EVIDENCE, 0)
    redis.linsert(EVIDENCE, "AFTER", first, json.dumps(seal({"at": 1}, json.loads(first)["hash"])))


def cut_end(redis: Redis) -> None:
    redis.rpop(EVIDENCE)


def write_nonsense(redis: Redis) -> None:
    redis.lset(EVIDENCE, 2, b"\xff[")


@pytest.mark.parametrize(
    ("tamper", "entry"),
    [
        pytest.param(edit_reason, 2, id="edited"),
        pytest.param(remove_entry, 2, id="removed"),
        pytest.param(insert_entry, 3, id="put in"),
        pytest.param(cut_end, 3, id="cut off at the end"),
        pytest.param(write_nonsense, 3, id="overwritten"),
    ],
)
def test_an_edit_is_found_with_its_entry(
    tamper: Callable[[Redis], None], entry: int, redis: Redis, run: Run
) -> None:
    sound = run("evidence", "verify")
    assert (sound.exit_code, sound.stdout) == (0, "Read 2 chains with 6 entries: all intact.\n")

    tamper(redis)
    result = run("evidence", "verify")

    assert result.exit_code == 1
    assert f"+44•••••0123: entry {entry} is edited or missing." in result.stdout
    assert "1 broken." in result.stdout
    assert ADA not in result.output


def test_a_history_says_so_too(redis: Redis, run: Run) -> None:
    assert "The evidence is intact." in run("recipients", "show", ADA).output

    cut_end(redis)

    assert "The evidence was EDITED" in run("recipients", "show", ADA).output


def test_a_long_chain_is_read_to_its_end(redis: Redis, run: Run, runtime: Runtime) -> None:
    record = runtime.preferences.load(f"wa.{BOB}")
    for number in range(500):
        committed = runtime.preferences.commit(record, record.preferences, entry={"at": number})
        assert committed
        record = runtime.preferences.load(f"wa.{BOB}")
    assert "with 506 entries: all intact" in run("evidence", "verify").stdout

    redis.lset(keys.evidence_key(f"wa.{BOB}"), 480, json.dumps({"at": 480}))

    found = json.loads(run("evidence", "verify", "--json").stdout)
    assert found["named"] == [{"recipient": "+44•••••0124", "entry": 481}]


def test_a_file_of_heads_notices_a_new_end(redis: Redis, run: Run, tmp_path: Path) -> None:
    heads = tmp_path / "heads.db"
    assert run("evidence", "verify", "--heads", str(heads)).exit_code == 0
    assert ADA.encode() not in heads.read_bytes()
    # Going on is no edit.
    run("recipients", "opt-out", BOB, *WHY)
    assert run("evidence", "verify", "--heads", str(heads)).exit_code == 0

    redis.rpop(EVIDENCE)
    redis.hset(RECORD, "head", entry_at(redis, -1)["hash"])

    assert run("evidence", "verify").exit_code == 0  # which the chain alone can not tell
    for _ in range(2):
        result = run("evidence", "verify", "--heads", str(heads))
        assert result.exit_code == 1
        assert "+44•••••0123: entry 3 is edited or missing." in result.stdout


def test_a_file_of_heads_notices_another_chain(redis: Redis, run: Run, tmp_path: Path) -> None:
    heads = tmp_path / "heads.db"
    run("evidence", "verify", "--heads", str(heads))
    entries = [entry_at(redis, position) for position in range(3)]
    entries[0]["event"]["proof"]["reason"] = "never said so"
    head = "0" * 64
    for position, entry in enumerate(entries):
        content = {name: value for name, value in entry.items() if name not in {"hash", "previous"}}
        sealed = seal(content, head)
        redis.lset(EVIDENCE, position, json.dumps(sealed))
        head = sealed["hash"]
    redis.hset(RECORD, "head", head)

    assert run("evidence", "verify").exit_code == 0
    assert run("evidence", "verify", "--heads", str(heads)).exit_code == 1


def test_a_chain_that_is_gone_is_noticed_until_that_is_accepted(
    redis: Redis, run: Run, tmp_path: Path
) -> None:
    heads = ("--heads", str(tmp_path / "heads.db"))
    run("evidence", "verify", *heads)
    redis.delete(EVIDENCE, RECORD)

    result = run("evidence", "verify", *heads)

    assert result.exit_code == 1
    assert "1 chains of the file are gone." in result.stdout
    assert run("evidence", "verify", *heads, "--accept-gone").exit_code == 0
    assert run("evidence", "verify", *heads).exit_code == 0


def test_a_file_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "heads.db").write_text("not a database, whatever its name says" * 40)

    result = run("evidence", "verify", "--heads", str(tmp_path / "heads.db"))

    assert result.exit_code == 1
    assert "is no file of heads" in result.output
