"""`flask --app app recognize "…"`: what a message would be understood as."""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import click

from app.cli.output import careful, print_json, printable
from app.domain.inbound import InboundMessage, MessageKind
from app.domain.recipients import Recipient
from app.recognition import recognize
from app.recognition.result import Recognition
from app.runtime import Runtime
from app.usecases.understand import understand


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
        chosen = _choice(text, runtime, country=country, language=language)
        if chosen:
            click.echo(f"{'Choice':<10} {printable(chosen)}")
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


def _choice(text: str, runtime: Runtime, *, country: str | None, language: str | None) -> str:
    """Return the registers that words such as "weekly" set; empty where a command is meant."""
    message = InboundMessage(
        id="",
        recipient=Recipient(wa_id="447700900123"),
        kind=MessageKind.TEXT,
        occurred_at=runtime.clock(),
        text=text,
    )
    reader = runtime.receiver.reader
    if language:
        reader = replace(reader, business=replace(reader.business, language=language))
    found = understand(message, reader, country=country, occurred_at=runtime.clock())
    if found is None or found.command is not None:
        return ""
    chosen = {name: value for name, value in found.settings.items() if name != "question"}
    return ", ".join(f"{name} = {value}" for name, value in chosen.items())


def _explain(text: str, runtime: Runtime, **hints: str | None) -> Iterable[str]:
    """Return how the reading came about, where recognition can tell."""
    try:
        module = importlib.import_module("app.recognition.explain")
    except ModuleNotFoundError:
        return ()
    explain: Callable[..., Iterable[str]] = module.explain
    return explain(text, runtime.lexicon, today=runtime.clock().date(), **hints)
