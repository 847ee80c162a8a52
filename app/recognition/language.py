"""One language: its file read into the form that recognition runs on. Pure.

The format of a file is described in docs/recognition.md.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.recognition.anchors import Anchors, Triggers, add_trigger
from app.recognition.automaton import Automaton, Place, build_automaton
from app.recognition.errors import LexiconError
from app.recognition.needs import Needs, build_needs
from app.recognition.normalize import fold_text, split_words, strip_accents
from app.recognition.patterns import Phrase, Slot, read_phrase
from app.recognition.source import Source
from app.recognition.spelling import Spelling, build_spelling
from app.recognition.timeroles import TimeWords
from app.recognition.times import TIME
from app.recognition.timewords import read_time_words
from app.recognition.words import Words, build_words

GROUPS = (
    "stop",
    "start",
    "pause",
    "resume",
    "help",
    "preferences",
    "ask",
    "keep",
    "never",
)
"""Groups of phrases: the commands, and what is asked about, kept, or certainly none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase as its author wrote it."""

    group: str
    text: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Language:
    """What recognition needs to know of one language."""

    source: Source
    words: Words
    automaton: Automaton
    lines: tuple[Line, ...]
    fillers: frozenset[str]
    gaps: frozenset[str]
    spelling: Spelling
    blockers: frozenset[str]
    connectives: frozenset[str]
    requests: frozenset[str]
    question_ends: frozenset[str]
    messages: frozenset[str]
    reasons: frozenset[str]
    closings: frozenset[str]
    topics: Mapping[str, str]
    times: TimeWords
    triggers: Triggers
    common: frozenset[str]
    needs: Needs

    @property
    def code(self) -> str:
        """Language code, such as `pt`."""
        return self.source.code


def build_language(
    source: Source,
    *,
    topics: Mapping[str, str],
    phrases: Mapping[str, Sequence[str]],
) -> Language:
    """Compile one file; `topics` maps synonyms to topic ids, `phrases` are a business's own.

    Raises LexiconError that names the file and the line when something cannot be read.
    """
    lines, variants = _read_lines(source, phrases)
    classes = _read_classes(source)
    classes["topic"] = list(topics)
    classes["time"] = []
    classes["messages"] = [*classes.get("messages", []), *topics]
    time_roles = source.times
    vocabulary = [
        *(word for group in source.words.values() for word in group),
        *(word for words in classes.values() for word in words),
        *(word for words in time_roles for word in words.split("|")),
    ]
    literals = [word for _, phrase in variants for slot in phrase.slots for word in slot.words]
    words = build_words(vocabulary, literals, strict=source.strict, spaced=source.spaced)
    common = frozenset(
        key
        for name in ("filler", "gap", "question", "connective", "request", "common")
        for word in source.words.get(name, ())
        for key in words.forms(word)
    ) | {TIME}
    never = {number for number, line in enumerate(lines) if line.group == "never"}
    compiled, anchors = _place_phrases(
        variants, classes, words, common=common, never=never, code=source.code
    )
    times = read_time_words(
        time_roles,
        words,
        month_first=source.month_first,
        number_after=source.number_after,
    )

    def keys(name: str) -> frozenset[str]:
        return frozenset(key for word in source.words.get(name, ()) for key in words.forms(word))

    return Language(
        source=source,
        words=words,
        automaton=build_automaton(compiled, never=never),
        lines=tuple(lines),
        fillers=keys("filler") | keys("closing") | {TIME},
        gaps=keys("filler") | keys("closing") | keys("gap") | keys("request") | {TIME},
        spelling=build_spelling(
            words.vocabulary,
            never={key for word in time_roles for key in words.forms(word)},
        ),
        blockers=keys("negation") | keys("question"),
        connectives=keys("connective"),
        requests=keys("request"),
        question_ends=keys("question_end"),
        messages=frozenset(k for word in classes["messages"] for k in words.forms(word)),
        reasons=frozenset(k for word in classes.get("reason", ()) for k in words.forms(word)),
        closings=frozenset(key.split(" ")[-1] for key in keys("closing")),
        topics={k: topic for word, topic in topics.items() for k in words.forms(word)},
        times=times,
        triggers=anchors,
        common=common,
        needs=build_needs(
            (places for _, places, _, _ in compiled), times, common=common, spaced=words.spaced
        ),
    )


def _read_classes(source: Source) -> dict[str, list[str]]:
    """Return the classes without "receive more" beside "receive": more is a gap word anyway.

    Joined words arrive in one form only, so such an entry would hide the shorter one from every
    other phrase. It stays where some class has no shorter one.
    """
    gaps = {*source.words.get("gap", ()), *source.words.get("filler", ())}
    needed: set[str] = set()
    for members in source.classes.values():
        for member in members:
            bare = " ".join(part for part in member.split() if part not in gaps)
            if bare == member or bare not in members:
                needed.add(member)
    return {
        name: [member for member in members if member in needed]
        for name, members in source.classes.items()
    }


def _read_lines(
    source: Source, phrases: Mapping[str, Sequence[str]]
) -> tuple[list[Line], list[tuple[int, Phrase]]]:
    lines: list[Line] = []
    variants: list[tuple[int, Phrase]] = []
    for groups in (source.phrases, phrases):
        for group, texts in groups.items():
            if group not in GROUPS:
                raise LexiconError(f"{source.code}: [phrases] has no group {group!r}")
            for text in texts:
                read = _read_one(source.code, text)
                whole = not (read[0].open_start or read[0].open_end)
                variants += [(len(lines), phrase) for phrase in read]
                lines.append(Line(group, text, whole))
    return lines, variants


def _read_one(code: str, text: str) -> list[Phrase]:
    try:
        return read_phrase(text)
    except ValueError as error:
        raise LexiconError(f"{code}: {error}") from error


def _place_phrases(
    variants: Iterable[tuple[int, Phrase]],
    classes: Mapping[str, Sequence[str]],
    words: Words,
    *,
    common: frozenset[str],
    never: Container[int],
    code: str,
) -> tuple[list[tuple[int, Sequence[Place], bool, bool]], Triggers]:
    members: dict[str, tuple[str, ...]] = {}
    for name, group in classes.items():
        members[name] = tuple(dict.fromkeys(k for word in group for k in words.forms(word)))
    members["time"] = (TIME,)
    anchors: dict[str, set[str] | None] = {}
    chooser = Anchors(common, words.spaced, {})
    compiled: list[tuple[int, Sequence[Place], bool, bool]] = []
    for number, phrase in variants:
        places = _build_places(phrase.slots, members, words, code)
        compiled.append((number, places, phrase.open_start, phrase.open_end))
        if number in never:
            continue  # it only silences other phrases, so it need not start the longer look
        for word, companions in chooser.choose(places):
            add_trigger(anchors, word, companions)
    return compiled, {
        word: None if companions is None else frozenset(companions)
        for word, companions in anchors.items()
    }


def _build_places(
    slots: Sequence[Slot], members: Mapping[str, tuple[str, ...]], words: Words, code: str
) -> list[Place]:
    """Turn slots into places; literal words that the language joins are joined here too."""
    places: list[Place] = []
    literal: list[str] = []
    for slot in [*slots, None]:
        if slot and not slot.classes and not slot.optional and len(slot.words) == 1:
            literal.append(slot.words[0])
            continue
        if literal:
            places += [Place(words.literal(key)) for key in words.split(" ".join(literal))]
            literal = []
        if slot is None:
            break
        for name in slot.classes:
            if name not in members:
                raise LexiconError(f"{code}: [classes] has no {name!r}")
        fits = [form for word in slot.words for form in words.forms(word)]
        fits += [form for name in slot.classes for form in members[name]]
        places.append(Place(tuple(fits), slot.optional))
    return places


def plain_words(text: str) -> list[str]:
    """Return the words of any text without accents; the form in which triggers are tested."""
    return split_words(strip_accents(fold_text(text)))
