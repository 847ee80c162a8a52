"""`flask --app app deliveries …`: what endpoints have not got, and what to do about it."""

from typing import Any

import click
from flask.cli import AppGroup

from app.cli.output import careful, print_json, printable
from app.domain.recipients import RecipientError, parse_recipient
from app.domain.times import from_milliseconds, to_text
from app.runtime import Runtime
from app.usecases.dead_letters import Letter, drop, retry
from app.usecases.deliver import resume

_MOST = 1_000

_endpoint = click.argument("endpoint", metavar="ENDPOINT")
_ids = click.argument("ids", metavar="[ID]…", nargs=-1)
_all = click.option("--all", "everything", is_flag=True, help="All of this endpoint.")


def create_deliveries(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("deliveries", help="Events for other systems: what is stuck, and why.")
    deliveries = runtime.deliveries

    @group.command("list", help="Show the endpoints and their dead letters, the oldest first.")
    @click.argument("endpoint", metavar="[ENDPOINT]", required=False)
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def show(*, endpoint: str | None, as_json: bool) -> None:
        known = [one.id for one in deliveries.endpoints]
        found = [_view(one, runtime) for one in ([_known(endpoint)] if endpoint else known)]
        if as_json:
            print_json(found)
        elif not found:
            click.echo("business.toml names no endpoints.")
        else:
            _print(found)

    @group.command("retry", help="Try dead letters again, before what waits for the same people.")
    @_endpoint
    @_ids
    @_all
    @careful
    def try_again(*, endpoint: str, ids: tuple[str, ...], everything: bool) -> None:
        chosen = _chosen(ids, everything=everything)
        number = retry(_known(endpoint), chosen, letters=deliveries.dead, now=runtime.clock())
        click.echo(f"{number} dead letter(s) are on their way again.")

    @group.command("drop", help="Forget dead letters for good.")
    @_endpoint
    @_ids
    @_all
    @click.option("--yes", is_flag=True, help="Do not ask.")
    @careful
    def forget(*, endpoint: str, ids: tuple[str, ...], everything: bool, yes: bool) -> None:
        chosen = _chosen(ids, everything=everything)
        if not yes:
            click.confirm("Forget them for good?", abort=True)
        # Also of an endpoint that business.toml no longer names.
        click.echo(f"{drop(endpoint, chosen, letters=deliveries.dead)} dead letter(s) are gone.")

    @group.command("resume", help="Let a paused or disabled endpoint have what waits, now.")
    @_endpoint
    @careful
    def go_on(*, endpoint: str) -> None:
        resume(_known(endpoint), deliverer=deliveries.deliverer)
        click.echo(f"{endpoint} gets what waits.")

    def _known(endpoint_id: str) -> str:
        if deliveries.endpoint(endpoint_id) is None:
            names = ", ".join(one.id for one in deliveries.endpoints) or "none"
            raise click.BadParameter(f"business.toml names: {names}.", param_hint="ENDPOINT")
        return endpoint_id

    return group


def _chosen(ids: tuple[str, ...], *, everything: bool) -> tuple[str, ...] | None:
    if bool(ids) == everything:
        raise click.UsageError("Name dead letters by their ids, or give --all.")
    return None if everything else ids


def _view(endpoint_id: str, runtime: Runtime) -> dict[str, Any]:
    deliveries = runtime.deliveries
    health, _ = deliveries.health.load(endpoint_id)
    counts = deliveries.lanes.counts(endpoint_id, runtime.clock())
    return {
        "endpoint": endpoint_id,
        "state": health.state.value,
        "since": to_text(from_milliseconds(health.since)) if health.since else None,
        "last_failure": health.last or None,
        "waiting": counts.waiting,
        "oldest_since": to_text(counts.oldest_since) if counts.oldest_since else None,
        "dead": counts.dead,
        "dead_letters": [
            _view_letter(one) for one in deliveries.dead.list(endpoint_id, most=_MOST)
        ],
    }


def _view_letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "type": letter.event["type"],
        "recipient": mask(letter.event["recipient"]),
        "attempts": letter.tries.attempts,
        "last_failure": letter.tries.last or None,
        "given_up_at": to_text(letter.died_at),
    }


def mask(recipient: str) -> str:
    """Return a recipient of an event in a form that names nobody."""
    try:
        return parse_recipient(recipient).masked
    except RecipientError:
        return "•••••"


def _print(found: list[dict[str, Any]]) -> None:
    for one in found:
        state = one["state"] + (f" since {one['since']}" if one["since"] else "")
        oldest = f", the oldest since {one['oldest_since']}" if one["oldest_since"] else ""
        click.echo(f"{one['endpoint']}: {state}; {one['waiting']} wait{oldest}; {one['dead']} dead")
        if one["last_failure"]:
            click.echo(f"  last failure: {printable(one['last_failure'])}")
        for letter in one["dead_letters"]:
            click.echo(
                f"  {letter['id']}  {letter['type']}  {letter['recipient']}  "
                f"{letter['attempts']} attempts, {letter['last_failure']}, "
                f"given up {letter['given_up_at']}"
            )
