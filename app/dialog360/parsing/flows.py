"""Read the answer of a WhatsApp Flow: JSON inside of text inside of JSON."""

import json
import math
from typing import Any

from app.dialog360.parsing.fields import clean_text

# An answer is a form: flat, or nearly so. What is deeper could exhaust whoever writes it out.
DEEPEST = 8
LONGEST_ANSWER = 65_536
# Beyond this, Lua and JavaScript would read another number.
_LARGEST_NUMBER = 2**53

_decoder = json.JSONDecoder(parse_constant=lambda _: None)


def read_flow_answer(value: object) -> dict[str, Any]:
    """Return the answer as plain values that any store takes; {} where it is no object.

    Numbers that nobody could read back and what lies too deep become None.
    """
    if isinstance(value, str) and len(value) <= LONGEST_ANSWER:
        try:
            value = _decoder.decode(value)
        except (ValueError, RecursionError):
            return {}
    if not isinstance(value, dict):
        return {}
    return {clean_text(str(key)): _plain(member, DEEPEST) for key, member in value.items()}


def _plain(value: object, depth: int) -> Any:
    if isinstance(value, list | dict) and depth == 0:
        return None
    if isinstance(value, list):
        return [_plain(member, depth - 1) for member in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): _plain(member, depth - 1) for key, member in value.items()}
    return clean_text(value) if isinstance(value, str) else _plain_number(value)


def _plain_number(value: object) -> Any:
    if isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
