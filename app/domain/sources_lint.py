"""What is wrong with an opt-in source, and why the law or WhatsApp minds.

A consent that was asked for badly is none, and nobody notices until somebody complains. So the
words are read before they are shown to anybody.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from app.domain.sources import OptInSource, Wording
from app.domain.wording import measure_text

LONGEST_WORDING = 700
"""A poster, a pop-up on a small phone and a template must all hold it."""
SHORTEST_WORDING = 20

# A box that one must empty, or a yes by doing nothing, is no consent (GDPR recital 32; CJEU
# C-673/17, Planet49). Read as whole words of texts in small letters.
_NO_CHOICE = re.compile(
    r"\b(untick|un-tick|uncheck|un-check|deselect|pre-?ticked|pre-?checked|"
    r"unless you (object|opt out|tell us)|häkchen entfern\w*|sofern sie nicht widersprechen|"
    r"décoche\w*|sauf opposition|desmar(que|ca|car|car)\w*|salvo oposición|deseleziona\w*|"
    r"uitvinken|vink .{1,40} uit\b|odznacz\w*|снимите (галочку|флажок))",
)
# "START stop", typed with a space, must go on being nobody's opt-in.
_COMMANDS = frozenset(
    [
        "start",
        "stop",
        "pause",
        "resume",
        "help",
        "quit",
        "end",
        "revoke",
        "optout",
        "cancel",
        "unsubscribe",
    ]
)
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})


def lint_source(
    source: OptInSource, *, topics: Collection[str], numbers: Collection[str], language: str
) -> Iterator[str]:
    """Yield every problem of one source; `language` is the business's own."""
    if source.number and source.number not in numbers:
        yield "number must be the phone_number_id of one of [[numbers]]"
    if source.id in topics:
        yield "has the id of a topic; START with it would mean the topic"
    if source.id.replace("-", "") in _COMMANDS:
        yield "has the name of a command as its id; nobody could tell it from the command"
    if not source.topics:
        yield "topics is missing; a consent covers what it names, and nothing else"
    unknown = sorted(set(source.topics) - set(topics))
    if unknown:
        yield f"unknown topics {', '.join(unknown)}"
    if not source.wordings:
        yield "wording is missing; what a person was shown is half of the proof"
    elif language not in source.wordings:
        yield f"wording.{language} is missing; it is shown where there is none in their language"
    for wording in (*source.wordings.values(), *source.earlier):
        for problem in lint_wording(wording, source.business_name):
            yield f"wording.{wording.language}: {problem}"


def lint_wording(wording: Wording, business_name: str) -> Iterator[str]:
    """Yield every problem of one wording."""
    text = wording.text
    if any(unicodedata.category(one) in _UNPRINTABLE for one in text):
        yield "has line breaks or invisible signs; it must look the same everywhere it is shown"
    if not SHORTEST_WORDING <= measure_text(text) <= LONGEST_WORDING:
        yield (
            f"has {measure_text(text)} characters; between {SHORTEST_WORDING} and "
            f"{LONGEST_WORDING} say what people agree to and still fit a form and a poster"
        )
    plain = _fold(text)
    if _fold(business_name) not in plain:
        yield f"does not name {business_name}; people must know who will write to them"
    if "whatsapp" not in plain:
        yield 'does not say "WhatsApp"; a consent to messages elsewhere is none for WhatsApp'
    if _NO_CHOICE.search(plain):
        yield "asks people to object instead of to agree; silence and ticked boxes are no consent"


def list_twins(ids: Iterable[str]) -> list[str]:
    """Return ids that a person's hand-typed mark could not tell apart."""
    seen: dict[str, str] = {}
    twins = []
    for one in ids:
        folded = "".join(character for character in one.casefold() if character.isalnum())
        if folded in seen:
            twins.append(one)
        seen.setdefault(folded, one)
    return twins


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
