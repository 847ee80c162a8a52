"""Judge the texts of replies before anybody receives them.

The built-in texts are held to this by the tests, a business's own by the start of the process.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from app.domain.channels import Channel
from app.domain.frequency import MOST, Cap, Period
from app.domain.list_words import TITLE_LIMIT
from app.domain.lists import PAUSES
from app.domain.replies import (
    BUTTON_LIMIT,
    LONGEST_NAME,
    TEXT_LIMIT,
    ReplyKind,
    render,
)
from app.domain.reply_texts import Replies, ReplyLanguage
from app.domain.summary import PreferenceState
from app.domain.wording import fill_placeholders, list_placeholders, measure_text

# Every text, with the placeholders that it must hold, each once.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "stop": ("business",),
    "way_back": ("START",),
    "stop_topic": ("STOP", "business", "topic"),
    "stop_marketing": ("STOP", "business"),
    "start": ("STOP", "business"),
    "start_off_topics": ("topics",),
    "start_whatsapp_stopped": (),
    "start_topic": ("STOP", "business", "topic"),
    "start_topic_stopped": ("business", "topic"),
    "pause": ("RESUME", "business", "date"),
    "resume": ("business",),
    "still_stopped": ("business",),
    "help": ("PAUSE", "PREFERENCES", "RESUME", "START", "STOP", "business"),
    "preferences": ("business", "state"),
    "unsure": ("business",),
    "frequency": ("business", "cap"),
    "frequency_topic": ("business", "cap", "topic"),
    "channel": ("business", "channel"),
    "no_channel": ("business",),
    "saved": ("business", "state"),
    "kept": ("STOP", "business"),
    "menu_topics": ("business",),
    "menu_frequency": ("business",),
    "menu_frequency_topic": ("business", "topic"),
    "menu_channel": ("business",),
}
LABELS: Mapping[str, tuple[str, ...]] = {
    "button_stop": (),
    "button_keep": (),
    "button_pause": (),
    "button_preferences": (),
    "list_button": (),
    "state_line": ("name", "value"),
    "state_messages": (),
    "state_pause": (),
    "state_until": ("date",),
    "state_on": (),
    "state_off": (),
    "category_marketing": (),
    "category_utility": (),
    "category_authentication": (),
    "tap_on": (),
    "tap_off": (),
    "note_now": (),
}
# Titles of lists: WhatsApp takes 24 characters.
TITLES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("list_topics", "list_more", "row_frequency", "row_channel"), ()),
    **{f"row_pause_{days}": () for days in PAUSES},
    **dict.fromkeys(("row_resume", "row_stop", "row_start"), ()),
    **dict.fromkeys(("row_topics", "row_back", "row_one_topic"), ()),
    "cap_any": (),
    **{f"cap_{period}": ("count",) for period in Period},
    **{f"channel_{channel}": () for channel in Channel},
}
WORDS = ("PAUSE", "PREFERENCES", "RESUME", "START", "STOP")
LABEL_LIMIT = 40

# More topics of the longest name than any list of names has room for.
_MANY = 11

# What a person who wrote STOP reads: it is done, and perhaps the way back. Nothing else.
_AFTER_STOP = ("stop", "way_back")
_QUESTION_MARKS = "?¿؟？﹖⁇⁈⁉‽՞፧፨᥅⸮꘏꛷\u037e"
_LINK = re.compile(r"://|www\.|[^\s.]\.(?!\s)[^\W\d_]{2,}", re.IGNORECASE)
_PRICES = re.compile(r"[%٪％$€£¥₹₽₺₩₦]")
_PLACEHOLDER = re.compile(r"\{[A-Za-z_]+\}")
# WhatsApp's own name, and command words, may stand in any script.
_LATIN_ALLOWED = re.compile(r"(?<![A-Za-z])(?:WhatsApp|[A-Z]{2,})(?![A-Za-z])")


def lint_replies(replies: Replies) -> list[str]:
    """Return every problem, each as "<language> <key>: <what>"; empty when all is well."""
    problems: list[str] = []
    for name, own in replies.overrides.items():
        if name not in replies.languages:
            problems.append(f"{name}: no such language; the built-in ones can be overridden")
        problems.extend(
            f"{name} {key}: no such text" for key in own if key not in {*TEXTS, *LABELS, *TITLES}
        )
    for name, language in replies.languages.items():
        problems.extend(f"{name} {problem}" for problem in _lint_language(language, replies))
    return problems


def _lint_language(language: ReplyLanguage, replies: Replies) -> Iterator[str]:
    yield from _lint_meta(language)
    own = replies.overrides.get(language.language, {})
    texts = {**language.texts, **language.labels, **own}
    for key, expected in {**TEXTS, **LABELS, **TITLES}.items():
        text = texts.get(key, "")
        for problem in _lint_text(key, text, expected, language):
            yield f"{key}: {problem}"
    for key in _AFTER_STOP:
        for problem in _lint_after_stop(texts.get(key, ""), language):
            yield f"{key}: {problem}"
    for kind in ReplyKind:
        longest = measure_longest(kind, replies, language.language)
        if longest > TEXT_LIMIT:
            yield f"{kind}: up to {longest} characters with long names; WhatsApp takes {TEXT_LIMIT}"


def _lint_meta(language: ReplyLanguage) -> Iterator[str]:
    if language.direction not in {"ltr", "rtl"}:
        yield "meta: direction is ltr or rtl"
    if language.review not in {"reviewed", "unreviewed"}:
        yield "meta: review is reviewed or unreviewed"
    if not language.offer_words:
        yield "meta: offer_words is empty"
    if sorted(language.words) != sorted(WORDS) or not all(language.words.values()):
        yield f"words: exactly {', '.join(WORDS)}"
    for key in sorted({*language.texts, *language.labels} - {*TEXTS, *LABELS, *TITLES}):
        yield f"{key}: no such text"
    if list_placeholders(language.dates.order) != ["day", "month", "year"]:
        yield "dates: order holds {day}, {month} and {year}"


def _lint_text(
    key: str, text: str, expected: tuple[str, ...], language: ReplyLanguage
) -> Iterator[str]:
    if not text:
        yield "is missing"
        return
    if any(line != line.strip() for line in text.split("\n")) or text != text.strip():
        yield "has spaces or empty lines at an edge"
    if text != unicodedata.normalize("NFC", text):
        yield "is not in NFC"
    if list_placeholders(text) != list(expected):
        yield f"holds {list_placeholders(text)}; it needs {list(expected)}, each once"
    if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
        yield "has a brace that is no placeholder"
    limit = _limit_of(key)
    length = measure_text(fill_placeholders(text, {"count": str(MOST)}))
    if length > limit:
        yield f"has {length} characters, more than {limit}"
    foreign = _find_foreign_letters(text, language)
    if foreign:
        yield f"has letters of another script: {foreign}"
    if language.direction == "rtl" and _first_strong(text) == "L":
        yield "begins with a left-to-right letter, which turns the whole message around"


def _limit_of(key: str) -> int:
    if key in TEXTS:
        return TEXT_LIMIT
    if key in TITLES:
        return TITLE_LIMIT
    return BUTTON_LIMIT if "button" in key else LABEL_LIMIT


def _lint_after_stop(text: str, language: ReplyLanguage) -> Iterator[str]:
    marks = _QUESTION_MARKS + (";" if language.language == "el" else "")
    if any(mark in text for mark in marks):
        yield "asks a question"
    bare = _PLACEHOLDER.sub("", text)
    if _LINK.search(bare):
        yield "holds a link"
    folded = bare.casefold()
    found = [word for word in language.offer_words if word.casefold() in folded]
    if found or _PRICES.search(bare):
        yield f"reads like an offer: {', '.join(found) or 'a price or a percentage'}"


def _find_foreign_letters(text: str, language: ReplyLanguage) -> str:
    """Return the letters that belong neither to the language nor to a command word."""
    bare = _LATIN_ALLOWED.sub("", _PLACEHOLDER.sub("", text))
    return "".join(
        sorted(
            {
                letter
                for letter in bare
                if letter.isalpha()
                and not unicodedata.name(letter, "").startswith(language.scripts)
            }
        )
    )


def _first_strong(text: str) -> str:
    """Return "L" or "R": what a chat takes the direction of a message from."""
    for character in _PLACEHOLDER.sub("", text):
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "L" if kind == "L" else "R"
    return "R"


def measure_longest(kind: ReplyKind, replies: Replies, language: str) -> int:
    """Return how long a reply can get, with the longest names that we let through."""
    name = "M" * (2 * LONGEST_NAME)
    reply = render(
        kind,
        replies=replies,
        language=language,
        business_name=name,
        way_back=True,
        topic_names=[name],
        date=date(2028, 9, 30),
        off_topics=[name] * _MANY,
        whatsapp_stopped=True,
        state=PreferenceState(
            messages=True,
            paused_until=date(2028, 9, 30),
            topics=((name, True),) * _MANY,
            frequency=Cap(MOST, Period.MONTH),
            topic_caps=((name, Cap(MOST, Period.MONTH)),) * _MANY,
            channel=Channel.EMAIL,
        ),
    )
    return measure_text(reply.text)
