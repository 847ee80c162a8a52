"""`flask reconcile`: who differs and how; no row is left out in silence."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.domain.commands import Command, settings_of
from app.domain.events import Source
from app.domain.recipients import parse_recipient
from app.runtime import Runtime
from app.usecases.change import change
from tests.builders import ADA, ADA_BSUID

BEN, CAT = "447700900124", "447700900125"


def _set(runtime: Runtime, recipient: str, command: Command, topic: str | None = None) -> None:
    settings = settings_of(
        command,
        topic=topic,
        days=None,
        occurred_at=runtime.clock(),
        policy=runtime.business.policy,
    )
    change(
        parse_recipient(recipient),
        settings,
        source=Source.OPERATOR,
        actor="tests",
        reason="a test",
        via="tests",
        applier=runtime.applier,
        now=runtime.clock(),
    )


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


def _run(app: Flask, *arguments: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["reconcile", *map(str, arguments)])


def _rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_who_differs_is_said_and_how(app: Flask, runtime: Runtime, list_file: Path) -> None:
    _set(runtime, ADA, Command.STOP)
    _set(runtime, BEN, Command.START)
    list_file.write_text(
        f"name,phone,subscribed\nAda,+44 7700 900123,yes\nBen,{BEN},no\nCat,{CAT},\n"
    )

    result = _run(app, list_file)

    assert result.exit_code == 3
    assert [tuple(row.values()) for row in _rows(result)] == [
        ("2", ADA, "messages", "opted_in", "opted_out", "too_open"),
        ("3", BEN, "messages", "opted_out", "opted_in", "too_strict"),
    ]
    assert "3 rows: 1 say what we say." in result.stderr
    assert "1 would be sent what we refuse (too_open)." in result.stderr


def test_lists_that_agree_end_well(app: Flask, runtime: Runtime, list_file: Path) -> None:
    _set(runtime, ADA, Command.STOP)
    list_file.write_text(f"recipient,messages\n{ADA},opted_out\n{ADA_BSUID},unknown\n")

    result = _run(app, list_file)

    assert (result.exit_code, _rows(result)) == (0, [])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_topic_is_compared_with_the_gate(
    app: Flask, runtime: Runtime, list_file: Path, mark: str
) -> None:
    _set(runtime, ADA, Command.START)
    _set(runtime, BEN, Command.START)
    _set(runtime, BEN, Command.STOP, "offers")
    rows = [("tel", "ok"), (ADA, "1"), (BEN, "1"), (CAT, "1")]
    list_file.write_text("\ufeff" + "\n".join(mark.join(row) for row in rows))

    result = _run(app, list_file, "--topic", "offers", "--recipient", "TEL", "--state", "ok")

    assert [(row["recipient"], row["ours"]) for row in _rows(result)] == [
        (BEN, "topic_off"),
        (CAT, "not_opted_in"),
    ]


def test_columns_of_topics_are_compared(app: Flask, runtime: Runtime, list_file: Path) -> None:
    _set(runtime, ADA, Command.STOP, "offers")
    list_file.write_text(f"recipient,topics.offers,topics.news\n{ADA},true,true\n")

    rows = _rows(_run(app, list_file))

    assert [(row["field"], row["ours"]) for row in rows] == [("topics.offers", "off")]


def test_each_row_that_nobody_can_read_is_listed(
    app: Flask, runtime: Runtime, list_file: Path
) -> None:
    list_file.write_bytes(
        b"recipient,messages\n"
        b"nobody,yes\n"
        b"447700900123\n"
        b"447700900123,perhaps\n"
        b"\n"
        b'"447700900123,yes\n'
        b"\xff\xfe,yes\n"
        b"447700900124,no\x00\n"
        b"447700900125,unknown\n"
    )

    result = _run(app, list_file)

    rows = _rows(result)
    assert result.exit_code == 3
    assert [row["line"] for row in rows] == ["2", "3", "4", "6", "7", "8"]
    assert {row["difference"] for row in rows} == {"unreadable"}
    assert "7 rows: 1 say what we say." in result.stderr
    assert "6 could not be read" in result.stderr


def test_more_rows_than_a_batch_has(app: Flask, runtime: Runtime, list_file: Path) -> None:
    _set(runtime, "447700902499", Command.STOP)
    numbers = range(447700900000, 447700902500)
    list_file.write_text("phone,consent\n" + "".join(f"{one},unknown\n" for one in numbers))
    output = list_file.with_name("differences.csv")

    result = _run(app, list_file, "--output", output)

    assert result.exit_code == 3
    assert result.stdout == ""
    assert output.read_text().splitlines()[1:] == [
        "2501,447700902499,messages,unknown,opted_out,too_open"
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("", (), "--recipient"),
        ("who,messages\n", (), "--recipient"),
        ("phone,colour\n", (), "--state"),
        ("phone,messages\n", ("--state", "colour"), "--state"),
        ("phone,messages\n", ("--topic", "nothing"), "topic must be one of"),
    ],
)
def test_a_list_that_cannot_be_compared_says_what_to_name(
    app: Flask, list_file: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    list_file.write_text(text)

    result = _run(app, list_file, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
