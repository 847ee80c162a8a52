"""Fit foreign names into our sentences. Total: any text in, a harmless one out."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import accumulate

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
# Signs that languages put around a quoted name; some open with what others close with.
_QUOTES = "“”„‟‘’‚‛«»‹›「」『』״\"'"
_QUOTED = re.compile(
    rf"(?P<before>[{_QUOTES}]\u00a0?)\{{(?P<name>[A-Za-z_]+)\}}(?P<after>\u00a0?[{_QUOTES}])"
)


def measure_text(text: str) -> int:
    """Return the length as the strictest reader counts it: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def list_placeholders(text: str) -> list[str]:
    """Return the names of the placeholders of a text, sorted, with repetitions."""
    return sorted(_PLACEHOLDER.findall(text))


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """Put values in place in one pass, so that a brace inside a name stays a brace.

    A placeholder without a value stays as it is.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def quotes_around(text: str, name: str) -> tuple[str, str]:
    """Return what a text puts before and after a placeholder to quote it; empty where nothing."""
    for found in _QUOTED.finditer(text):
        if found["name"] == name:
            return found["before"], found["after"]
    return "", ""


def clean_name(name: str, longest: int, direction: str) -> str:
    """Return a name on one line, clipped, and set apart where it runs the other way.

    Without the isolating marks, "Acme Ltd." inside an Arabic sentence loses its dot to the far
    side. `direction` is that of the sentence, "ltr" or "rtl".
    """
    name = " ".join(name[: 4 * longest].split())
    name = "".join(
        character
        for character in name
        if character not in _BIDI_CONTROLS and unicodedata.category(character) not in {"Cc", "Cs"}
    )
    if measure_text(name) > longest:
        name = _clip(name, longest - 1).rstrip() + "…"
    kinds = {unicodedata.bidirectional(character) for character in name}
    runs_other_way = "L" in kinds if direction == "rtl" else bool(kinds & {"R", "AL"})
    return f"{_ISOLATE}{name}{_END_ISOLATE}" if runs_other_way else name


def _clip(text: str, longest: int) -> str:
    lengths = accumulate(measure_text(character) for character in text)
    return "".join(
        character for character, length in zip(text, lengths, strict=True) if length <= longest
    )


def join_within(parts: Sequence[str], separator: str, longest: int) -> str:
    """Join the parts that fit; an ellipsis stands for the rest."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += measure_text(part) + len(separator)
        if length > longest:
            kept.append("…")
            break
        kept.append(part)
    return separator.join(kept)
