"""Read single values out of foreign JSON: each comes back in our type, or as a MalformedError.

Fields that decide something are strict. Fields that only add to it (a context, a label's
description) are read softly by their callers, so that no STOP is lost to a detail.
"""

from datetime import datetime
from typing import Any

from app.domain.times import from_milliseconds

# A text has at most 4,096 characters and a button id 256. What is longer is cut, so that a
# notification of 3 MB does not become evidence of 3 MB; it can be none of our commands.
LONGEST_TEXT = 16_384
# Message ids have well under 200 characters.
LONGEST_ID = 512

_MILLISECONDS_FROM = 10**12
_EARLIEST = 1_230_768_000_000  # 2009-01-01: there was no WhatsApp before.
_LATEST = 4_102_444_800_000  # 2100-01-01
_LONGEST_NUMBER = 20


class MalformedError(Exception):
    """An item can not be understood; `path` is where in it, `what` why (never the value)."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(what)
        self.path = path
        self.what = what


def describe(value: object) -> str:
    """Name the type of a JSON value in words, for problems."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text" if value else "empty text"
    if isinstance(value, list):
        return "a list"
    return "an object"


def expect_mapping(value: object, path: str = "") -> dict[str, Any]:
    """Return the value if it is an object."""
    if not isinstance(value, dict):
        raise MalformedError(path, f"expected an object, found {describe(value)}")
    return value


def mapping_at(parent: dict[str, Any], key: str, *, within: str = "") -> dict[str, Any] | None:
    """Return the object at the key, None where there is none; `within` begins its path."""
    value = parent.get(key)
    return None if value is None else expect_mapping(value, within + key)


def text_at(parent: dict[str, Any], key: str, *, within: str = "") -> str | None:
    """Return the text at the key, None where there is none or it is empty."""
    value = parent.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise MalformedError(within + key, f"expected text, found {describe(value)}")
    return clean_text(value)


def id_at(parent: dict[str, Any], key: str) -> str:
    """Return the id at the key; a number is taken for its digits.

    Raises:
        MalformedError: there is none, or it is too long to be one.
    """
    value = parent.get(key)
    text = digits_of(value) if isinstance(value, int) else value
    if not isinstance(text, str) or not text:
        raise MalformedError(key, f"expected an id, found {describe(value)}")
    if len(text) > LONGEST_ID:
        raise MalformedError(key, "too long for an id")
    return clean_text(text)


def optional_id_at(parent: dict[str, Any], key: str) -> str | None:
    """Return the id at the key, None where there is nothing usable."""
    try:
        return id_at(parent, key)
    except MalformedError:
        return None


def time_at(parent: dict[str, Any], key: str = "timestamp") -> datetime:
    """Return the moment at the key: Unix seconds as text or number.

    Some webhooks carried milliseconds; no second before the year 33658 looks like one.

    Raises:
        MalformedError: it is none, or it lies outside of 2009–2099. It must never become "now":
            a wrong stamp would let an old START lift a newer STOP.
    """
    value = parent.get(key)
    if isinstance(value, int):
        text = digits_of(value)
    elif isinstance(value, str) and len(value) <= _LONGEST_NUMBER:
        text = value.strip()
    else:
        text = None
    if text is None or not (text.isascii() and text.isdigit()):
        raise MalformedError(key, f"expected Unix seconds, found {describe(value)}")
    number = int(text)
    milliseconds = number if number >= _MILLISECONDS_FROM else number * 1000
    if not _EARLIEST <= milliseconds < _LATEST:
        raise MalformedError(key, "a time that can not be")
    return from_milliseconds(milliseconds)


def digits_of(value: int) -> str | None:
    """Return a number as digits, None for true, false, negative and enormous ones."""
    # The bound comes first: turning an enormous number into text raises, or takes long.
    if isinstance(value, bool) or not 0 <= value < 10**_LONGEST_NUMBER:
        return None
    return str(value)


def clean_text(text: str) -> str:
    """Return the text without lone surrogates, and not longer than we keep.

    JSON may carry half of an escaped character; no database and no log takes that.
    """
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
