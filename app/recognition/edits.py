"""Slips of the finger: how far two words are apart, and whether a hand could slip so. Pure."""

from itertools import pairwise
from unicodedata import normalize

FREE_LENGTH, TWO_EDITS_LENGTH = 6, 10
"""From these lengths on a word allows any one edit, and two edits."""

_ROWS = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "qwertzuiop", "yxcvbnm",
    "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرلاىةوزظ",
    "קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ", "ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ",
)  # fmt: skip
_COLUMNS = (("qwertyuiop", "asdfghjkl", "zxcvbnm"), ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"))


def is_typo(word: str, keyword: str) -> bool:
    """Tell whether the word is the keyword with a slip of the finger.

    Short keywords allow what fingers do: swapped, doubled, left out or neighboring letters.
    Long ones allow any one edit, very long ones two as long as the first letter is right.
    """
    edits = edit_distance(word, keyword)
    if edits == 1:
        if len(keyword) >= FREE_LENGTH:
            return True
        if len(word) != len(keyword):
            return len(word) < len(keyword) or _is_slip_insertion(word, keyword)
        differing = [(a, b) for a, b in zip(word, keyword, strict=True) if a != b]
        return len(differing) == 2 or _are_neighbors(*differing[0])  # noqa: PLR2004
    return edits == 2 and len(keyword) >= TWO_EDITS_LENGTH and word[0] == keyword[0]  # noqa: PLR2004


def edit_distance(first: str, second: str) -> int:
    """Return the number of single-letter edits, a swap of neighbors counting as one (OSA)."""
    if abs(len(first) - len(second)) > 2:  # noqa: PLR2004
        return 3
    start, end = 0, min(len(first), len(second))
    while start < end and first[start] == second[start]:
        start += 1
    first, second, end = first[start:], second[start:], end - start
    while end and first[-1] == second[-1]:  # what is alike at both ends takes no edit
        first, second, end = first[:-1], second[:-1], end - 1
    if not end:
        return len(first) + len(second)
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        current = [i]
        for j, b in enumerate(second, start=1):
            best = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            current.append(best)
        before, row = row, current
    return row[-1]


def shorten(word: str, depth: int) -> set[str]:
    """Return the word and everything left of it without up to `depth` letters."""
    edge = {word[:i] + word[i + 1 :] for i in range(len(word))}
    found = {word, *edge}
    for _ in range(depth - 1):
        edge = {w[:i] + w[i + 1 :] for w in edge for i in range(len(w))}
        found |= edge
    return found


def is_alphabetic(key: str) -> bool:
    """Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian: one sign, one letter."""
    return not any(c.isspace() or c.isdigit() for c in key) and all(
        c < "\u0e00" or "\u10a0" <= c <= "\u10ff" for c in key
    )


def spell(word: str) -> str:
    """Return a word as its keys are struck: the syllables of Hangul fall apart into letters."""
    return normalize("NFD", word) if any("\uac00" <= c <= "\ud7a3" for c in word) else word


def is_syllabic(key: str) -> bool:
    """Tell whether a spelled word is Thai or Hangul, whose signs are struck one by one too.

    Their words run together, so that less can be trusted: one edit of a long keyword.
    """
    return all("\u0e00" <= c <= "\u0e4e" or "\u1100" <= c <= "\u11ff" for c in key)


def is_doubled(word: str, keyword: str) -> bool:
    """Tell whether a word is a keyword with one letter struck twice, the surest of slips."""
    return any(
        a == b and word[:place] + word[place + 1 :] == keyword
        for place, (a, b) in enumerate(pairwise(word))
    )


def _is_slip_insertion(word: str, keyword: str) -> bool:
    """A doubled letter, or a second key struck beside the right one."""
    for i, letter in enumerate(word):
        if word[:i] + word[i + 1 :] == keyword:
            around = word[max(0, i - 1) : i] + word[i + 1 : i + 2]
            if any(letter == near or _are_neighbors(letter, near) for near in around):
                return True
    return False


def _build_neighbors() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for row in _ROWS:
        pairs |= set(pairwise(row))
    for rows in _COLUMNS:
        for upper, lower in pairwise(rows):
            pairs |= set(zip(upper, lower, strict=False)) | set(zip(upper[1:], lower, strict=False))
    pairs |= {("0", "o"), ("1", "i"), ("1", "l"), ("3", "e"), ("5", "s"), ("4", "a")}
    return frozenset(pairs | {(b, a) for a, b in pairs})


_NEIGHBORS = _build_neighbors()


def _are_neighbors(first: str, second: str) -> bool:
    return (first, second) in _NEIGHBORS
