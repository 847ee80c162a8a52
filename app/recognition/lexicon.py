"""The words of all languages in the form in which recognition looks them up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.commands import Command
from app.recognition.normalize import keyword_key

LEGAL_WORDS = ("stop", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe")
"""Words that count as a revocation outright (47 CFR 64.1200(a)(10)); no file can remove them."""

MARKETING = "marketing"
"""Reserved topic: all marketing, whatever its name at the business."""


class LexiconError(ValueError):
    """A lexicon file says something that cannot be used; the text names file and place."""


@dataclass(frozen=True, slots=True)
class BusinessWords:
    """A business's own additions, laid over the built-in words; nothing can be removed.

    `topics`: topic id to language to names and synonyms. `utility`: the topics that are no
    marketing. `keywords` and `phrases`: language to command to lines as in a language file.
    `payloads`: button payload to `"STOP"` or `"STOP:offers"`.
    """

    topics: Mapping[str, Mapping[str, Sequence[str]]] = field(
        default_factory=lambda: {"offers": {}, "news": {}, "orders": {}}
    )
    utility: frozenset[str] = frozenset({"orders"})
    keywords: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    phrases: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    payloads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a keyword means in one language; NONE marks an ordinary word of that language."""

    language: str
    command: Command
    universal: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words of all languages; immutable once built."""

    keywords: Mapping[str, tuple[Meaning, ...]]
    payloads: Mapping[str, tuple[Command, str | None]]
    labels: Mapping[str, tuple[Command, str | None]]
    countries: Mapping[str, tuple[str, ...]]
    topics: frozenset[str]
    default_pause_days: int = 30
    max_pause_days: int = 365


def read_command(text: str, topics: Iterable[str]) -> tuple[Command, str | None]:
    """Read `"STOP"` or `"STOP:offers"`; raises LexiconError for anything else."""
    name, _, topic = text.partition(":")
    if name not in Command.__members__ or name in {"NONE", "UNSURE"}:
        raise LexiconError(f"{text!r} does not begin with a command")
    if topic and topic != MARKETING and topic not in topics:
        raise LexiconError(f"{text!r} names a topic that the business does not have")
    return Command[name], topic or None


def build_lexicon(files: Mapping[str, Mapping[str, object]], *, business: BusinessWords) -> Lexicon:
    """Build a lexicon from the parsed contents of the language files, by file name."""
    keywords: dict[str, list[Meaning]] = {}
    for word in LEGAL_WORDS:
        keywords[keyword_key(word)] = [Meaning("en", Command.STOP, universal=True)]
    for name, content in files.items():
        if "keywords" in content and isinstance(content["keywords"], Mapping):
            _add_keywords(keywords, str(content["language"]), content["keywords"], name == "en")
    for language, groups in business.keywords.items():
        _add_keywords(keywords, language, groups, False)
    buttons = files.get("buttons", {})
    return Lexicon(
        keywords={key: tuple(meanings) for key, meanings in keywords.items()},
        payloads=_build_payloads(buttons, business),
        labels=_build_labels(buttons, business),
        countries={str(k): tuple(v) for k, v in files.get("countries", {}).items()},  # type: ignore[arg-type]
        topics=frozenset(business.topics),
    )


def _add_keywords(
    keywords: dict[str, list[Meaning]],
    language: str,
    groups: Mapping[str, Sequence[str]],
    universal: bool,  # noqa: FBT001
) -> None:
    for group, words in groups.items():
        command = Command[group.upper()]
        for word in words:
            meanings = keywords.setdefault(keyword_key(word), [])
            meaning = Meaning(language, command, universal)
            if not any(m.language == language for m in meanings):
                meanings.append(meaning)


def _build_payloads(
    buttons: Mapping[str, object], business: BusinessWords
) -> dict[str, tuple[Command, str | None]]:
    table: dict[str, tuple[Command, str | None]] = {}
    known = buttons.get("payloads", {})
    for source in (known, business.payloads):
        if isinstance(source, Mapping):
            table |= {
                k.strip().casefold(): read_command(v, business.topics) for k, v in source.items()
            }
    return table


def _build_labels(
    buttons: Mapping[str, object], business: BusinessWords
) -> dict[str, tuple[Command, str | None]]:
    table: dict[str, tuple[Command, str | None]] = {}
    labels = buttons.get("labels", {})
    if isinstance(labels, Mapping):
        for value, lists in labels.items():
            reading = read_command(value, business.topics)
            for words in lists.values():
                table |= {keyword_key(word): reading for word in words}
    return table
