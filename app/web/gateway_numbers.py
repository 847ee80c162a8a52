"""Through which number a sender sends: its API token says so, or the path of the Cloud API."""

from flask import g

from app.dialog360.refusals import PERMISSION_DENIED
from app.runtime import Runtime
from app.web.gateway_answers import GatewayError


def choose_number(runtime: Runtime) -> str | None:
    """Return the number that the caller sends through; None for the one key that there is."""
    numbers = runtime.business.numbers_of(g.caller)
    if len(numbers) > 1 or (runtime.business.numbers and not numbers):
        raise GatewayError(
            403,
            PERMISSION_DENIED,
            "business.toml does not say which number this API token sends through: name the "
            "token in `senders` of one number.",
            outcome="unauthorized",
        )
    return numbers[0].phone_number_id if numbers else None


def any_number(runtime: Runtime, wanted: str | None) -> str | None:
    """Return a number for a file, which its id alone names: the wanted one, else the first."""
    if wanted and wanted.isdigit():
        return name_number(runtime, int(wanted))
    numbers = runtime.business.numbers_of(g.caller)
    return numbers[0].phone_number_id if numbers else choose_number(runtime)


def name_number(runtime: Runtime, phone_number_id: int) -> str:
    """Return the number that the path names, if the caller may send through it."""
    named = str(phone_number_id)
    if named not in {one.phone_number_id for one in runtime.business.numbers_of(g.caller)}:
        raise GatewayError(
            403,
            PERMISSION_DENIED,
            "The number in the path is not one of [[numbers]] in business.toml, or its `senders` "
            "do not name this API token.",
            outcome="unauthorized",
        )
    return named
