"""Turn the words of a clause into the vocabulary of one language. Pure.

Three things happen here: accents are dropped where the language can do without them, words that
belong together ("opt out") are joined, and runs without spaces (Han, kana, Thai, Hangul) are cut
along the vocabulary, longest piece first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.recognition.clauses import split_sentences
from app.recognition.normalize import fold_text, split_words, strip_accents

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)


@dataclass(frozen=True, slots=True)
class Words:
    """How one language cuts and joins words. `strict`: a wrong accent makes another word.

    `pieces` are what runs without spaces are cut along, `lengths` how long those with the same
    first character are, the longest first.
    """

    strict: bool
    spaced: bool
    joined: Mapping[str, tuple[tuple[str, ...], ...]]
    pieces: frozenset[str]
    lengths: Mapping[str, tuple[int, ...]]
    vocabulary: frozenset[str]
    parts: frozenset[str]

    def keys(self, clause: Sequence[str]) -> list[str]:
        """Return the keys of a clause of folded words (see `fold_text`)."""
        words = clause if self.strict else list(map(strip_accents, clause))
        if not self.spaced:
            words = [piece for run in _join_runs(words) for piece in self._cut(run)]
        return self._join(words)

    def split(self, text: str) -> list[str]:
        """Return the keys of written text."""
        clauses = [c for s in split_sentences(fold_text(text)) for c in s.clauses]
        return self.keys([word for clause in clauses for word in clause])

    def forms(self, word: str) -> tuple[str, ...]:
        """Return the keys under which a written word of the vocabulary can arrive."""
        return _forms(word, strict=self.strict, spaced=self.spaced)

    def literal(self, key: str) -> tuple[str, ...]:
        """Return the keys that a literal word of a phrase stands for."""
        return tuple(dict.fromkeys((key, strip_accents(key))))

    def _cut(self, word: str) -> list[str]:
        if not _UNSPACED.search(word):
            return [word]
        cut: list[str] = []
        index = 0
        for run in _UNSPACED.finditer(word):
            if index < run.start():
                cut.append(word[index : run.start()])
                index = run.start()
            while index < run.end():  # a piece with Latin letters may have gone beyond
                piece = word[index]
                for length in self.lengths.get(piece, ()):
                    if word[index : index + length] in self.pieces:
                        piece = word[index : index + length]
                        break
                cut.append(piece)
                index += len(piece)
        if index < len(word):
            cut.append(word[index:])
        return cut

    def _join(self, words: Sequence[str]) -> list[str]:
        if self.joined.keys().isdisjoint(words):
            return list(words)
        result: list[str] = []
        index = 0
        while index < len(words):
            for parts in self.joined.get(words[index], ()):
                if tuple(words[index : index + len(parts)]) == parts:
                    result.append(" ".join(parts))
                    index += len(parts)
                    break
            else:
                result.append(words[index])
                index += 1
        return result


def _join_runs(words: Sequence[str]) -> list[str]:
    """Take out the spaces between words of unspaced scripts; in Korean they are set freely."""
    runs: list[str] = []
    for word in words:
        if runs and _UNSPACED.fullmatch(word) and _UNSPACED.fullmatch(runs[-1]):
            runs[-1] += word
        else:
            runs.append(word)
    return runs


@lru_cache(maxsize=65536)
def raw_words(text: str, *, spaced: bool) -> tuple[str, ...]:
    """Return the folded words of a written vocabulary entry; unspaced scripts become one word."""
    words = tuple(split_words(fold_text(text)))
    if spaced or not all(_UNSPACED.fullmatch(word) for word in words):
        return words
    return ("".join(words),) if words else ()


@lru_cache(maxsize=65536)
def _forms(word: str, *, strict: bool, spaced: bool) -> tuple[str, ...]:
    stem = "*" if word.endswith("*") else ""
    exact = " ".join(raw_words(word, spaced=spaced))
    plain = strip_accents(exact)
    forms = [exact, plain] if strict else [plain]
    if "'" in fold_text(word):
        forms.append(_leave_out_apostrophes(word))
    return tuple(dict.fromkeys(form + stem for form in forms if form))


def _leave_out_apostrophes(word: str) -> str:
    """Return "dont" for "don't"."""
    return strip_accents(fold_text(word).replace("'", ""))


def build_words(
    vocabulary: Iterable[str], literals: Iterable[str], *, strict: bool, spaced: bool
) -> Words:
    """Build from every word that a language file mentions; only `vocabulary` is ever joined."""
    joined: dict[str, set[tuple[str, ...]]] = {}
    pieces: set[str] = set()
    known: set[str] = set()
    for word in vocabulary:
        _add(word.rstrip("*"), joined, pieces, known, strict=strict, spaced=spaced)
    for word in literals:
        _add(word.rstrip("*"), {}, pieces, known, strict=strict, spaced=spaced)
    lengths: dict[str, set[int]] = {}
    for piece in pieces:
        lengths.setdefault(piece[0], set()).add(len(piece))
    return Words(
        strict=strict,
        spaced=spaced,
        joined={k: tuple(sorted(v, key=len, reverse=True)) for k, v in joined.items()},
        pieces=frozenset(pieces),
        lengths={k: tuple(sorted(v, reverse=True)) for k, v in lengths.items()},
        vocabulary=frozenset(known),
        parts=frozenset(strip_accents(part) for word in known for part in word.split(" ")),
    )


def _add(
    word: str,
    joined: dict[str, set[tuple[str, ...]]],
    pieces: set[str],
    known: set[str],
    *,
    strict: bool,
    spaced: bool,
) -> None:
    exact = raw_words(word, spaced=spaced)
    plain = tuple(map(strip_accents, exact))
    written = {plain}
    if not spaced or "'" in fold_text(word):
        written.add(tuple(split_words(_leave_out_apostrophes(word))))
    for parts in {exact, *written} if strict else written:
        if not parts:
            continue
        known.add(" ".join(parts))
        if len(parts) > 1:
            joined.setdefault(parts[0], set()).add(parts)
        if not spaced:
            for part in parts:
                if _UNSPACED.match(part):
                    pieces.add(part)
