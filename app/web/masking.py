"""Take out of foreign text whatever might name a person, before somebody sees it."""

import re

# Standing alone: a run inside an event id, which is hexadecimal, names nobody.
_PHONE_NUMBER = re.compile(r"(?<![0-9a-f])[0-9]{7,15}(?![0-9a-f])")
_MESSAGE_ID = re.compile(r"wamid\.[A-Za-z0-9+/=_-]+")
_BSUID = re.compile(r"\b[A-Z]{2}\.(?:[A-Z]+\.)?[A-Za-z0-9]*[0-9][A-Za-z0-9]*")
_HIDDEN = "•••••"


def mask_text(text: str) -> str:
    """Return the text without phone numbers, BSUIDs, and message ids (which hold the number)."""
    text = _MESSAGE_ID.sub(f"wamid.{_HIDDEN}", text)
    text = _BSUID.sub(_HIDDEN, text)
    return _PHONE_NUMBER.sub(_HIDDEN, text)
