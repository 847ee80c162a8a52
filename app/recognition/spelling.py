"""Put right one slip of the finger in the words of phrases, within one language. Pure."""

from collections.abc import Container, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from app.recognition.edits import is_alphabetic, is_typo, shorten

MIN_LENGTH, MAX_LENGTH = 5, 20


@dataclass(frozen=True, slots=True)
class Spelling:
    """`deletes`: a word without one letter, to the one word of the vocabulary it comes from."""

    deletes: Mapping[str, str]
    vocabulary: frozenset[str]

    def correct(self, word: str) -> str:
        """Return the word of the vocabulary that was meant, or the word itself."""
        if not MIN_LENGTH <= len(word) <= MAX_LENGTH or word in self.vocabulary:
            return word
        return self._find(word)

    def correct_all(self, words: AbstractSet[str]) -> dict[str, str]:
        """Return the words that were meant by those that are misspelt."""
        return {
            word: meant
            for word in words - self.vocabulary
            if MIN_LENGTH <= len(word) <= MAX_LENGTH and (meant := self._find(word)) != word
        }

    def _find(self, word: str) -> str:
        shorter = [word[:i] + word[i + 1 :] for i in range(len(word))]
        shorter.append(word)
        if self.deletes.keys().isdisjoint(shorter):
            return word
        meant = {self.deletes[s] for s in shorter if s in self.deletes}
        fits = [candidate for candidate in meant if is_typo(word, candidate)]
        return fits[0] if len(fits) == 1 else word


def build_spelling(vocabulary: frozenset[str], *, never: Container[str]) -> Spelling:
    """Index the longer words of a language; what could come from two words is left alone.

    Words of `never` are known, but nothing is corrected into them: "jours" is not "hours".
    """
    deletes: dict[str, str] = {}
    shared: set[str] = set()
    for word in sorted(vocabulary):
        if word not in never and MIN_LENGTH <= len(word) <= MAX_LENGTH and is_alphabetic(word):
            for shorter in shorten(word, 1):
                if deletes.setdefault(shorter, word) != word:
                    shared.add(shorter)
    return Spelling({k: v for k, v in deletes.items() if k not in shared}, vocabulary)
