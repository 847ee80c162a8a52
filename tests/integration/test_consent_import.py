"""Existing consents are brought along, once, and never against the person."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app.domain.business import Policy
from app.runtime import Runtime
from tests.builders import ADA, API_HEADERS
from tests.consents import at, body, is_allowed, opt_ins, post, says

BOB, EVE = "447700900124", "447700900125"
Run = Callable[..., Result]


@pytest.fixture
def wording(runtime: Runtime) -> str:
    source = runtime.business.source("shop-receipt")
    assert source
    return source.wording("en").id


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *args: app.test_cli_runner().invoke(args=list(args))


def write_csv(path: Path, wording: str, *rows: str) -> Path:
    lines = ["recipient,wording,at,where,by,topics,evidence.order", *rows]
    path.write_text("\n".join(lines).replace("W,", f"{wording},") + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path, wording: str) -> Path:
    return write_csv(
        tmp_path / "consents.csv",
        wording,
        f"+{ADA},W,2026-01-05T10:00:00Z,Till 3,Sam,,A-1",
        f"+{BOB},W,2026-01-05T11:00:00Z,Till 3,Sam,offers,A-2",
        f"+{BOB},W,2026-01-05T11:00:00Z,Till 3,Sam,offers,A-2",
        "nobody,W,2026-01-05T11:00:00Z,Till 3,Sam,offers,A-3",
        f"+{EVE},W,tomorrow,Till 3,Sam,offers,A-4",
        f"+{EVE},W,2026-01-05T11:00:00Z,Till 3",
        f"+{EVE},W,2026-01-05T11:00:00Z,Till 3,Sam,news,A-5",
        f"+{EVE},W,2999-01-05T11:00:00Z,Till 3,Sam,offers,A-6",
    )


def importing(run: Run, file: Path, *more: str) -> dict[str, Any]:
    result = run(
        "recipients", "import-consents", str(file), "--source", "shop-receipt", "--json", *more
    )
    found: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (1 if found["bad"] else 0), result.output
    return found


def test_a_dry_run_says_what_would_happen_and_does_nothing(
    client: FlaskClient, runtime: Runtime, run: Run, file: Path
) -> None:
    says(client, runtime, "STOP")

    found = importing(run, file, "--dry-run")

    problems = [(one["line"], one["problem"].split(" ")[0]) for one in found.pop("problems")]
    assert problems == [
        (5, "recipient"),
        (6, "at"),
        (7, "not"),
        (8, "`topics`"),
        (9, "`at`"),
    ]
    # Both rows of one consent are new as long as neither is recorded.
    assert found == {"dry_run": True, "new": 2, "same": 0, "overruled": 1, "bad": 5}
    assert opt_ins(client) == []
    assert not is_allowed(client, recipient=BOB)


def test_an_import_does_what_the_dry_run_said_and_may_be_repeated(
    client: FlaskClient, runtime: Runtime, run: Run, file: Path
) -> None:
    says(client, runtime, "STOP")

    first = importing(run, file)
    again = importing(run, file)

    assert (first["new"], first["same"], first["overruled"], first["bad"]) == (1, 1, 1, 5)
    assert (again["new"], again["same"], again["overruled"]) == (0, 2, 1)
    assert not is_allowed(client)
    assert is_allowed(client, recipient=BOB)
    assert len(opt_ins(client, BOB)) == 1
    assert opt_ins(client, BOB)[0]["event"]["proof"]["evidence"] == {"order": "A-2"}


def test_an_import_goes_on_where_it_was_cut_off(
    client: FlaskClient,
    runtime: Runtime,
    run: Run,
    wording: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [f"4477009{number:05d}" for number in range(450)]
    rows = [f"{one},W,2026-01-05T10:00:00Z,Till,Sam,,A" for one in people]
    file = write_csv(tmp_path / "many.csv", wording, *rows)
    clock, calls = runtime.clock, 0

    def cut_off() -> datetime:
        nonlocal calls
        calls += 1
        if calls > 300:
            raise KeyboardInterrupt
        return clock()

    object.__setattr__(runtime, "clock", cut_off)
    try:
        assert run("recipients", "import-consents", str(file), "--source", "shop-receipt").exit_code
    finally:
        object.__setattr__(runtime, "clock", clock)

    found = importing(run, file)

    # From row 200, the last that was noted: the rows after it that were done are the same.
    assert (found["new"], found["same"]) == (350, 100)
    assert all(is_allowed(client, recipient=one) for one in (people[0], people[299], people[449]))
    assert len(opt_ins(client, people[250])) == 1


def test_rows_that_were_bad_are_read_again_once_they_are_mended(
    runtime: Runtime, run: Run, wording: str, tmp_path: Path, client: FlaskClient
) -> None:
    file = write_csv(
        tmp_path / "few.csv", wording, f"+{BOB},W,2026-01-05T11:00:00Z,Till,Sam,offers,A-2"
    )
    sources = runtime.business.sources
    without = tuple(replace(one, wordings={}) for one in sources)
    object.__setattr__(runtime.business, "sources", without)
    try:
        assert importing(run, file)["bad"] == 1
    finally:
        object.__setattr__(runtime.business, "sources", sources)

    assert importing(run, file)["new"] == 1
    assert is_allowed(client, recipient=BOB)


def test_a_row_whose_letters_are_lost_is_bad(
    run: Run, wording: str, tmp_path: Path, client: FlaskClient
) -> None:
    row = f"+{BOB},W,2026-01-05T11:00:00Z,Balcão,José,offers,A-2"
    file = write_csv(tmp_path / "latin.csv", wording, row)
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))

    found = importing(run, file)

    assert (found["new"], found["bad"]) == (0, 1)
    assert "UTF-8" in found["problems"][0]["problem"]
    assert opt_ins(client, BOB) == []


def test_no_import_lifts_a_no_whatever_date_it_claims(
    client: FlaskClient, runtime: Runtime, run: Run, wording: str, tmp_path: Path
) -> None:
    says(client, runtime, "STOP", ago=3600)
    file = write_csv(tmp_path / "new.csv", wording, f"{ADA},W,{at(minutes=1)},Till,Sam,,A")
    before = runtime.business.policy
    object.__setattr__(runtime.business, "policy", Policy(recorded_opt_in_lifts_stop=True))
    try:
        assert importing(run, file)["overruled"] == 1
    finally:
        object.__setattr__(runtime.business, "policy", before)
    assert not is_allowed(client)


@pytest.mark.parametrize(
    "text", ["", "recipient,at\n1,2\n", "recipient,wording,at,where,by,extra\n"], ids=str
)
def test_a_file_without_the_columns_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.csv").write_text(text)

    result = run(
        "recipients", "import-consents", str(tmp_path / "bad.csv"), "--source", "shop-receipt"
    )

    assert result.exit_code == 1
    assert "The first line must name the columns" in result.output


def test_an_import_needs_a_source_that_there_is(run: Run, file: Path) -> None:
    result = run("recipients", "import-consents", str(file), "--source", "nowhere")

    assert result.exit_code == 2
    assert "shop-receipt" in result.output


def test_a_person_who_stopped_and_was_forgotten_stays_so(
    client: FlaskClient, runtime: Runtime, run: Run, wording: str, tmp_path: Path
) -> None:
    says(client, runtime, "STOP", ago=60)
    why = {"evidence": {"reason": "asked by letter"}}
    answer = client.delete(f"/v1/recipients/{ADA}", json=why, headers=API_HEADERS)
    assert answer.status_code in {200, 202, 204}, answer.text
    file = write_csv(tmp_path / "new.csv", wording, f"{ADA},W,{at(minutes=-1)},Till,Sam,,A")

    importing(run, file)
    post(client, body(wording, at=at(minutes=-2)))

    assert not is_allowed(client)
