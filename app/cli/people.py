"""`flask --app app recipients forget|reassigned|import|export`: one gone, many opt-outs in, all out."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup

from app.cli.output import RecipientType, careful, name_of_user
from app.domain.commands import Command, settings_of
from app.domain.events import Source
from app.domain.recipients import Recipient, RecipientError, parse_recipient
from app.domain.state import describe_state
from app.domain.times import from_text, to_text
from app.runtime import Runtime
from app.usecases.change import change
from app.usecases.erasure import ask_to_forget
from app.usecases.reassignment import NotANumberError, declare_reassigned

_VIA = "command line"
_MOST_PROBLEMS_SHOWN = 20
_COLUMNS = (
    "recipient", "addresses", "messages", "paused_until", "topics_off", "frequency", "channel",
    "whatsapp_marketing", "revision", "updated_at",
)  # fmt: skip


class RowError(ValueError):
    """A row says nothing that can be used; the message tells why, and never repeats it."""


def add_people(group: AppGroup, runtime: Runtime) -> None:
    """Give the group `recipients` its commands `forget`, `import` and `export`."""

    @group.command("forget", help="Remove all that is known of a person who asked for it.")
    @click.argument("recipient", metavar="ID", type=RecipientType())
    @click.option("--reason", required=True, help="Why; it is kept, so name nobody in it.")
    @click.option("--by", "actor", help="Who decided; you, when it is left out.")
    @click.option("--yes", is_flag=True, help="Do not ask first.")
    @careful
    def forget(*, recipient: Recipient, reason: str, actor: str | None, yes: bool) -> None:
        if not reason.strip():
            raise click.BadParameter("say why; it is kept.", param_hint="--reason")
        if not yes:
            click.confirm("Nothing brings this person's data back. Go on?", abort=True)
        erasure = ask_to_forget(
            recipient,
            source=Source.OPERATOR,
            actor=(actor or "").strip() or name_of_user(),
            reason=reason.strip(),
            via=_VIA,
            applier=runtime.applier,
            now=runtime.clock(),
        )
        click.echo("Forgotten." if erasure.addresses else "Nobody is known under this id.")
        if erasure.is_suppressed:
            click.echo("What they had forbidden stays forbidden.")

    @group.command("reassigned", help="Say that a number is somebody else's, who starts anew.")
    @click.argument("recipient", metavar="ID", type=RecipientType())
    @click.option("--reason", required=True, help="How you know; it is kept as evidence.")
    @click.option("--by", "actor", help="Who decided; you, when it is left out.")
    @careful
    def reassigned(*, recipient: Recipient, reason: str, actor: str | None) -> None:
        if not reason.strip():
            raise click.BadParameter("say how you know; it is kept.", param_hint="--reason")
        try:
            declare_reassigned(
                recipient,
                source=Source.OPERATOR,
                actor=(actor or "").strip() or name_of_user(),
                reason=reason.strip(),
                via=_VIA,
                applier=runtime.applier,
                now=runtime.clock(),
            )
        except NotANumberError:
            raise click.BadParameter(
                "a BSUID is never anybody else's; give a phone number.", param_hint="ID"
            ) from None
        click.echo("The new owner starts from nothing.")

    @group.command("import", help="Take over opt-outs of another tool from a CSV file.")
    @click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
    @click.option("--reason", required=True, help="Where they come from; kept as evidence.")
    @click.option("--dry-run", is_flag=True, help="Read it all, and change nothing.")
    @careful
    def import_opt_outs(*, path: Path, reason: str, dry_run: bool) -> None:
        _import(path, reason, runtime, dry_run=dry_run)

    @group.command("export", help="Write the state of everybody as CSV.")
    @click.argument("out", metavar="FILE", type=click.File("w", encoding="utf-8"))
    @careful
    def export(*, out: TextIO) -> None:
        _export(out, runtime)


def _import(path: Path, reason: str, runtime: Runtime, *, dry_run: bool) -> None:
    """Opt out every row; a second run of the same file finds all of it done."""
    # The same moment in every run, so that a START since the first one is not undone by the next.
    as_of = datetime.fromtimestamp(int(path.stat().st_mtime), tz=UTC)
    taken, problems = 0, 0
    with (
        path.open(encoding="utf-8-sig", newline="") as file,
        click.progressbar(length=path.stat().st_size, label="Opt-outs") as bar,
    ):
        lines = (_count(line, bar.update) for line in file)
        rows = csv.DictReader(lines)
        if "recipient" not in (rows.fieldnames or ()):
            raise click.ClickException("The first line must name the columns; one is `recipient`.")
        for row in rows:
            try:
                _take(row, as_of, reason, runtime, dry_run=dry_run)
                taken += 1
            except RowError as error:
                problems += 1
                if problems <= _MOST_PROBLEMS_SHOWN:
                    click.echo(f"\nLine {rows.line_num}: {error}.", err=True)
    click.echo(f"{taken} opt-outs {'would be taken' if dry_run else 'are in force'}.")
    if problems:
        raise click.ClickException(f"{problems} rows were left out; mend them, and run it again.")


def _count(line: str, update: Callable[[int], None]) -> str:
    update(len(line.encode()))
    return line


def _take(
    row: dict[str, str | None], as_of: datetime, reason: str, runtime: Runtime, *, dry_run: bool
) -> None:
    try:
        recipient = parse_recipient(row["recipient"] or "")
    except RecipientError as error:
        raise RowError(str(error)) from None
    topic = (row.get("topic") or "").strip() or None
    if topic and runtime.business.topic(topic) is None:
        known = ", ".join(one.id for one in runtime.business.topics)
        raise RowError(f"topic is one of {known}, or empty for everything")
    try:
        at = from_text(row["at"] or "") if row.get("at") else as_of
    except ValueError:
        raise RowError("at is a time with its zone, e.g. 2026-12-01T09:00:00Z") from None
    now = runtime.clock()
    if at > now:
        raise RowError("at lies in the future")
    if dry_run:
        return
    change(
        recipient,
        settings_of(
            Command.STOP, topic=topic, days=None, occurred_at=at, policy=runtime.business.policy
        ),
        source=Source.OPERATOR,
        actor=name_of_user(),
        reason=reason,
        via="import of opt-outs",
        applier=runtime.applier,
        now=now,
        occurred_at=at,
        change_id="\x1f".join(("import", recipient.root, topic or "", to_text(at))),
    )


def _export(out: TextIO, runtime: Runtime) -> None:
    now, written = runtime.clock(), 0
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    with click.progressbar(length=1000, label="People") as bar:
        done = 0
        for identities, share in runtime.evidence.scan():
            for record in runtime.preferences.load_many(identities):
                preferences = record.preferences
                if preferences.linked_to or not preferences.registers:
                    continue
                state = describe_state(
                    record.identity, preferences, business=runtime.business, now=now
                )
                off = [topic for topic, is_on in state["topics"].items() if not is_on]
                caps = [f"{topic}={cap}" for topic, cap in state["frequency"].items()]
                addresses = dict.fromkeys([state["recipient"], *preferences.bsuids])
                joined = {"addresses": addresses, "topics_off": off, "frequency": caps}
                fields = {**state, **{name: " ".join(one) for name, one in joined.items()}}
                writer.writerow(fields[name] for name in _COLUMNS)
                written += 1
            bar.update(int(share * 1000) - done)
            done = int(share * 1000)
    click.echo(f"{written} people are written.", err=True)
