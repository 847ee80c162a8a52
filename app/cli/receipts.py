"""`flask --app app recipients receipt`: a person's consent record, printed or as a file."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.output import RecipientType, careful, print_json
from app.domain.receipt_paper import lay_out
from app.domain.recipients import Recipient
from app.paper.receipt import print_receipt
from app.runtime import Runtime
from app.usecases.receipt import make_receipt
from app.web.receipts import choose_texts
from app.web.views import view_recipient


def add_receipt(group: AppGroup, runtime: Runtime) -> None:
    """Give the group `recipients` its command `receipt`."""

    @group.command("receipt", help="Print the consent record of a person as JSON, or as a PDF.")
    @click.argument("recipient", metavar="ID", type=RecipientType())
    @click.option(
        "--pdf",
        "path",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write a PDF to this file, with the JSON inside.",
    )
    @click.option("--language", help="The language of the PDF; the person's when left out.")
    @careful
    def receipt(*, recipient: Recipient, path: Path | None, language: str | None) -> None:
        if language and language.partition("-")[0] not in runtime.receipt_texts:
            raise click.BadParameter(
                f"choose one of: {', '.join(runtime.receipt_texts)}.", param_hint="--language"
            )
        now = runtime.clock()
        record = make_receipt(
            recipient,
            view_recipient(recipient, runtime),
            preferences=runtime.preferences,
            business=runtime.business,
            now=now,
        )
        if path is None:
            print_json(record)
            return
        texts = choose_texts(recipient, language, runtime)
        content = print_receipt(lay_out(record, texts, runtime.business), record, texts, now=now)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written ({error.strerror}).") from None
        click.echo(f"Wrote {path}.")
