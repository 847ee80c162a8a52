"""`python -m app.recognition`: JSON lines with messages in, JSON lines with readings out."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.recognition import Lexicon, load_lexicon, recognize

LEXICON = Path(__file__).resolve().parents[2] / "config" / "lexicon"
MAX_LINE = 1_000_000


def read_line(line: str, lexicon: Lexicon, today: date) -> dict[str, object]:
    """Answer one line; a line that cannot be read gets `{"error": …}` instead of a reading."""
    row, problem = _read_row(line)
    if problem:
        return {"error": problem}
    if row.get("today"):
        today = date.fromisoformat(row["today"])
    found = recognize(
        row["text"],
        lexicon,
        country=row.get("country"),
        language=row.get("language"),
        today=today,
    )
    return {
        "command": found.command.value,
        "topic": found.topic,
        "days": found.days,
        "rule": found.rule,
        "language": found.language,
        "certainty": found.certainty.value,
    }


def _read_row(line: str) -> tuple[dict[str, Any], str | None]:
    """Return the row, or what is wrong with it."""
    if len(line) > MAX_LINE:
        return {}, f"the line is longer than {MAX_LINE} characters"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {}, f"not JSON: {error}"
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return {}, 'not a message: write {"text": "…"} with a string'
    for name in ("language", "country", "today"):
        if row.get(name) is not None and not isinstance(row[name], str):
            return {}, f'"{name}" must be a string'
    try:
        date.fromisoformat(row.get("today") or "2000-01-01")
    except ValueError:
        return {}, '"today" must be a date such as 2026-12-31'
    return row, None


def main() -> None:
    """Answer standard input line by line, so that it can also be used as a conversation."""
    lexicon = load_lexicon(LEXICON)
    today = datetime.now(tz=UTC).date()
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            answer = read_line(line, lexicon, today)
            sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
