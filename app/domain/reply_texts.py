"""The texts of all replies: what config/replies says, and a business's own words over it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.dates import DateStyle
from app.domain.language import FALLBACK_LANGUAGE, resolve_language


@dataclass(frozen=True, slots=True)
class ReplyLanguage:
    """All that one language says; `words` are the command words that its texts teach."""

    language: str
    name: str
    direction: str
    review: str
    scripts: tuple[str, ...]
    list_separator: str
    words: Mapping[str, str]
    texts: Mapping[str, str]
    labels: Mapping[str, str]
    dates: DateStyle
    offer_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replies:
    """Every language, and over it the business's own texts: language → key → text."""

    languages: Mapping[str, ReplyLanguage]
    overrides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if FALLBACK_LANGUAGE not in self.languages:
            raise ValueError("replies need English, which every other language falls back to")

    def nearest(self, language: str, default: str = FALLBACK_LANGUAGE) -> str:
        """Return the language that a person is written to in; always one that is there."""
        return (
            resolve_language(language, self.languages)
            or resolve_language(default, self.languages)
            or FALLBACK_LANGUAGE
        )

    def text(self, language: str, key: str) -> str:
        """Return a text or label: the business's own, else the built-in one, else English."""
        for name in (language, FALLBACK_LANGUAGE):
            built_in = self.languages.get(name)
            if built_in is None:
                continue
            own = self.overrides.get(name, {}).get(key)
            found = own or built_in.texts.get(key) or built_in.labels.get(key)
            if found:
                return found
        return ""

    def with_overrides(self, overrides: Mapping[str, Mapping[str, str]]) -> "Replies":
        """Return the same replies with a business's own texts laid over them."""
        return replace(self, overrides=overrides)
