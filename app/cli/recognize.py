"""`flask --app app recognize "…"`: what a message would be understood as."""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

import click

from app.cli.output import careful, print_json, printable
from app.recognition import recognize
from app.recognition.result import Recognition
from app.runtime import Runtime


def create_recognize(runtime: Runtime) -> click.Command:
    """Return the command."""

    @click.command("recognize", help="Say what TEXT would be understood as. Nothing is stored.")
    @click.argument("text")
    @click.option("--country", help="Country of the phone number, e.g. GB.")
    @click.option("--language", help="Language of the person's earlier messages, e.g. pt.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @careful
    def command(*, text: str, country: str | None, language: str | None, as_json: bool) -> None:
        found = recognize(
            text,
            runtime.lexicon,
            country=country,
            language=language,
            today=runtime.clock().date(),
        )
        if as_json:
            print_json(_to_json(found))
            return
        for name, value in _to_json(found).items():
            click.echo(f"{name.capitalize():<10} {'-' if value is None else printable(value)}")
        for line in _explain(text, runtime, country=country, language=language):
            click.echo(printable(line))

    return command


def _to_json(found: Recognition) -> dict[str, Any]:
    return {
        "command": found.command.value,
        "topic": found.topic,
        "days": found.days,
        "rule": found.rule,
        "language": found.language,
        "certainty": found.certainty.value,
    }


def _explain(text: str, runtime: Runtime, **hints: str | None) -> Iterable[str]:
    """Return how the reading came about, where recognition can tell."""
    try:
        module = importlib.import_module("app.recognition.explain")
    except ModuleNotFoundError:
        return ()
    explain: Callable[..., Iterable[str]] = module.explain
    return explain(text, runtime.lexicon, today=runtime.clock().date(), **hints)
