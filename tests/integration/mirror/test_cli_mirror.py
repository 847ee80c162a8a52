"""`flask mirror …`: a copy in SQL that follows Heed, as somebody runs it."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.domain.commands import Command, settings_of
from app.domain.events import Source
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.store.people import scan_people
from app.usecases.change import change
from config.settings import ROOT
from tests.builders import ADA, ADA_BSUID
from tests.stack import eventually

BEN = "447700900124"


def stop(runtime: Runtime, recipient: Recipient) -> None:
    settings = settings_of(
        Command.STOP,
        topic=None,
        days=None,
        occurred_at=runtime.clock(),
        policy=runtime.business.policy,
    )
    change(
        recipient,
        settings,
        source=Source.OPERATOR,
        actor="tests",
        reason="a test",
        via="tests",
        applier=runtime.applier,
        now=runtime.clock(),
    )


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["mirror", *arguments])


def stopped(file: Path) -> set[str]:
    if not file.exists():
        return set()
    with sqlite3.connect(file) as connection:
        try:
            rows = connection.execute(
                "SELECT recipient FROM heed_recipients WHERE messages = 'opted_out'"
            ).fetchall()
        except sqlite3.OperationalError:
            return set()  # its tables are about to be made
    connection.close()
    return {row[0] for row in rows}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mirror.sqlite"


def test_once_builds_and_then_follows(app: Flask, runtime: Runtime, file: Path) -> None:
    stop(runtime, Recipient(wa_id=ADA, bsuid=ADA_BSUID))

    first = run(app, "once", "--url", f"sqlite:///{file}")
    stop(runtime, Recipient(wa_id=BEN))
    second = run(app, "once", "--url", f"sqlite:///{file}")
    third = run(app, "once", "--url", f"sqlite:///{file}")

    assert first.output.startswith("1 row(s)")
    assert second.output.startswith("1 row(s)")
    assert third.output.startswith("0 row(s)")
    assert stopped(file) == {ADA, BEN}
    with sqlite3.connect(file) as connection:
        query = "SELECT recipient FROM heed_addresses WHERE address = ?"
        assert connection.execute(query, (ADA_BSUID,)).fetchall() == [(ADA,)]
    connection.close()


def test_rebuild_writes_everybody_anew(app: Flask, runtime: Runtime, file: Path) -> None:
    stop(runtime, Recipient(wa_id=ADA))
    run(app, "once", "--url", f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE heed_recipients SET messages = 'opted_in', revision = 99")
    connection.close()

    assert run(app, "rebuild", "--url", f"sqlite:///{file}").output == "1 people are written.\n"

    assert stopped(file) == {ADA}


def test_everybody_is_scanned_in_batches(app: Flask, runtime: Runtime) -> None:
    for number in range(7):
        stop(runtime, Recipient(wa_id=f"44770090{number:04d}"))
    stop(runtime, Recipient(bsuid=ADA_BSUID))
    stop(runtime, Recipient(wa_id=ADA, bsuid=ADA_BSUID))

    found = [
        one.identity for batch in scan_people(runtime.redis, runtime.preferences) for one in batch
    ]

    assert len(found) == 8
    assert f"wa.{ADA}" in found
    assert f"bs.{ADA_BSUID}" not in found  # it only points to the number


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "MIRROR_URL"),
        ("mysql://root:hunter2@localhost/x", "postgresql://"),
        ("postgresql://heed:hunter2@127.0.0.1:9/x", "database does not do it"),
        ("sqlite:////nowhere/at/all.sqlite", "database does not do it"),
    ],
)
def test_a_database_that_cannot_be_used_is_said_without_its_password(
    app: Flask, url: str, said: str
) -> None:
    result = run(app, "once", "--url", url)

    assert result.exit_code != 0
    assert said in result.output
    assert "hunter2" not in result.output


def test_run_follows_until_it_is_told_to_stop(
    app: Flask, runtime: Runtime, file: Path, environ: dict[str, str]
) -> None:
    """In a process of its own, as a Procfile starts it; a second start goes on where it was."""
    for person in (ADA, BEN):
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "mirror", "run"],
            cwd=ROOT,
            env={**os.environ, **environ, "MIRROR_URL": f"sqlite:///{file}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            stop(runtime, Recipient(wa_id=person))
            eventually(lambda one=person: one in stopped(file))  # type: ignore[misc]
        finally:
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
        assert process.returncode == 0, output
        assert ADA not in output

    assert stopped(file) == {ADA, BEN}


def test_the_web_process_imports_no_database(environ: dict[str, str]) -> None:
    code = (
        "import sys; from app import create_app; create_app(); "
        "sys.exit('sqlalchemy' in sys.modules)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environ}, check=False
    )

    assert ended.returncode == 0
