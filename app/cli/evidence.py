"""`flask --app app evidence …`: is the proof of everybody still what was written?"""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.heads import HeadsError, HeadsFile
from app.cli.output import careful, print_json
from app.domain.recipients import recipient_of_identity
from app.runtime import Runtime
from app.usecases.verify import Verified, verify_all

_STEPS = 1_000
# So many broken chains are named; after that something else is wrong than a chain.
_MOST_NAMED = 1_000


def create_evidence(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("evidence", help="The chains of evidence: see that nobody edited them.")

    @group.command("verify", help="Read every chain to its end; exit code 1 if one was edited.")
    @click.option(
        "--heads",
        "heads_path",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Compare with the ends that an earlier run wrote to this file, and write them anew.",
    )
    @click.option(
        "--accept-gone",
        is_flag=True,
        help="Forget the chains of --heads that are gone, e.g. of people who asked for that.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def verify(*, heads_path: Path | None, accept_gone: bool, as_json: bool) -> None:
        if accept_gone and not heads_path:
            raise click.UsageError("--accept-gone needs --heads.")
        try:
            heads = (
                HeadsFile(heads_path, runtime.settings.secret_key.reveal()) if heads_path else None
            )
        except HeadsError as error:
            raise click.ClickException(str(error)) from None
        with heads or nullcontext():
            found = _walk(runtime, heads)
            found["gone"] = heads.finish() if heads else 0
            if heads and accept_gone:
                heads.drop_gone()
                found["gone"] = 0
        if as_json:
            print_json(found)
        else:
            _print(found)
        if found["broken"] or found["gone"]:
            sys.exit(1)

    return group


def _walk(runtime: Runtime, heads: HeadsFile | None) -> dict[str, object]:
    chains = entries = broken = 0
    named: list[dict[str, object]] = []
    for one in _with_progress(runtime, heads):
        chains += 1
        entries += one.state.length
        position = one.state.broken_at
        if position is None:
            if heads:
                heads.keep(one.identity, one.state.length, one.state.head)
            continue
        broken += 1
        if heads:
            heads.seen(one.identity)
        if len(named) < _MOST_NAMED:
            masked = recipient_of_identity(one.identity).masked
            named.append({"recipient": masked, "entry": position + 1})
    return {"chains": chains, "entries": entries, "broken": broken, "named": named}


def _with_progress(runtime: Runtime, heads: HeadsFile | None) -> Iterator[Verified]:
    """Yield each chain once it is read, and move a bar by the share of the store that is done."""

    def remembered(identity: str) -> tuple[int, str] | None:
        return heads.remembered(identity) if heads else None

    with click.progressbar(
        length=_STEPS, label="Evidence", file=sys.stderr, show_pos=False
    ) as progress:
        for step in verify_all(runtime.evidence, remembered=remembered):
            if isinstance(step, Verified):
                yield step
            else:
                progress.update(int(step * _STEPS) - progress.pos)


def _print(found: dict[str, object]) -> None:
    named = found["named"]
    for one in named if isinstance(named, list) else []:
        click.echo(f"{one['recipient']}: entry {one['entry']} is edited or missing.")
    if found["gone"]:
        click.echo(
            f"{found['gone']} chains of the file are gone. People who were forgotten on request "
            "leave none; --accept-gone takes them off the file."
        )
    click.echo(
        f"Read {found['chains']} chains with {found['entries']} entries: "
        + (f"{found['broken']} broken." if found["broken"] else "all intact.")
    )
