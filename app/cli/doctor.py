"""`flask --app app doctor`: is this deployment well, and if not, what to do."""

from collections.abc import Iterable

import click

from app.cli.checks import examine
from app.cli.output import careful, print_json, printable
from app.runtime import Runtime
from config.findings import Finding, Level

_COLORS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
_WIDTH = 20


def create_doctor(runtime: Runtime) -> click.Command:
    """Return the command."""

    @click.command("doctor", help="Look at everything that Heed needs, and say what to do.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.pass_context
    @careful
    def command(context: click.Context, *, as_json: bool) -> None:
        findings = list(examine(runtime))
        if as_json:
            print_json(
                [
                    {
                        "level": one.level.value,
                        "subject": one.subject,
                        "seen": one.seen,
                        "advice": one.advice or None,
                    }
                    for one in findings
                ]
            )
        else:
            _print(findings)
        if any(one.level is Level.FAIL for one in findings):
            context.exit(1)

    return command


def _print(findings: Iterable[Finding]) -> None:
    counts = dict.fromkeys(Level, 0)
    for one in findings:
        counts[one.level] += 1
        # Only a terminal gets the color; a pipe gets plain text.
        level = click.style(f"{one.level:<4}", fg=_COLORS[one.level])
        click.echo(f"{level}  {one.subject:<{_WIDTH}} {printable(one.seen)}")
        if one.advice:
            click.echo(f"      {'':<{_WIDTH}} → {printable(one.advice)}")
    summary = ", ".join(f"{number} {level}" for level, number in counts.items() if number)
    click.echo(f"\n{summary}")
