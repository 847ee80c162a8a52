"""Score recognition: `python -m tests.evaluate [FILE…]` (default: the committed corpus).

Files hold JSON lines with `text`, `language`, `command` and, where it matters, `topic`, `days`,
`country`, `hint` (a language given to recognition) and `kind`.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.commands import Command
from app.recognition import Lexicon, Recognition, load_lexicon, recognize

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
FRESH = CORPUS / "fresh"
"""Rows written the way customers write, before anybody looked at what recognition says of them."""
HELD_OUT = CORPUS / "heldout"
"""Fresh rows that nobody tunes on: they are scored, and their misses are not shown."""
TODAY = date(2026, 11, 18)
"""The day from which the corpus counts: a Wednesday."""

ENGLISH = {
    "STOP": ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
    "START": ("start", "unstop", "subscribe"),
    "HELP": ("help", "info"),
    "PAUSE": ("pause",),
    "RESUME": ("resume",),
}
"""The usual English list, for the two baselines."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One row with its reading."""

    row: dict[str, Any]
    found: Recognition

    @property
    def wanted(self) -> str:
        return str(self.row["command"])

    @property
    def got(self) -> str:
        return self.found.command.value

    @property
    def is_right(self) -> bool:
        """Right command and, where the row says so, right topic and days."""
        if self.got != self.wanted:
            return False
        if "topic" in self.row and self.row["topic"] != self.found.topic:
            return False
        return "days" not in self.row or self.row["days"] == self.found.days


def read_rows(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.strip():
                    yield json.loads(line)


def score(rows: Iterable[dict[str, Any]], lexicon: Lexicon) -> list[Scored]:
    scored = []
    for row in rows:
        today = date.fromisoformat(row["today"]) if row.get("today") else TODAY
        found = recognize(
            row["text"],
            lexicon,
            country=row.get("country"),
            language=row.get("hint"),
            today=today,
        )
        scored.append(Scored(row, found))
    return scored


def read_exactly(text: str) -> str:
    """Baseline: the whole text equals a word of the English list."""
    word = text.strip().lower()
    return next((command for command, words in ENGLISH.items() if word in words), "NONE")


def read_containing(text: str) -> str:
    """Baseline: the text contains a word of the English list."""
    lower = text.lower()
    return next(
        (command for command, words in ENGLISH.items() if any(w in lower for w in words)), "NONE"
    )


def rate(wanted: Counter[str], got: Counter[str], both: Counter[str], name: str) -> str:
    recall = both[name] / wanted[name] if wanted[name] else float("nan")
    precision = both[name] / got[name] if got[name] else float("nan")
    return f"{precision:7.3f} {recall:7.3f} {wanted[name]:6d}"


def print_table(title: str, pairs: list[tuple[str, str]]) -> None:
    wanted, got = Counter(w for w, _ in pairs), Counter(g for _, g in pairs)
    both = Counter(w for w, g in pairs if w == g)
    print(f"\n{title:24} precision recall   rows")
    for command in Command:
        if wanted[command.value] or got[command.value]:
            print(f"  {command.value:22} {rate(wanted, got, both, command.value)}")


def print_languages(scored: list[Scored]) -> None:
    print("\nlanguage   rows  right   STOP precision/recall   false STOP   asked")
    for language in sorted({s.row["language"] for s in scored}):
        rows = [s for s in scored if s.row["language"] == language]
        stops = [s for s in rows if s.wanted == "STOP"]
        hits = sum(s.got == "STOP" for s in stops)
        claims = sum(s.got == "STOP" for s in rows)
        false = sum(s.got == "STOP" and s.wanted in {"NONE", "START", "HELP"} for s in rows)
        asked = sum(s.got == "UNSURE" and s.wanted != "UNSURE" for s in rows)
        print(
            f"  {language:7} {len(rows):6d} {sum(s.is_right for s in rows) / len(rows):6.3f}"
            f"   {hits / claims if claims else float('nan'):6.3f} / "
            f"{hits / len(stops) if stops else float('nan'):6.3f}        {false:6d} {asked:10d}"
        )


def print_confusion(scored: list[Scored]) -> None:
    names = [command.value for command in Command]
    table = Counter((s.wanted, s.got) for s in scored)
    print("\nwanted \\ got  " + "".join(f"{name[:9]:>10}" for name in names))
    for wanted in names:
        cells = "".join(f"{table[wanted, got]:10d}" for got in names)
        print(f"  {wanted:11} {cells}")


def print_misses(scored: list[Scored], limit: int) -> None:
    misses = [s for s in scored if not s.is_right]
    print(f"\nmisses: {len(misses)}")
    for s in misses[:limit]:
        detail = f"{s.got} topic={s.found.topic} days={s.found.days} by {s.found.rule}"
        wanted = f"{s.wanted} {s.row.get('topic', '')} {s.row.get('days', '')}".strip()
        print(f"  [{s.row['language']}] {s.row['text'][:90]!r}: wanted {wanted}, got {detail}")


def main(arguments: list[str]) -> None:
    paths = [Path(argument) for argument in arguments] or [CORPUS, FRESH]
    lexicon = load_lexicon(ROOT / "config" / "lexicon")
    rows = list(read_rows(paths))
    begun = time.perf_counter()
    scored = score(rows, lexicon)
    seconds = time.perf_counter() - begun
    print(f"{len(rows)} rows in {seconds:.2f} s, {len(rows) / seconds:,.0f} a second")
    print_table("Heed", [(s.wanted, s.got) for s in scored])
    print_table("exact match, English", [(s.wanted, read_exactly(s.row["text"])) for s in scored])
    print_table("contains the word", [(s.wanted, read_containing(s.row["text"])) for s in scored])
    print_languages(scored)
    print_confusion(scored)
    print_misses(scored, 400)
    if not arguments:
        held_out = score(read_rows([HELD_OUT]), lexicon)
        print_table("held out", [(s.wanted, s.got) for s in held_out])
        print_languages(held_out)


if __name__ == "__main__":
    main(sys.argv[1:])
