"""The words of all languages in the form in which recognition looks them up. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.commands import Command
from app.recognition.errors import LexiconError
from app.recognition.firstlook import (
    Keywords,
    Meaning,
    Pieces,
    Sayable,
    Starts,
    build_sayable,
    build_triggers,
)
from app.recognition.language import Language, build_language
from app.recognition.normalize import fold_text, keyword_key, split_words, strip_accents
from app.recognition.source import Source, read_source
from app.recognition.typos import TypoIndex, build_typo_index

LEGAL_WORDS = ("stop", "quit", "end", "revoke", "opt out", "optout", "cancel", "unsubscribe")
"""Words that count as a revocation outright (47 CFR 64.1200(a)(10)); no file can remove them."""

MARKETING = "marketing"
"""Reserved topic: all marketing, whatever its name at the business."""

COMMON_TOPICS = ("offers", "news", "orders")
"""Groups of topic synonyms that language files may have, besides `marketing`."""

_TABLES = frozenset({"buttons", "countries", "universal"})


@dataclass(frozen=True, slots=True)
class BusinessWords:
    """A business's own additions, laid over the built-in words; nothing can be removed.

    `topics`: topic id to language to names and synonyms. `utility`: the topics that are no
    marketing. `keywords` and `phrases`: language to group to lines as in a language file.
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
class Lexicon:
    """All words of all languages; immutable once built.

    `accented` holds the keywords of languages where a wrong accent makes another word, `plain`
    all others, `worldwide` those of them that every language shares. `triggers` maps each word
    that can begin the longer look to its languages.
    """

    languages: Mapping[str, Language]
    accented: Keywords
    plain: Keywords
    triggers: Starts
    stems: Mapping[str, frozenset[str]]
    unspaced: Pieces
    sayable: Mapping[str, Sayable]
    worldwide: frozenset[str]
    fillers: Mapping[str, frozenset[str]]
    filler_parts: Mapping[str, frozenset[str]]
    closings: Mapping[str, frozenset[str]]
    typos: TypoIndex
    emoji: Mapping[str, Command]
    payloads: Mapping[str, tuple[Command, str | None]]
    labels: Mapping[str, tuple[Command, str | None]]
    countries: Mapping[str, tuple[str, ...]]
    topics: frozenset[str]
    topic_names: Mapping[str, str]
    utility: frozenset[str]
    default_pause_days: int
    max_pause_days: int

    def meanings(self, folded_key: str, plain_key: str) -> tuple[Meaning, ...]:
        """Return what a whole message means, by its two keys."""
        found = self.plain.get(plain_key, ())
        accented = self.accented.get(folded_key)
        return found + accented if accented else found


def read_command(text: str, topics: Iterable[str]) -> tuple[Command, str | None]:
    """Read `"STOP"` or `"STOP:offers"`; raises LexiconError for anything else."""
    name, _, topic = text.partition(":")
    if name not in Command.__members__ or name in {"NONE", "UNSURE"}:
        raise LexiconError(f"{text!r} does not begin with a command")
    if topic and topic != MARKETING and topic not in topics:
        raise LexiconError(f"{text!r} names a topic that the business does not have")
    return Command[name], topic or None


def build_lexicon(files: Mapping[str, Mapping[str, Any]], *, business: BusinessWords) -> Lexicon:
    """Build a lexicon from the parsed files by their stem; raises LexiconError."""
    sources = {n: read_source(n, c) for n, c in files.items() if n not in _TABLES}
    universal = files.get("universal", {})
    languages = {
        code: build_language(
            source,
            topics=_topic_words(source, business),
            phrases=business.phrases.get(code, {}),
        )
        for code, source in sources.items()
    }
    accented, plain = _build_keywords(sources.values(), universal, business)
    topic_names = _topic_names(business)
    triggers, stems, unspaced = build_triggers(languages, plain, accented)
    fillers: dict[str, frozenset[str]] = {}
    filler_parts: dict[str, frozenset[str]] = {}
    closings: dict[str, frozenset[str]] = {}
    for code, language in languages.items():
        for word in language.fillers:
            fillers[word] = fillers.get(word, frozenset()) | {code}
        for word in language.closings:
            plain_word = strip_accents(word)
            closings[plain_word] = closings.get(plain_word, frozenset()) | {code}
        around = language.fillers | language.messages | language.topics.keys()
        for word in {part for phrase in around for part in phrase.split(" ")}:
            filler_parts[word] = filler_parts.get(word, frozenset()) | {code}
    buttons = files.get("buttons", {})
    pause = universal.get("pause", {})
    return Lexicon(
        languages=languages,
        accented=accented,
        plain=plain,
        triggers=triggers,
        stems=stems,
        unspaced=unspaced,
        sayable=build_sayable(languages, plain, accented, topic_names),
        worldwide=frozenset(
            k for k, meanings in plain.items() if any(m.universal for m in meanings)
        ),
        fillers=fillers,
        filler_parts=filler_parts,
        closings=closings,
        typos=build_typo_index(plain, accented, languages.values()),
        emoji={k: Command[v] for k, v in universal.get("emoji", {}).items()},
        payloads=_build_payloads(buttons, business),
        labels=_build_labels(buttons, business),
        countries={k: tuple(v) for k, v in files.get("countries", {}).items()},
        topics=frozenset(business.topics),
        topic_names=topic_names,
        utility=business.utility,
        default_pause_days=pause.get("default_days", 30),
        max_pause_days=pause.get("max_days", 365),
    )


def _topic_words(source: Source, business: BusinessWords) -> dict[str, str]:
    """Return the words of one language for the topics that this business has."""
    words: dict[str, str] = {}
    for topic, names in business.topics.items():
        words |= dict.fromkeys(names.get(source.code, ()), topic)
    for group, synonyms in source.topics.items():
        if group not in (*COMMON_TOPICS, MARKETING):
            raise LexiconError(f"{source.code}: [topics] has no {group!r}")
        topic = group if group in business.topics else MARKETING
        if group in business.topics or group != "orders":
            words |= {word: topic for word in synonyms if word not in words}
    return words


def _topic_names(business: BusinessWords) -> dict[str, str]:
    """Return names that mean a topic when a whole message is a keyword and the name."""
    names = {MARKETING: MARKETING}
    for topic, languages in business.topics.items():
        for name in (topic, *(name for group in languages.values() for name in group)):
            names.setdefault(keyword_key(name), topic)
    return names


def _build_keywords(
    sources: Iterable[Source], universal: Mapping[str, Any], business: BusinessWords
) -> tuple[Keywords, Keywords]:
    accented: dict[str, list[Meaning]] = {}
    plain: dict[str, list[Meaning]] = {}
    for word in LEGAL_WORDS:
        plain[keyword_key(word)] = [Meaning("en", Command.STOP, universal=True)]
    for group, words in universal.get("keywords", {}).items():
        for word in words:
            meaning = Meaning("en", Command[group.upper()], universal=True)
            plain.setdefault(keyword_key(word), [meaning])
    for source in sources:
        groups = [*source.keywords.items(), ("none", source.words.get("ordinary", ()))]
        groups += [(k, tuple(v)) for k, v in business.keywords.get(source.code, {}).items()]
        derived: list[tuple[str, Meaning]] = []
        for group, words in groups:
            command = Command.UNSURE if group == "ask" else Command[group.upper()]
            meaning = Meaning(source.code, command)
            for word in words:
                key = " ".join(split_words(fold_text(word)))
                target = accented if source.strict else plain
                _add_keyword(target, key if source.strict else strip_accents(key), meaning)
                if source.strict:
                    derived.append((strip_accents(key), meaning))
                if not source.spaced:
                    _add_keyword(target, key.replace(" ", ""), meaning)
        for key, meaning in derived:  # accents left out; an entry written so comes first
            _add_keyword(accented, key, meaning)
    return (
        {key: tuple(meanings) for key, meanings in accented.items()},
        {key: tuple(meanings) for key, meanings in plain.items()},
    )


def _add_keyword(target: dict[str, list[Meaning]], key: str, meaning: Meaning) -> None:
    meanings = target.setdefault(key, [])
    if not any(m.language == meaning.language or m.universal for m in meanings):
        meanings.append(meaning)


def _build_payloads(
    buttons: Mapping[str, Any], business: BusinessWords
) -> dict[str, tuple[Command, str | None]]:
    table: dict[str, tuple[Command, str | None]] = {}
    for source in (buttons.get("payloads", {}), business.payloads):
        for payload, value in source.items():
            table[payload.strip().casefold()] = read_command(value, business.topics)
    return table


def _build_labels(
    buttons: Mapping[str, Any], business: BusinessWords
) -> dict[str, tuple[Command, str | None]]:
    table: dict[str, tuple[Command, str | None]] = {}
    for value, lists in buttons.get("labels", {}).items():
        reading = read_command(value, business.topics)
        for words in lists.values():
            table |= {keyword_key(word): reading for word in words}
    return table
