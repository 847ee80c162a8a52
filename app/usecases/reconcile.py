"""Another system's list against ours, row by row, in bounded memory."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.business import Business
from app.domain.permission import ALL_TOPICS
from app.domain.reconciliation import (
    OPTED_IN,
    OPTED_OUT,
    TOPIC_PREFIX,
    Columns,
    Difference,
    Row,
    RowError,
    compare,
    find_columns,
    read_row,
)
from app.domain.records import RecipientView
from app.ports import Clock
from app.usecases.check import Checker, Question, check

BATCH = 1000
"""People who are looked up in one go."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that nobody could read."""

    line: int
    why: str


@dataclass(slots=True)
class Tally:
    """What was seen so far."""

    rows: int = 0
    same: int = 0
    bad: int = 0
    differences: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """What comparing needs. With a `topic`, theirs is compared with the gate's answer for it."""

    checker: Checker
    clock: Clock
    topic: str | None = None


def reconcile(
    lines: Iterable[str],
    *,
    delimiter: str,
    recipient: str | None,
    state: str | None,
    reconciler: Reconciler,
    tally: Tally,
) -> Iterator[Difference | BadRow]:
    """Compare a list in CSV with ours; yields what differs and what cannot be read, by line.

    Raises:
        ReconciliationError: the list lacks a column.
        StoreError: Redis does not answer.
    """
    numbered = enumerate(lines, start=1)
    columns = find_columns(
        _read_cells(next(numbered, (1, ""))[1], delimiter) or [],
        recipient=recipient,
        state=state,
        topic=reconciler.topic,
        topics=[one.id for one in reconciler.checker.business.topics],
    )
    batch: list[Row] = []
    for line, text in numbered:
        cells = _read_cells(text, delimiter)
        if cells is None:
            tally.rows, tally.bad = tally.rows + 1, tally.bad + 1
            yield BadRow(line, "not a line of CSV; a cell must not go over several lines")
            continue
        if not any(cell.strip() for cell in cells):
            continue  # an empty line says nothing about anybody
        tally.rows += 1
        try:
            batch.append(read_row(line, cells, columns))
        except RowError as error:
            tally.bad += 1
            yield BadRow(line, str(error))
        if len(batch) == BATCH:
            yield from _compare_all(batch, columns, reconciler, tally)
            batch = []
    yield from _compare_all(batch, columns, reconciler, tally)


def _read_cells(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of one line; None where it is none of CSV.

    Line by line, so that a quote that nobody closed spoils its own row and swallows no other.
    """
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _compare_all(
    batch: Sequence[Row], columns: Columns, reconciler: Reconciler, tally: Tally
) -> Iterator[Difference]:
    if not batch:
        return
    for row, ours in zip(batch, _our_states(batch, columns, reconciler), strict=True):
        found = [
            Difference(
                line=row.line,
                recipient=row.recipient.wa_id or row.recipient.bsuid or "",
                field=name,
                theirs=theirs,
                ours=shown,
                direction=direction,
            )
            for name, theirs in row.theirs.items()
            for state, shown in [ours[name]]
            if (direction := compare(theirs, state)) is not None
        ]
        if not found:
            tally.same += 1
        for one in found:
            tally.differences[one.direction.value] += 1
            yield one


def _our_states(
    batch: Sequence[Row], columns: Columns, reconciler: Reconciler
) -> list[dict[str, tuple[str, str]]]:
    """Return for each row and column our state, and how it is shown."""
    people, now = [row.recipient for row in batch], reconciler.clock()
    if reconciler.topic is not None:
        answers = check(
            people,
            Question(topic=reconciler.topic),
            checker=reconciler.checker,
            now=now,
        )
        name = columns.compared[0][0]
        return [
            {
                name: (OPTED_IN, "allowed")
                if one.allowed
                else (OPTED_OUT, one.reason.value if one.reason else "refused")
            }
            for one in answers
        ]
    views = reconciler.checker.preferences.view_many(people)
    return [
        {
            name: _state_of(view, name, reconciler.checker.business, now)
            for name, _ in columns.compared
        }
        for view in views
    ]


def _state_of(view: RecipientView, name: str, business: Business, now: datetime) -> tuple[str, str]:
    if not name.startswith(TOPIC_PREFIX):
        if ALL_TOPICS in view.holds:
            return OPTED_OUT, "held"  # accepted, and applied within moments
        return view.preferences.messages, view.preferences.messages
    topic = business.topic(name.removeprefix(TOPIC_PREFIX))
    if topic is None:
        return OPTED_OUT, "no such topic"
    choice = view.preferences.topic_choice(topic.id, topic.category)
    is_on = topic.default if choice is None else choice
    return (OPTED_IN, "on") if is_on else (OPTED_OUT, "off")
