"""The business numbers that a command is about."""

import click

from app.runtime import Runtime

PhoneNumberID = str | None
"""None stands for the one number of D360_API_KEY, where business.toml lists none."""


def choose_numbers(runtime: Runtime, asked: str | None) -> list[PhoneNumberID]:
    """Return the number that was asked for, else all.

    Raises:
        click.BadParameter: business.toml does not list it.
    """
    known: list[PhoneNumberID] = [one.phone_number_id for one in runtime.business.numbers]
    if asked is None:
        return known or [None]
    if asked not in known:
        names = ", ".join(one for one in known if one)
        raise click.BadParameter(
            f"business.toml lists {names or 'no numbers'}.", param_hint="--number"
        )
    return [asked]


def name_number(number: PhoneNumberID) -> str:
    """Return what to call a number in a line."""
    return f"number {number}" if number else "the number of D360_API_KEY"
