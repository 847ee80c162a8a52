"""The texts of the preference page, language by language."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.language import FALLBACK_LANGUAGE

_VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class PageTexts:
    """Every language: language → key → text."""

    languages: Mapping[str, Mapping[str, str]]

    def text(self, language: str, key: str) -> str:
        """Return a text; in English where the language has none."""
        for name in (language, FALLBACK_LANGUAGE):
            found = self.languages.get(name, {}).get(key)
            if found:
                return found
        return ""

    def version(self, language: str) -> str:
        """Return a short hash of all texts of a language, which evidence keeps.

        It tells for every change which wording the person had before their eyes.
        """
        texts = self.languages.get(language, {})
        whole = "\x1f".join(f"{key}\x1e{text}" for key, text in sorted(texts.items()))
        return hashlib.sha256(whole.encode()).hexdigest()[:_VERSION_LENGTH]
