"""Rows of a CSV file of consents, read one by one; what is wrong names the line, and nobody."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from app.domain.consents import Consent
from app.domain.recipients import RecipientError, parse_recipient
from app.domain.times import from_text

REQUIRED = ("recipient", "wording", "at", "where", "by")
_KNOWN = frozenset({*REQUIRED, "topics"})
_REFERENCE = "evidence."
_LONGEST_FIELD = 500
# What stands for bytes that are no UTF-8. Evidence is for ever, so it must not get a spoilt name.
_UNREADABLE = "\ufffd"


class HeaderError(Exception):
    """The first line does not say what the columns are; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a consent, or why it is none."""

    line: int
    consent: Consent | None
    problem: str = ""


def read_rows(file: TextIO, source_id: str) -> Iterator[Row]:
    """Yield the rows of a file.

    Raises:
        HeaderError: the columns are not those of consents.
    """
    reader = csv.DictReader(file)
    names = [(name or "").strip() for name in reader.fieldnames or []]
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in _KNOWN and not name.startswith(_REFERENCE)]
    if missing or unknown or len(set(names)) != len(names):
        raise HeaderError(
            f"The first line must name the columns {', '.join(REQUIRED)}, once each; it may name "
            "topics and evidence.<name>, such as evidence.order, and no others. Commas stand "
            "between them, not semicolons or tabs."
        )
    reader.fieldnames = names
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(reader.line_num, None, "not a row of CSV: see its quotation marks")
            continue
        yield _read_row(row, reader.line_num, source_id)


def _read_row(row: Mapping[str, str | list[str] | None], line: int, source_id: str) -> Row:
    cells = {name: text.strip() for name, text in row.items() if isinstance(text, str)}
    # DictReader puts cells without a column under None, and None where a cell is missing.
    if len(cells) != len(row):
        return Row(line, None, "not as many cells as columns")
    problem = _problem_of_cells(cells)
    if problem:
        return Row(line, None, problem)
    try:
        recipient = parse_recipient(cells["recipient"])
    except RecipientError:
        return Row(line, None, "recipient is no international phone number and no BSUID")
    try:
        at = from_text(cells["at"])
    except (ValueError, OverflowError):
        return Row(line, None, "at is no time with its zone, such as 2026-11-24T16:03:00Z")
    return Row(
        line,
        Consent(
            recipient=recipient,
            source_id=source_id,
            wording_id=cells["wording"],
            at=at,
            where=cells["where"],
            by=cells["by"],
            topics=tuple(dict.fromkeys(cells.get("topics", "").replace(";", " ").split())),
            references={
                name.removeprefix(_REFERENCE): text
                for name, text in cells.items()
                if name.startswith(_REFERENCE) and text
            },
        ),
    )


def _problem_of_cells(cells: Mapping[str, str]) -> str:
    if any(len(text) > _LONGEST_FIELD for text in cells.values()):
        return f"a cell of more than {_LONGEST_FIELD} characters"
    if any(_UNREADABLE in text for text in cells.values()):
        return "letters that are not UTF-8: save the file as CSV UTF-8"
    empty = [name for name in REQUIRED if not cells[name]]
    return f"{', '.join(empty)} must not be empty" if empty else ""
