"""`flask --app app sources …`: the ways in, their words, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlencode

import click
from flask.cli import AppGroup

from app.cli.output import careful, printable
from app.domain.joining import JoinLink
from app.domain.marks import CAMPAIGN_FIELDS, read_campaign
from app.domain.sources import OptInSource
from app.paper.codes import draw_png, draw_svg
from app.paper.posters import Paper, UnprintableError, print_poster
from app.runtime import Runtime
from app.usecases.joining import NoNumberError, make_join_link
from config.business import load_business
from config.settings import SettingsError

_CODES = {"svg": draw_svg, "png": draw_png}


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

    @group.command("link", help="Print the link into a way in, and the draft that it opens.")
    @_of_a_source
    @careful
    def link(*, source_id: str, language: str | None, campaign: dict[str, str]) -> None:
        found = find_link(runtime, source_id, language, campaign)
        for line in describe_link(found, campaign, runtime.settings.public_url):
            click.echo(line)

    @group.command("print", help="Write a poster, a card for a table, or the code alone.")
    @_of_a_source
    @click.option(
        "--paper",
        type=click.Choice([*(one.value for one in Paper), *_CODES]),
        default=Paper.A4.value,
        show_default=True,
        help="a4 and letter are posters, card is A6; svg and png are the code alone.",
    )
    @click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The file to write; named after the source if left out.",
    )
    @careful
    def print_source(
        *,
        source_id: str,
        language: str | None,
        campaign: dict[str, str],
        paper: str,
        out: Path | None,
    ) -> None:
        found = find_link(runtime, source_id, language, campaign)
        content = draw(found, paper, accent=runtime.business.page.accent)
        ending = paper if paper in _CODES else "pdf"
        path = out or Path(f"{found.source.id}-{found.wording.language}-{paper}.{ending}")
        path.write_bytes(content)
        click.echo(f"{path}: {len(content)} bytes, code of {found.address}")

    return group


def find_link(
    runtime: Runtime, source_id: str, language: str | None, campaign: Mapping[str, str]
) -> JoinLink:
    """Return the link into a source, or say what is wrong with the question.

    Raises:
        click.ClickException: no such source or language, or nowhere to write to.
    """
    source = runtime.business.source(source_id)
    if source is None:
        known = ", ".join(one.id for one in runtime.business.sources) or "none"
        raise click.BadParameter(f"choose one of: {known}.", param_hint="SOURCE")
    if language and language not in source.wordings:
        known = ", ".join(sorted(source.wordings))
        raise click.BadParameter(f"{source.id} has words in: {known}.", param_hint="--language")
    try:
        return make_join_link(
            source,
            business=runtime.business,
            replies=runtime.replies,
            language=language,
            campaign=campaign,
        )
    except NoNumberError:
        raise click.ClickException(
            "business.toml needs a display_phone_number under [[numbers]]."
        ) from None


def draw(link: JoinLink, paper: str, *, accent: str) -> bytes:
    """Return the file of a poster, a card or a code.

    Raises:
        click.ClickException: the words cannot be printed on it.
    """
    if paper in _CODES:
        return _CODES[paper](link.address)
    try:
        return print_poster(link, Paper(paper), accent=accent)
    except UnprintableError as error:
        raise click.ClickException(printable(str(error))) from None


def describe_link(link: JoinLink, campaign: Mapping[str, str], public_url: str) -> Iterator[str]:
    """Yield the draft, the wa.me link, and our short address where we are reached at one."""
    yield printable(link.sentence)
    yield link.address
    if public_url:
        query = {f"utm_{name}": value for name, value in campaign.items()}
        yield f"{public_url}/j/{link.source.id}?{urlencode({'lang': link.wording.language, **query})}"


def _read_campaign(
    _context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, str]:
    given = dict(pair.partition("=")[::2] for pair in pairs)
    kept = read_campaign({f"utm_{name}": value for name, value in given.items()})
    lost = sorted(set(given) - set(kept))
    if lost:
        raise click.BadParameter(
            f"{', '.join(lost)}: give {', '.join(CAMPAIGN_FIELDS)} as name=value, with small "
            "letters, digits, - and _, and at most six digits."
        )
    return kept


def _of_a_source(command: Callable[..., None]) -> Callable[..., None]:
    """Add what says which link is meant."""
    for add in (
        click.option(
            "--campaign",
            multiple=True,
            callback=_read_campaign,
            help="Such as source=flyer; comes along with the message.",
        ),
        click.option("--language", help="That of the words; the business's own if left out."),
        click.argument("source_id", metavar="SOURCE"),
    ):
        command = add(command)
    return command


def describe_source(source: OptInSource) -> Iterator[str]:
    """Yield the lines that tell of one way in."""
    asked = "asks twice" if source.is_double else "asks once"
    if source.double_in and not source.is_double:
        asked = f"asks twice in {', '.join(sorted(source.double_in))}"
    yield printable(f"{source.id}  {source.kind}, {asked}: {', '.join(source.topics)}")
    for language, wording in sorted(source.wordings.items()):
        yield printable(f"  {language}  {wording.id}  {wording.text}")
    for wording in source.earlier:
        yield printable(f"  {wording.language}  {wording.id}  (earlier) {wording.text}")
