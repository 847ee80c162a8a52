"""Text in Latin letters for where a font has no others, from the names that Unicode gives letters.

It is made to be recognized, not to be pronounced: a reader of the language knows the word again,
and everybody else sees that something stands there. The original goes along elsewhere.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

_INHERENT = "A"
_NAME = re.compile(
    r"(?P<script>[A-Z -]+?) (?P<kind>VOWEL SIGN|VOWEL|LETTER|SYLLABLE|CHARACTER|SIGN|DIGIT|FINAL"
    r"|CONSONANT SIGN|TONE|MARK) ?(?P<sound>.*)"
)
_SCRIPT_OF_NAME = {"CJK": "Han", "HANGUL": "Hangul"}
_WORD_OF_DIGIT = {
    word: str(value)
    for value, word in enumerate(
        ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"]
    )
}
# What a reader would not miss: they join, shape or color what stands before them.
_UNSPOKEN = frozenset("\u200b\u200c\u200d\ufe0e\ufe0f")


def write_readably(text: str, is_drawable: Callable[[str], bool]) -> str:
    """Return the text with each run of letters that cannot be drawn in Latin, in brackets."""
    kept = "".join(one for one in text if one not in _UNSPOKEN or is_drawable(one))
    parts = []
    for drawable, run in groupby(
        _words(kept), key=lambda word: all(map(is_drawable, word.strip()))
    ):
        piece = "".join(run)
        parts.append(piece if drawable else _bracket(piece, is_drawable))
    return "".join(parts)


def _words(text: str) -> Iterator[str]:
    """Yield words with the white space behind them, so that none is torn."""
    yield from re.findall(r"\s+|\S+\s*", text)


def _bracket(run: str, is_drawable: Callable[[str], bool]) -> str:
    """Return a run with what lies between its first and its last strange letter in brackets."""
    strange = [position for position, one in enumerate(run) if not is_drawable(one)]
    first, end = strange[0], strange[-1] + 1
    body = run[first:end]
    scripts = {script for one in body if (script := _script_of(one))}
    label = f"{', '.join(sorted(scripts))}: " if scripts else ""
    return f"{run[:first]}[{label}{romanize(body).strip()}]{run[end:]}"


def romanize(text: str) -> str:
    """Return the text in Latin letters, as far as the names of its letters tell them."""
    out: list[str] = []
    can_drop = False
    for character in text:
        if ord(character) < 0x250:  # noqa: PLR2004 - the end of the Latin letters
            out.append(character)
            can_drop = False
            continue
        kind, sound = _sound_of(character)
        if kind in {"VOWEL SIGN", "VIRAMA"} and can_drop:
            # A consonant of the scripts of India has an A of its own until a vowel stands by it.
            out[-1] = out[-1].removesuffix(_INHERENT.lower())
        if kind != "VIRAMA":
            out.append(sound)
        can_drop = kind == "LETTER" and sound.endswith("a") and len(sound) > 1
    return "".join(out)


def _sound_of(character: str) -> tuple[str, str]:
    name = unicodedata.name(character, "")
    if "VIRAMA" in name:
        return "VIRAMA", ""
    if name.startswith("CJK UNIFIED") or not name:
        # A sign of a word and not of a sound: its number is all that can be said of it.
        return "SIGN", f"U+{ord(character):04X} "
    match = _NAME.fullmatch(name)
    if not match or unicodedata.category(character)[0] not in "LMN":
        return "SIGN", f"({name.lower()})"
    kind, sound = match["kind"], match["sound"]
    if kind == "DIGIT":
        return kind, _WORD_OF_DIGIT.get(sound, sound)
    words = [one for one in sound.split() if one not in {"SMALL", "CAPITAL", "SARA", "MAI", "THAI"}]
    if kind == "CHARACTER" and sound.split()[:1] not in (["SARA"], ["MAI"]):
        # Thai and Lao name a consonant by a syllable and a word: KO KAI is a k.
        return kind, (words[0].rstrip("O") if words else "").lower()
    return kind, (words[-1] if words else "").lower()


def _script_of(character: str) -> str:
    if not character.isalpha():
        return ""
    first = unicodedata.name(character, "").split(" ")[0]
    return "" if first in {"", "LATIN"} else _SCRIPT_OF_NAME.get(first, first.capitalize())
