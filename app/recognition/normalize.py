"""Bring text into the one form in which words are compared. Pure, total and linear.

Two forms exist side by side. `fold_text` keeps accents; `strip_accents` removes those of the Latin,
Greek and Cyrillic scripts only, because the marks of the Indic scripts and of Thai are letters:
without its anusvara बंद is another word.
"""

import re
import unicodedata

MAX_CHARACTERS = 4096
"""Longest text that is read whole: WhatsApp's own limit for a text message.

Of a longer one the first and the last half of that are read, since people say at the beginning or
at the end what they want.
"""

MAX_DENSE = 2048
"""The same for scripts without spaces, and Hangul, which say as much with half the characters."""

_INVISIBLE = [
    0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
]  # fmt: skip

_BMP = 0xFFFF
_LATIN_LETTERS = {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "ŧ": "t"}
_LIGATURES = {"æ": "ae", "œ": "oe", "ĳ": "ij", "þ": "th"}


def _build_fold_table() -> dict[int, str | None]:
    """One table for invisible characters, digits, apostrophes, Arabic and Hebrew spelling."""
    table: dict[int, str | None] = dict.fromkeys(_INVISIBLE)
    for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
                 0xE50, 0xED0, 0x1040, 0x17E0):  # fmt: skip
        table |= {zero + digit: str(digit) for digit in range(10)}
    table |= dict.fromkeys(map(ord, "’‘ʼʻ`´′ʹ՚＇"), "'")
    # Arabic: short vowels and tatweel carry no meaning here; alef, yeh, kaf and teh marbuta have
    # several spellings of which keyboards offer different ones.
    table |= dict.fromkeys([*range(0x64B, 0x660), 0x670, 0x640])
    table |= dict.fromkeys(map(ord, "أإآٱ"), "ا")
    table |= {ord("ى"): "ي", ord("ی"): "ي", ord("ے"): "ي", ord("ک"): "ك", ord("ة"): "ه", ord("ۃ"): "ه", ord("ہ"): "ه", ord("ھ"): "ه"}  # fmt: skip
    table |= dict.fromkeys([*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7])
    # Devanagari and Bengali: nukta is often left out; chandrabindu and anusvara are interchanged.
    table |= {0x93C: None, 0x9BC: None, 0x901: "ं"}
    table |= {ord("ё"): "е", ord("ς"): "σ", 0x307: None}  # U+0307 is what İ leaves when casefolded
    return table


def _build_accent_table() -> dict[int, str]:
    """Base letters of accented Latin, Greek and Cyrillic letters; й stays, it is a letter."""
    table: dict[int, str] = {}
    blocks = (range(0xC0, 0x250), range(0x370, 0x460), range(0x1E00, 0x2000))
    for code in (code for block in blocks for code in block):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base != chr(code) and chr(code) not in "йїў":
            table[code] = base
    table |= {ord(k): v for k, v in (_LATIN_LETTERS | _LIGATURES).items()}
    table |= dict.fromkeys(range(0x300, 0x370), "")
    return table


_FOLD = _build_fold_table()
_ACCENTS = _build_accent_table()

# A word may hold combining marks, which Python's \w does not know; the Indic and South-East Asian
# blocks are therefore named whole, save the dandas, which end sentences.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0971-\u0df3"
    "\u0e01-\u0e4e\u0e80-\u0ebd\u0ec8-\u0ecd\u0f71-\u0fbc\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
)
WORD = rf"(?:[^\W\d_]|[{_MARKS}])+"
_WORDS = re.compile(rf"{WORD}|\d+")

# Most messages need less: these give the same words several times as fast.
_ASCII_WORDS = re.compile(r"[a-z]+|[0-9]+")
_ONLY_LETTERS = re.compile(rf"[\w{_MARKS}]+")
_NO_LETTERS = re.compile(r"[\d_]")
_FOLDED = re.compile(f"[{re.escape(''.join(chr(code) for code in _FOLD if code <= _BMP))}]")
_DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)
_TAGS = re.compile("[\U000e0000-\U000e01ef]")
_ACCENTED = re.compile(f"[{re.escape(''.join(map(chr, _ACCENTS)))}]")


def fold_text(text: str) -> str:
    """Return the text with case, width, digits, invisible characters and spelling variants folded."""
    text = _leave_out_middle(text, MAX_CHARACTERS)
    if text.isascii():
        return text.lower()
    # Capital I with a dot and dotless i are one letter here: casefolding would split İPTAL.
    text = text.replace("İ", "i").replace("ı", "i")
    text = _leave_out_middle(unicodedata.normalize("NFKC", text), MAX_CHARACTERS)
    if len(text) > MAX_DENSE and sum(map(len, _DENSE.findall(text))) > MAX_DENSE:
        text = _leave_out_middle(text, MAX_DENSE)
    text = text.casefold()
    if _FOLDED.search(text) or _TAGS.search(text):
        text = text.translate(_FOLD)
    return unicodedata.normalize("NFC", text)


def _leave_out_middle(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}\n{text[1 - half :]}"


def strip_accents(folded: str) -> str:
    """Return folded text without the accents of Latin, Greek and Cyrillic letters."""
    if folded.isascii() or not _ACCENTED.search(folded):
        return folded
    return folded.translate(_ACCENTS)


def split_words(folded: str) -> list[str]:
    """Return the words and numbers of folded text in order; punctuation and emoji vanish."""
    if folded.isascii():
        return _ASCII_WORDS.findall(folded)
    if _NO_LETTERS.search(folded):
        return _WORDS.findall(folded)
    return _ONLY_LETTERS.findall(folded)


def keyword_key(text: str) -> str:
    """Return the form in which a whole keyword is stored and looked up."""
    return " ".join(split_words(strip_accents(fold_text(text))))
