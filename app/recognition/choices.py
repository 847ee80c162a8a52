"""Read a whole message that makes a choice: "weekly", "sms please", "only orders". Pure.

These are no commands, so that they stand beside the ladder of the recognizer and come after it:
what it can read is never a choice. Nothing is guessed here; a message is in the files or it is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.business import Business
from app.domain.channels import Channel
from app.domain.frequency import parse_cap
from app.domain.menu import NO_CAP, choose_cap, choose_channel
from app.domain.registers import RegisterValue
from app.recognition.errors import LexiconError
from app.recognition.lexicon import Lexicon
from app.recognition.normalize import keyword_key
from app.recognition.recognizer import hint_languages

MOST_WORDS = 10
"""A longer message is no bare choice, whatever polite words stand around it."""

_TOPIC = "{topic}"
_TABLES = {"frequency", "channel", "only"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What one entry of a file chooses: a cap or a channel, by its name in the file."""

    language: str
    register: str
    value: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words around the name of a topic that is wanted alone."""

    language: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The words of all languages; immutable once built.

    `patterns` are found by one of their words, so that most messages are done with at once.
    """

    wishes: Mapping[str, tuple[Wish, ...]]
    patterns: Mapping[str, tuple[Pattern, ...]]


@dataclass(frozen=True, slots=True)
class ChoiceReading:
    """The registers that a message sets; `language` is None where several share the words."""

    settings: Mapping[str, RegisterValue]
    language: str | None


def build_choices(files: Mapping[str, Mapping[str, object]]) -> Choices:
    """Return the table of all files by language.

    Raises:
        LexiconError: a file has an entry that cannot be meant.
    """
    wishes: dict[str, list[Wish]] = {}
    patterns: dict[str, list[Pattern]] = {}
    for language, content in files.items():
        if set(content) - _TABLES:
            raise LexiconError(f"choices {language}: tables are {', '.join(sorted(_TABLES))}")
        for register in ("frequency", "channel"):
            for value, texts in _table(content.get(register, {}), language):
                _check_value(register, value, language)
                for text in texts:
                    wishes.setdefault(keyword_key(text), []).append(Wish(language, register, value))
        for name, texts in _table(content.get("only", {}), language):
            if name != "patterns":
                raise LexiconError(f"choices {language}: [only] holds patterns")
            for pattern in (_pattern(text, language) for text in texts):
                patterns.setdefault((*pattern.before, *pattern.after)[0], []).append(pattern)
    return Choices(
        {key: tuple(found) for key, found in wishes.items()},
        {word: tuple(found) for word, found in patterns.items()},
    )


def read_choice_words(
    text: str,
    choices: Choices,
    *,
    lexicon: Lexicon,
    business: Business,
    country: str | None = None,
    language: str | None = None,
) -> ChoiceReading | None:
    """Return what a message chooses, or None for all that is no choice.

    A question is none ("weekly?"), and neither is a channel that the business does not have.
    """
    words = keyword_key(text).split(" ")
    if not 0 < len(words) <= MOST_WORDS or "?" in text or "؟" in text:
        return None
    found = _find_wishes(words, choices, lexicon)
    if found:
        hints = hint_languages(lexicon, country=country, language=language)
        return _choose(found, hints, business)
    for pattern in (one for word in words for one in choices.patterns.get(word, ())):
        # "Just" may be polite before a keyword; before a topic it is the word that matters.
        ended = _strip_fillers(words, pattern.language, lexicon, end_only=True)
        for candidate in (words, ended, _strip_fillers(words, pattern.language, lexicon)):
            topic = _find_topic(candidate, pattern, lexicon)
            settings = choose_alone(topic, business) if topic else None
            if settings:
                return ChoiceReading(settings, pattern.language)
    return None


def choose_alone(topic_id: str, business: Business) -> dict[str, RegisterValue] | None:
    """Return the registers that leave one topic on and turn the others off by name.

    Essential topics stay as they are: only STOP ends them.
    """
    if business.topic(topic_id) is None:
        return None
    return {
        f"topics.{topic.id}": topic.id == topic_id
        for topic in business.topics
        if not topic.essential or topic.id == topic_id
    }


def _find_wishes(words: Sequence[str], choices: Choices, lexicon: Lexicon) -> list[Wish]:
    exact = choices.wishes.get(" ".join(words))
    if exact:
        return list(exact)
    polite = {
        language for word in (words[0], words[-1]) for language in lexicon.fillers.get(word, ())
    }
    return [
        wish
        for language in sorted(polite)
        for wish in choices.wishes.get(" ".join(_strip_fillers(words, language, lexicon)), ())
        if wish.language == language
    ]


def _choose(
    found: Sequence[Wish], hints: Sequence[str], business: Business
) -> ChoiceReading | None:
    """Return the one meaning; words that mean different things in two languages need a hint."""
    hinted = next((wish for hint in hints for wish in found if wish.language == hint), None)
    if hinted is None and len({(wish.register, wish.value) for wish in found}) > 1:
        return None
    wish = hinted or found[0]
    if wish.register == "channel":
        settings = choose_channel(wish.value, business)
    else:
        settings = choose_cap(None if wish.value == NO_CAP else parse_cap(wish.value))
    is_shared = hinted is None and len({one.language for one in found}) > 1
    return ChoiceReading(settings, None if is_shared else wish.language) if settings else None


def _find_topic(words: Sequence[str], pattern: Pattern, lexicon: Lexicon) -> str | None:
    start, end = len(pattern.before), len(words) - len(pattern.after)
    if start >= end or tuple(words[:start]) != pattern.before:
        return None
    if tuple(words[end:]) != pattern.after:
        return None
    return lexicon.topic_names.get(" ".join(words[start:end]))


def _strip_fillers(
    words: Sequence[str], language: str, lexicon: Lexicon, *, end_only: bool = False
) -> Sequence[str]:
    start, end = 0, len(words)
    while not end_only and start < end and language in lexicon.fillers.get(words[start], ()):
        start += 1
    while end > start and language in lexicon.fillers.get(words[end - 1], ()):
        end -= 1
    return words[start:end]


def _pattern(text: str, language: str) -> Pattern:
    before, topic, after = text.partition(_TOPIC)
    if not topic or not (_words(before) or _words(after)):
        raise LexiconError(f"choices {language}: {text!r} needs words around {_TOPIC}")
    return Pattern(language, _words(before), _words(after))


def _words(text: str) -> tuple[str, ...]:
    return tuple(keyword_key(text).split())


def _table(content: object, language: str) -> Iterable[tuple[str, list[str]]]:
    if not isinstance(content, Mapping):
        raise LexiconError(f"choices {language}: a table is needed")
    for name, texts in content.items():
        is_list = isinstance(texts, list)
        if not is_list or not all(isinstance(text, str) and keyword_key(text) for text in texts):
            raise LexiconError(f"choices {language}: {name} is a list of words")
        yield str(name), texts


def _check_value(register: str, value: str, language: str) -> None:
    known = set(Channel) if register == "channel" else {NO_CAP}
    if value not in known and not (register == "frequency" and parse_cap(value)):
        raise LexiconError(f"choices {language}: {value!r} is no {register}")
