"""`flask --app app reconcile FILE.csv`: does another system's list say what ours says?"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import click

from app.cli.output import careful
from app.domain.reconciliation import Direction, ReconciliationError
from app.runtime import Runtime
from app.usecases.check import UnknownTopicError, find_topic
from app.usecases.reconcile import BadRow, Reconciler, Tally, reconcile

DIFFERENT = 3
"""The exit code when a row differs or cannot be read."""

_HEADER = ("line", "recipient", "field", "theirs", "ours", "difference")
_UNREADABLE = "unreadable"
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_STEP_BYTES = 65_536


def create_reconcile(runtime: Runtime) -> click.Command:
    """Return the command."""

    @click.command(
        "reconcile",
        help="""Compare another system's list with ours, and say who differs.

        FILE is CSV in UTF-8; its first line names the columns. Exit code 3: something differs.""",
    )
    @click.argument(
        "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
    )
    @click.option("--recipient", help="The column with the phone number or BSUID.")
    @click.option("--state", help="The column with yes or no.")
    @click.option("--topic", help="Compare with whether a message of this topic may be sent now.")
    @click.option(
        "--delimiter", type=click.Choice(list(_DELIMITERS)), help="Found out when left out."
    )
    @click.option(
        "--output",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
        help="Where the differences go; standard output when left out.",
    )
    @click.pass_context
    @careful
    def command(
        context: click.Context,
        *,
        file: Path,
        recipient: str | None,
        state: str | None,
        topic: str | None,
        delimiter: str | None,
        output: Path | None,
    ) -> None:
        if topic is not None:
            try:
                find_topic(topic, runtime.business)
            except UnknownTopicError as error:
                raise click.BadParameter(str(error), param_hint="--topic") from None
        reconciler = Reconciler(runtime.checker, runtime.clock, topic)
        tally = Tally()
        with (
            click.open_file(str(output) if output else "-", "w", encoding="utf-8") as target,
            file.open("rb") as source,
            click.progressbar(
                length=file.stat().st_size, label="Comparing", file=sys.stderr
            ) as bar,
        ):
            chosen = _DELIMITERS[delimiter] if delimiter else _guess_delimiter(source)
            findings = reconcile(
                _decode(source, bar),
                delimiter=chosen,
                recipient=recipient,
                state=state,
                reconciler=reconciler,
                tally=tally,
            )
            try:
                _write(findings, target)
            except ReconciliationError as error:
                raise click.UsageError(str(error)) from None
        _sum_up(tally)
        if tally.bad or tally.differences:
            context.exit(DIFFERENT)

    return command


def _write(findings: Any, target: IO[str]) -> None:
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_HEADER)
    for one in findings:
        if isinstance(one, BadRow):
            writer.writerow((one.line, "", "", "", one.why, _UNREADABLE))
        else:
            writer.writerow(
                (one.line, one.recipient, one.field, one.theirs, one.ours, one.direction.value)
            )


def _guess_delimiter(source: IO[bytes]) -> str:
    """Return the mark that the first line has most of."""
    first = source.readline(_STEP_BYTES).decode("utf-8-sig", errors="replace")
    source.seek(0)
    return max(_DELIMITERS.values(), key=first.count)


def _decode(source: IO[bytes], bar: Any) -> Iterator[str]:
    """Yield the lines as text; what is no UTF-8 makes its row unreadable and no other."""
    done = 0
    for number, raw in enumerate(source):
        done += len(raw)
        if done >= _STEP_BYTES:
            bar.update(done)
            done = 0
        # NUL would stop the reader of CSV in some versions of Python.
        text = raw.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace")
        yield text.replace("\x00", "\ufffd")
    bar.update(done)


def _sum_up(tally: Tally) -> None:
    words = {
        Direction.TOO_OPEN.value: "would be sent what we refuse",
        Direction.TOO_STRICT.value: "are held back though we allow it",
    }
    click.echo(f"{tally.rows} rows: {tally.same} say what we say.", err=True)
    for direction, text in words.items():
        if number := tally.differences[direction]:
            click.echo(f"{number} {text} ({direction}).", err=True)
    if tally.bad:
        click.echo(f"{tally.bad} could not be read; they are listed by line.", err=True)
