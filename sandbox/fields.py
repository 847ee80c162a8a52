"""Small readers for fields of a request; each raises LimitError with the field's path.

The details name the field and the limit, never the value: a client may log them.
"""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.errors import LimitError

WRONG_TYPE: Final = 100
MISSING: Final = 131008
BAD_VALUE: Final = 131009


def read_object(parent: Mapping[str, Any], key: str, path: str) -> dict[str, Any]:
    """Return a JSON object that must be there."""
    value = parent.get(key)
    if value is None:
        raise LimitError(MISSING, f"{path} is required")
    if not isinstance(value, dict):
        raise LimitError(WRONG_TYPE, f"{path} must be an object")
    return value


def read_optional_object(parent: Mapping[str, Any], key: str, path: str) -> dict[str, Any] | None:
    """Return a JSON object that may be missing."""
    return None if parent.get(key) is None else read_object(parent, key, path)


def read_list(
    parent: Mapping[str, Any], key: str, path: str, *, at_least: int = 1, at_most: int
) -> list[dict[str, Any]]:
    """Return a list of JSON objects that must be there, with a size within the limits."""
    value = parent.get(key)
    if value is None:
        raise LimitError(MISSING, f"{path} is required")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise LimitError(WRONG_TYPE, f"{path} must be a list of objects")
    if not at_least <= len(value) <= at_most:
        raise LimitError(
            BAD_VALUE, f"{path} has {len(value)} items, allowed are {at_least} to {at_most}"
        )
    return value


def read_text(parent: Mapping[str, Any], key: str, path: str, *, at_most: int) -> str:
    """Return a text that must be there and not be empty."""
    value = parent.get(key)
    if value is None:
        raise LimitError(MISSING, f"{path} is required")
    if not isinstance(value, str):
        raise LimitError(WRONG_TYPE, f"{path} must be a string")
    if not value.strip():
        raise LimitError(BAD_VALUE, f"{path} must not be empty")
    if len(value) > at_most:
        raise LimitError(BAD_VALUE, f"{path} is {len(value)} characters long, at most {at_most}")
    return value


def read_optional_text(parent: Mapping[str, Any], key: str, path: str, *, at_most: int) -> str:
    """Return a text that may be missing (then an empty one)."""
    return "" if parent.get(key) is None else read_text(parent, key, path, at_most=at_most)


def read_choice(parent: Mapping[str, Any], key: str, path: str, allowed: tuple[str, ...]) -> str:
    """Return one of the allowed texts."""
    value = read_text(parent, key, path, at_most=100)
    if value not in allowed:
        raise LimitError(BAD_VALUE, f"{path} must be one of {', '.join(allowed)}")
    return value


def read_flag(parent: Mapping[str, Any], key: str, path: str) -> None:
    """Check a true or false that may be missing."""
    if not isinstance(parent.get(key, False), bool):
        raise LimitError(WRONG_TYPE, f"{path} must be true or false")


def refuse_repeats(values: list[str], path: str) -> None:
    """Raise when a value occurs twice."""
    if len(set(values)) != len(values):
        raise LimitError(BAD_VALUE, f"{path} must be unique")
