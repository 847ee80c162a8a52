"""What is printed: Markdown tables, each row with what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Table:
    """One table under a heading; `notes` say what the columns are and what was compared."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def to_markdown(self) -> str:
        """Return the table as it stands in docs/benchmarks.md."""
        lines = [f"### {self.heading}", ""]
        lines.append(f"| {' | '.join(self.columns)} |")
        lines.append(f"|{'---|' * len(self.columns)}")
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        lines.append("")
        lines += [f"{note}\n" for note in self.notes]
        return "\n".join(lines)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of all lies (0.5: the median)."""
    if share == 0.5:
        return median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def say_milliseconds(value: float) -> str:
    """Return a duration with as many digits as it is worth."""
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def say_bytes(value: float) -> str:
    """Return an amount of memory for people."""
    if value >= 1e6:
        return f"{value / 1e6:.0f} MB"
    return f"{value / 1e3:.1f} kB" if value >= 10_000 else f"{value:.0f} B"
