"""`flask --app app figures …`: count opt-ins and opt-outs now."""

import sys

import click
from flask.cli import AppGroup

from app.cli.output import careful
from app.runtime import Runtime
from app.usecases.figures import count_figures

_STEPS = 1_000


def create_figures_group(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("figures", help="Opt-ins and opt-outs in numbers.")

    @group.command("count", help="Count from the whole evidence now; workers do so by themselves.")
    @careful
    def count() -> None:
        with click.progressbar(
            length=_STEPS, label="Evidence", file=sys.stderr, show_pos=False
        ) as progress:
            for share in count_figures(runtime.evidence, runtime.figures, clock=runtime.clock):
                progress.update(int(share * _STEPS) - progress.pos)
        click.echo("Counted. See /console/figures, or GET /v1/figures.")

    return group
