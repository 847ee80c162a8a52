"""What all commands share: how they print, and how they say that something went wrong."""

import functools
import getpass
import json
import logging
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from app.domain.recipients import Recipient, RecipientError, parse_recipient
from app.ports import SendError, ThrottledError, TransientSendError, UnknownOutcomeError
from app.store.connection import StoreError
from app.usecases.apply import ConflictError

P = ParamSpec("P")
T = TypeVar("T")

# Whatever moves the cursor, colors the screen, or turns the direction of the text around it.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class RecipientType(click.ParamType[Recipient]):
    """A recipient in any form that people write one."""

    name = "ID"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Recipient:
        """Read the recipient; a wrong one ends the command with exit code 2."""
        if isinstance(value, Recipient):
            return value
        try:
            return parse_recipient(str(value))
        except RecipientError as error:
            self.fail(str(error), param, ctx)


def careful(command: Callable[P, T]) -> Callable[P, T]:
    """Turn the errors of the world into a sentence and exit code 1, and logs to standard error."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        _send_logs_to_stderr()
        try:
            return command(*args, **kwargs)
        except StoreError as error:
            _end(
                f"Redis does not answer ({type(error).__name__}). See REDIS_URL and the server; "
                "a change may or may not have been accepted, and may be asked for again."
            )
        except ConflictError:
            _end("Too many changes of this person at once. It is accepted and follows in seconds.")
        except (SendError, UnknownOutcomeError) as error:
            _end(describe_failure(error))

    return run


def describe_failure(error: SendError | UnknownOutcomeError) -> str:
    """Say what became of a request to 360dialog, and what to do."""
    if isinstance(error, TransientSendError):
        return f"360dialog was not reached or is busy ({error}). See D360_BASE_URL; try again."
    if isinstance(error, ThrottledError):
        return f"360dialog asks to slow down ({error}). Try again in a minute."
    if isinstance(error, UnknownOutcomeError):
        return f"360dialog did not answer properly ({error}). See D360_BASE_URL; try again."
    return f"360dialog refused ({error}). See that the API key is that of this number."


def print_json(value: object) -> None:
    """Print a value for machines; ASCII alone, so that no terminal is fooled."""
    click.echo(json.dumps(value, indent=2))


def printable(text: object) -> str:
    """Return foreign text without what a terminal would obey instead of show."""
    return "".join(
        character if unicodedata.category(character) not in _UNPRINTABLE else _escape(character)
        for character in str(text)
    )


def name_of_user() -> str:
    """Return who runs the command, as the machine calls them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return "unknown user"


def _escape(character: str) -> str:
    # The joiners hold emoji together and shape Arabic and Hindi; they do nothing to a terminal.
    if character in {"\u200c", "\u200d"}:
        return character
    return character.encode("unicode_escape").decode()


def _send_logs_to_stderr() -> None:
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
            handler.setStream(sys.stderr)


def _end(message: str) -> NoReturn:
    raise click.ClickException(message) from None
