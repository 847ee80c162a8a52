"""`flask --app app webhook …`: where 360dialog delivers notifications, and with what secret."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

import click
from flask.cli import AppGroup

from app.cli.numbers import choose_numbers, name_number
from app.cli.output import careful, print_json, printable
from app.dialog360.client import WebhookRegistration, list_webhook_problems
from app.dialog360.signature import is_bearer
from app.runtime import Runtime
from config.settings import Settings

ROUTE = "/webhooks/360dialog"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MASKED = "••••"


class HeaderMatch(StrEnum):
    """How a registered Authorization header relates to WEBHOOK_TOKEN."""

    CURRENT = "current"
    FORMER = "former"
    WRONG = "wrong"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"

    @property
    def text(self) -> str:
        """What it means, after the words "the Authorization header"."""
        return _MEANINGS[self.value]


_MEANINGS = {
    "current": "is our WEBHOOK_TOKEN",
    "former": "is one of WEBHOOK_TOKEN, but not the first: register again, then drop it",
    "wrong": "is none of WEBHOOK_TOKEN: every notification is refused; register again",
    "missing": "is missing: every notification is refused; register again",
    "not_needed": "is not needed: notifications are signed",
}


def create_webhook_group(runtime: Runtime) -> AppGroup:
    """Return the group of commands."""
    group = AppGroup("webhook", help="See or set where 360dialog delivers notifications.")
    number_option = click.option(
        "--number", metavar="PHONE_NUMBER_ID", help="One number of business.toml; else all."
    )
    json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

    @group.command(
        "register",
        help=f"""Let 360dialog deliver to URL, with our WEBHOOK_TOKEN as a header.

        URL is the public address of this application; {ROUTE} is added where it has no path.""",
    )
    @click.argument("url")
    @number_option
    @json_option
    @careful
    def register(*, url: str, number: str | None, as_json: bool) -> None:
        numbers = choose_numbers(runtime, number)
        headers = build_headers(runtime.settings)
        target = read_target(url, headers, runtime.settings)
        rows = []
        for one in numbers:
            stored = runtime.d360.set_webhook(target, headers, phone_number_id=one)
            rows.append(_row(one, stored, runtime.settings))
            if stored.url != target:
                raise click.ClickException(
                    f"360dialog took the change for {name_number(one)}, but still delivers to "
                    f"{printable(stored.masked_url)}. Look again with `webhook show`."
                )
        _print(rows, as_json=as_json)

    @group.command("show", help="Show what is registered; secrets are masked.")
    @number_option
    @json_option
    @careful
    def show(*, number: str | None, as_json: bool) -> None:
        rows = [
            _row(one, runtime.d360.get_webhook(phone_number_id=one), runtime.settings)
            for one in choose_numbers(runtime, number)
        ]
        _print(rows, as_json=as_json)

    return group


def build_headers(settings: Settings) -> dict[str, str]:
    """Return the headers that 360dialog shall send; none where it signs instead."""
    if not settings.webhook_tokens:
        return {}
    return {"Authorization": f"Bearer {settings.webhook_tokens[0].reveal()}"}


def read_target(url: str, headers: Mapping[str, str], settings: Settings) -> str:
    """Return the whole address to register.

    Raises:
        click.BadParameter: 360dialog would refuse it, or could never reach it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise click.BadParameter("it is no web address.", param_hint="URL") from None
    is_clean = url.isascii() and url.isprintable() and " " not in url
    if not host or parts.scheme not in {"http", "https"} or not is_clean:
        raise click.BadParameter(
            "give a web address such as https://heed.example.com.", param_hint="URL"
        )
    _refuse_secrets(parts)
    is_sandbox = urlsplit(settings.d360_base_url).hostname in _LOOPBACK
    if host in _LOOPBACK:
        problems = [] if is_sandbox else ["360dialog cannot reach this machine's own loopback"]
    else:
        problems = list_webhook_problems(url, headers)
    if problems:
        raise click.BadParameter(
            f"360dialog would refuse it: {'; '.join(problems)}.", param_hint="URL"
        )
    return parts._replace(path=ROUTE).geturl() if parts.path in {"", "/"} else parts.geturl()


def match_header(registration: WebhookRegistration, settings: Settings) -> HeaderMatch:
    """Compare the registered header with ours, in constant time."""
    tokens = [secret.reveal() for secret in settings.webhook_tokens]
    if not tokens:
        return HeaderMatch.NOT_NEEDED
    found = [
        value for name, value in registration.headers.items() if name.lower() == "authorization"
    ]
    if not found:
        return HeaderMatch.MISSING
    if is_bearer(tokens[:1], found[0]):
        return HeaderMatch.CURRENT
    return HeaderMatch.FORMER if is_bearer(tokens, found[0]) else HeaderMatch.WRONG


def _refuse_secrets(parts: SplitResult) -> None:
    if "@" in parts.netloc or parts.fragment:
        raise click.BadParameter(
            "leave out user, password and fragment; the secret travels in a header.",
            param_hint="URL",
        )


def _row(
    number: str | None, registration: WebhookRegistration, settings: Settings
) -> dict[str, Any]:
    return {
        "number": number,
        "url": registration.masked_url if registration.url else None,
        "headers": dict.fromkeys(sorted(registration.headers), _MASKED),
        "authorization": match_header(registration, settings),
    }


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{name_number(row['number']).capitalize()}")
        if not row["url"]:
            click.echo("  Nothing is registered: flask --app app webhook register URL")
            continue
        click.echo(f"  URL      {printable(row['url'])}")
        for name, value in row["headers"].items():
            click.echo(f"  Header   {printable(name)}: {value}")
        click.echo(f"  The Authorization header {row['authorization'].text}.")
