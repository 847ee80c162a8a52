"""`flask --app app recipients …`: look a person up, and change preferences on their behalf."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.import_consents import add_import
from app.cli.output import RecipientType, careful, name_of_user, print_json
from app.cli.people import add_people
from app.cli.receipts import add_receipt
from app.cli.story import describe_recipient
from app.domain.commands import Command, settings_of
from app.domain.events import Source
from app.domain.recipients import Recipient
from app.domain.registers import RegisterValue
from app.domain.times import from_text, to_milliseconds
from app.runtime import Runtime
from app.usecases.change import change
from app.usecases.history import history
from app.web.views import view_recipient

_VIA = "command line"

_id = click.argument("recipient", metavar="ID", type=RecipientType())
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_reason = click.option("--reason", required=True, help="Why; it is kept as evidence.")
_by = click.option("--by", "actor", help="Who decided; you, when it is left out.")
_topic = click.option("--topic", help="One topic instead of everything.")


def create_recipients(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup(
        "recipients",
        help="""Look a person up, and change preferences on their behalf.

        ID is a phone number in any international form, or a BSUID.""",
    )

    @group.command("show", help="Show preferences, holds, and everything that happened.")
    @_id
    @_json
    @careful
    def show(*, recipient: Recipient, as_json: bool) -> None:
        _print(recipient, runtime, as_json=as_json, with_history=True)

    @group.command("opt-out", help="Forbid all messages, or those of one topic.")
    @_id
    @_reason
    @_by
    @_topic
    @_json
    @careful
    def opt_out(
        *, recipient: Recipient, reason: str, actor: str | None, topic: str | None, as_json: bool
    ) -> None:
        settings = _settings(Command.STOP, runtime, topic=topic)
        _change(recipient, settings, runtime, reason, actor, as_json=as_json)

    @group.command("opt-in", help="Allow messages, as START does; it ends a pause too.")
    @_id
    @_reason
    @_by
    @_topic
    @_json
    @careful
    def opt_in(
        *, recipient: Recipient, reason: str, actor: str | None, topic: str | None, as_json: bool
    ) -> None:
        settings = _settings(Command.START, runtime, topic=topic)
        _change(recipient, settings, runtime, reason, actor, as_json=as_json)

    @group.command("pause", help="Forbid messages for a time.")
    @_id
    @_reason
    @_by
    @click.option("--days", type=int, help="How long; the business's default when left out.")
    @click.option("--until", help="Until when, e.g. 2026-12-31T09:00:00Z.")
    @_json
    @careful
    def pause(
        *,
        recipient: Recipient,
        reason: str,
        actor: str | None,
        days: int | None,
        until: str | None,
        as_json: bool,
    ) -> None:
        end = _read_end(runtime, days, until)
        settings = _settings(Command.PAUSE, runtime)
        settings["paused_until"] = to_milliseconds(end)
        _change(recipient, settings, runtime, reason, actor, as_json=as_json)

    @group.command("resume", help="End a pause; it never lifts an opt-out.")
    @_id
    @_reason
    @_by
    @_json
    @careful
    def resume(*, recipient: Recipient, reason: str, actor: str | None, as_json: bool) -> None:
        settings = _settings(Command.RESUME, runtime)
        _change(recipient, settings, runtime, reason, actor, as_json=as_json)

    add_receipt(group, runtime)
    add_import(group, runtime)
    add_people(group, runtime)
    return group


def _settings(
    command: Command, runtime: Runtime, *, topic: str | None = None
) -> dict[str, RegisterValue]:
    """Return the registers that the same word of the person's own would set."""
    known = [one.id for one in runtime.business.topics]
    if topic is not None and topic not in known:
        raise click.BadParameter(f"choose one of: {', '.join(known)}.", param_hint="--topic")
    return settings_of(
        command,
        topic=topic,
        days=None,
        occurred_at=runtime.clock(),
        policy=runtime.business.policy,
    )


def _read_end(runtime: Runtime, days: int | None, until: str | None) -> datetime:
    if days is not None and until is not None:
        raise click.UsageError("Give --days or --until, not both.")
    now, policy = runtime.clock(), runtime.business.policy
    longest = policy.longest_pause_days
    if until is None:
        if days is not None and not 1 <= days <= longest:
            raise click.BadParameter(f"from 1 to {longest}.", param_hint="--days")
        return now + timedelta(days=policy.pause_days(days))
    try:
        end = from_text(until)
    except ValueError:
        raise click.BadParameter(
            "a time with its zone, e.g. 2026-12-31T09:00:00Z.", param_hint="--until"
        ) from None
    if not now < end <= now + timedelta(days=longest):
        raise click.BadParameter(
            f"it must lie in the future, within {longest} days.", param_hint="--until"
        )
    return end


def _change(
    recipient: Recipient,
    settings: Mapping[str, RegisterValue],
    runtime: Runtime,
    reason: str,
    actor: str | None,
    *,
    as_json: bool,
) -> None:
    if not reason.strip():
        raise click.BadParameter("say why; it is kept as evidence.", param_hint="--reason")
    outcome = change(
        recipient,
        settings,
        source=Source.OPERATOR,
        actor=(actor or "").strip() or name_of_user(),
        reason=reason.strip(),
        via=_VIA,
        applier=runtime.applier,
        now=runtime.clock(),
    )
    if not as_json:
        click.echo(f"{outcome.value.capitalize()}.\n")
    _print(recipient, runtime, as_json=as_json, with_history=False)


def _print(recipient: Recipient, runtime: Runtime, *, as_json: bool, with_history: bool) -> None:
    view: dict[str, Any] = view_recipient(recipient, runtime)
    view["holds"] = list(runtime.preferences.view_many([recipient])[0].holds)
    if with_history:
        found = history(recipient, preferences=runtime.preferences)
        view["history"], view["chains"] = found.entries, found.chains
    write: Callable[[dict[str, Any]], None] = print_json if as_json else _print_lines
    write(view)


def _print_lines(view: dict[str, Any]) -> None:
    for line in describe_recipient(view):
        click.echo(line)
