"""Another system's list beside ours: what a row of theirs says, and how it differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.recipients import Recipient, RecipientError, parse_recipient

RECIPIENT_COLUMNS = ("recipient", "phone", "phone_number", "wa_id", "number", "mobile", "bsuid")
STATE_COLUMNS = ("messages", "state", "status", "opted_in", "subscribed", "consent", "allowed")
TOPIC_PREFIX = "topics."

OPTED_IN, OPTED_OUT, UNKNOWN = "opted_in", "opted_out", "unknown"
_WORDS = {
    OPTED_IN: (
        "opted_in",
        "yes",
        "y",
        "true",
        "1",
        "on",
        "subscribed",
        "active",
        "allowed",
        "opt-in",
    ),
    OPTED_OUT: (
        *("opted_out", "no", "n", "false", "0", "off", "unsubscribed", "inactive", "refused"),
        *("opt-out", "stopped", "blocked"),
    ),
    UNKNOWN: ("unknown", "", "none", "null"),
}
_MEANING = {word: state for state, words in _WORDS.items() for word in words}


class ReconciliationError(ValueError):
    """The list cannot be compared; the text says what is missing."""


class RowError(ValueError):
    """A row cannot be read; the text says why and repeats nothing of it."""


class Direction(StrEnum):
    """What a difference means for the person."""

    # They would send what we refuse: the one to mend at once.
    TOO_OPEN = "too_open"
    # They hold back what the person allows.
    TOO_STRICT = "too_strict"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a list has what: the recipient, and each thing that is compared."""

    recipient: int
    compared: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of theirs: who, and what each compared column says."""

    line: int
    recipient: Recipient
    theirs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that they say otherwise."""

    line: int
    recipient: str
    field: str
    theirs: str
    ours: str
    direction: Direction


def find_columns(
    header: Sequence[str],
    *,
    recipient: str | None,
    state: str | None,
    topic: str | None,
    topics: Sequence[str],
) -> Columns:
    """Find the columns by name.

    Without `topic`, each column that is called like one of our topics (`topics.offers`) is
    compared too.

    Raises:
        ReconciliationError: there is no column of such a name.
    """
    names = [name.strip().casefold() for name in header]
    where = _find(names, recipient, RECIPIENT_COLUMNS, "--recipient")
    compared: dict[str, int] = {}
    if topic is None:
        for one in topics:
            if f"{TOPIC_PREFIX}{one}".casefold() in names:
                name = f"{TOPIC_PREFIX}{one}"
                compared[name] = names.index(name.casefold())
        if compared and state is None and not set(names) & set(STATE_COLUMNS):
            return Columns(where, tuple(compared.items()))
    field = "messages" if topic is None else f"{TOPIC_PREFIX}{topic}"
    compared = {field: _find(names, state, STATE_COLUMNS, "--state"), **compared}
    return Columns(where, tuple(compared.items()))


def read_row(line: int, cells: Sequence[str], columns: Columns) -> Row:
    """Read one row.

    Raises:
        RowError: it names no recipient, or says what nobody can understand.
    """
    needed = max(columns.recipient, *(position for _, position in columns.compared))
    if len(cells) <= needed:
        raise RowError("too few columns")
    try:
        recipient = parse_recipient(cells[columns.recipient])
    except RecipientError:
        raise RowError("not a recipient") from None
    theirs = {}
    for field, position in columns.compared:
        meaning = _MEANING.get(cells[position].strip().casefold())
        if meaning is None:
            raise RowError(f"{field} is neither yes, no nor unknown")
        theirs[field] = meaning
    return Row(line, recipient, theirs)


def compare(theirs: str, ours: str) -> Direction | None:
    """Return how their state differs from ours; None where it does not."""
    order = (OPTED_OUT, UNKNOWN, OPTED_IN)
    if theirs == ours:
        return None
    return Direction.TOO_OPEN if order.index(theirs) > order.index(ours) else Direction.TOO_STRICT


def _find(names: Sequence[str], asked: str | None, usual: Sequence[str], option: str) -> int:
    wanted = [asked.strip().casefold()] if asked is not None else list(usual)
    for name in wanted:
        if name in names:
            return names.index(name)
    raise ReconciliationError(
        f"no column is called {' or '.join(wanted)}; name it with {option}. "
        "The first line of the file must hold the names of the columns"
    )
