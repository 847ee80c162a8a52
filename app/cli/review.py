"""`flask --app app review …`: sentences that may have meant an end, for a human to decide."""

import json
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.output import careful, print_json, printable
from app.domain.recipients import recipient_of_identity
from app.domain.times import from_milliseconds
from app.runtime import Runtime
from app.usecases.review import KEEP, STOP, NoQuestionError, decide, export_rows

_MOST = 1_000


def create_review(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("review", help="Sentences that may have meant an end: see them, decide.")

    @group.command("list", help="Show the open questions, the oldest first.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def list_open(*, as_json: bool) -> None:
        _print_open(runtime, as_json=as_json)

    @group.command("decide", help="Decide a question: stop all messages, or keep them.")
    @click.argument("question_id", metavar="ID")
    @click.argument("decision", type=click.Choice([STOP, KEEP]))
    @click.option("--reason", required=True, help="Why; it is kept as evidence.")
    @click.option("--by", "actor", required=True, help="Who decided.")
    @careful
    def decide_one(question_id: str, decision: str, reason: str, actor: str) -> None:
        _decide(runtime, question_id, decision, reason=reason, actor=actor)

    @group.command("export", help="Print decisions as JSON lines, for the corpus and the lexicon.")
    @careful
    def export() -> None:
        for row in export_rows(runtime.reviews):
            click.echo(json.dumps(row))

    return group


def _print_open(runtime: Runtime, *, as_json: bool) -> None:
    entries = [_view(entry) for entry in runtime.reviews.list_open(most=_MOST)]
    if as_json:
        print_json(entries)
        return
    if not entries:
        click.echo("Nothing is open.")
    for entry in entries:
        where = f"{entry['language'] or 'unknown'}, {entry['country'] or 'unknown'}"
        click.echo(f"{entry['id']}  {entry['asked_at']}  {entry['recipient']}")
        click.echo(f"  “{printable(entry['words'] or '')}”")
        click.echo(f"  {printable(entry['rule'] or '-')} ({printable(where)})")
    left = runtime.reviews.count() - len(entries)
    if left > 0:
        click.echo(f"{left} more are open.")


def _decide(runtime: Runtime, question_id: str, decision: str, *, reason: str, actor: str) -> None:
    for text, option in ((reason, "--reason"), (actor, "--by")):
        if not text.strip():
            raise click.BadParameter("it must not be empty.", param_hint=option)
    try:
        decide(
            question_id,
            decision,
            actor=actor.strip(),
            reason=reason.strip(),
            reviews=runtime.reviews,
            applier=runtime.applier,
            now=runtime.clock(),
        )
    except NoQuestionError:
        raise click.ClickException(
            "Nothing is open under this id; see `review list`. Somebody may have answered."
        ) from None
    click.echo("All messages are stopped." if decision == STOP else "Messages go on as before.")


def _view(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "recipient": recipient_of_identity(entry["identity"]).masked,
        "words": entry["words"],
        "rule": entry["rule"],
        "language": entry["language"],
        "country": entry["country"],
        "asked_at": f"{from_milliseconds(entry['asked_at']):%Y-%m-%d %H:%M}Z",
    }
