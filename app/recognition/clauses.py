"""Cut a message into sentences and clauses of words. Pure, one pass."""

import re
from dataclasses import dataclass

from app.recognition.normalize import WORD

_PIECES = re.compile(
    r"(?P<link>https?://\S*|www\.\S*)"
    r"|(?P<date>(?<!\d)\d{1,4}([./-])\d{1,2}(?:\3\d{1,4})?(?!\d))"
    r"|(?P<ordinal>\d{1,3}\.(?=\s*[^\W\d_]))"
    rf"|(?P<word>{WORD}|\d+)"
    r"|(?P<ask>[?؟])"
    r"|(?P<end>[.!\n\r…。।॥۔‼]+)"
    r"|(?P<comma>[,;:()،؛、·—–]|\s-+\s)"
)
_ABBREVIATION = re.compile(r"(?<!\w)(?:[^\W\d_]\.){2,8}[^\W\d_]?(?!\w)")
"""Letters with dots, as in "s.v.p."; a dot between them ends no sentence."""

LONG_CLAUSE, LONG_WORD = 400, 600
"""Longest clause in words, and longest run of letters, that is read whole.

Of longer ones, which no person writes, the middle is left out; that bounds the time of reading.
"""

LONG_MESSAGE = 200
"""Most clauses of one message that are read; of more, the first and the last half are."""

_GREEK = re.compile("[α-ω]")
_ANY_QUOTE = re.compile('["“„«「『>]')
_QUOTES = re.compile(r'"[^"]*"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»|「[^「」]*」|『[^『』]*』|^\s*>.*$', re.MULTILINE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses of folded words (accents kept); `question` when it ends in a question mark."""

    clauses: tuple[tuple[str, ...], ...]
    question: bool


def split_sentences(folded: str) -> list[Sentence]:
    """Return the sentences of folded text; what stands between quotation marks is left out.

    A message that is nothing but a quotation, such as "STOP" with its quotation marks, is read.
    """
    if ";" in folded and _GREEK.search(folded):
        folded = folded.replace(";", "?")  # the Greek question mark, after normalization
    if "." in folded:
        folded = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), folded)
    rest = _leave_out_quotations(folded) if _ANY_QUOTE.search(folded) else folded
    sentences: list[Sentence] = []
    clauses: list[tuple[str, ...]] = []
    words: list[str] = []
    for piece in _PIECES.finditer(rest):
        kind, value = piece.lastgroup, piece.group()
        if kind in {"word", "date"}:
            words.append(value)
        elif kind == "ordinal":
            words.append(value[:-1])
        elif kind == "link":
            words.append("http")
        else:
            if words:
                clauses.append(_shorten(words))
                words = []
            if kind != "comma":
                _end_sentence(sentences, clauses, question=kind == "ask")
                clauses = []
    if words:
        clauses.append(_shorten(words))
    _end_sentence(sentences, clauses, question=False)
    return _leave_out_middle(sentences)


def _leave_out_quotations(folded: str) -> str:
    rest = _QUOTES.sub(" , ", folded)
    return rest if any(character.isalnum() for character in rest) else folded


def _shorten(words: list[str]) -> tuple[str, ...]:
    half = LONG_CLAUSE // 2
    kept = words if len(words) <= LONG_CLAUSE else [*words[:half], *words[-half:]]
    if max(map(len, kept)) <= LONG_WORD:
        return tuple(kept)
    half = LONG_WORD // 2
    return tuple(w if len(w) <= LONG_WORD else w[:half] + w[-half:] for w in kept)


def _leave_out_middle(sentences: list[Sentence]) -> list[Sentence]:
    count = sum(len(sentence.clauses) for sentence in sentences)
    if count <= LONG_MESSAGE:
        return sentences
    half = LONG_MESSAGE // 2
    kept: list[Sentence] = []
    before = 0
    for sentence in sentences:
        first, last = half - before, count - half - before  # of its clauses, those to leave out
        before += len(sentence.clauses)
        if first >= len(sentence.clauses) or last <= 0:
            kept.append(sentence)
        elif first > 0 or last < len(sentence.clauses):
            clauses = (*sentence.clauses[: max(first, 0)], *sentence.clauses[last:])
            kept.append(Sentence(clauses, sentence.question))
    return kept


def _end_sentence(
    sentences: list[Sentence], clauses: list[tuple[str, ...]], *, question: bool
) -> None:
    if clauses:
        sentences.append(Sentence(tuple(clauses), question))
    elif question and sentences:
        sentences[-1] = Sentence(sentences[-1].clauses, question=True)
