"""`flask --app app sources …`: the ways in, their words, and what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.output import careful, printable
from app.domain.sources import OptInSource
from app.runtime import Runtime
from config.business import load_business
from config.settings import SettingsError


def create_sources(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("sources", help="Look after the ways in.")

    @group.command("list", help="Print each way in with its words; nothing is changed.")
    @careful
    def list_sources() -> None:
        for source in runtime.business.sources:
            for line in describe_source(source):
                click.echo(line)

    @group.command("lint", help="Say everything that is wrong with the ways in of a business.toml.")
    @click.option(
        "--file",
        "path",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file to look at before it is put in place; the present one if left out.",
    )
    @careful
    def lint(*, path: Path | None) -> None:
        found = path or runtime.settings.business_file
        try:
            business = load_business(found)
        except SettingsError as error:
            for problem in error.problems:
                click.echo(printable(problem), err=True)
            raise click.ClickException(
                f"{len(error.problems)} problem(s) in {found.name}."
            ) from None
        click.echo(f"{len(business.sources)} way(s) in, and nothing is wrong with them.")

    return group


def describe_source(source: OptInSource) -> Iterator[str]:
    """Yield the lines that tell of one way in."""
    asked = "asks twice" if source.is_double else "asks once"
    yield printable(f"{source.id}  {source.kind}, {asked}: {', '.join(source.topics)}")
    for language, wording in sorted(source.wordings.items()):
        yield printable(f"  {language}  {wording.id}  {wording.text}")
