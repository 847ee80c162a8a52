"""`make bench`: measure everything, and print tables for docs/benchmarks.md."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from app.runtime import build_runtime
from benchmarks.caps import measure_caps
from benchmarks.effect import measure_effect
from benchmarks.gate import measure_gate
from benchmarks.kills import FULL, SHORT, run_kills
from benchmarks.lists import measure_lists
from benchmarks.memory import measure_memory
from benchmarks.recognition import measure_recognition
from benchmarks.senders import measure_senders
from benchmarks.service import Service
from benchmarks.table import Table
from benchmarks.webhook import measure_webhook
from config.settings import load_settings

SECTIONS = (
    "webhook",
    "effect",
    "gate",
    "senders",
    "caps",
    "lists",
    "memory",
    "recognition",
    "kills",
)


def main() -> int:
    """Measure what the arguments ask for; returns the exit code."""
    arguments = _read_arguments()
    started = time.monotonic()
    print(_describe_machine(), flush=True)
    failed = False
    for section in arguments.only or SECTIONS:
        folder = Path(tempfile.mkdtemp(prefix=f"heed-bench-{section}-"))
        try:
            table, is_fine = _measure(section, folder, arguments)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        print(table.to_markdown(), flush=True)
        failed = failed or not is_fine
    print(f"All of it took {time.monotonic() - started:.0f} s.")
    return 1 if failed else 0


def _measure(section: str, folder: Path, arguments: argparse.Namespace) -> tuple[Table, bool]:
    if section == "kills":
        return _measure_kills(folder, is_full=arguments.full)
    with Service(folder) as service:
        measures: dict[str, Callable[[], Table]] = {
            "webhook": lambda: measure_webhook(service, rounds=7, requests=400),
            "effect": lambda: measure_effect(service, stops=300),
            "gate": lambda: measure_gate(service, rounds=5),
            "senders": lambda: measure_senders(service, rounds=9, messages=300),
            "caps": lambda: measure_caps(service, rounds=5),
            "lists": lambda: measure_lists(service, rows=50_000, rounds=3),
            "memory": lambda: measure_memory(service, people_count=200),
            "recognition": lambda: measure_recognition(
                build_runtime(load_settings(service.environ)).lexicon,
                rounds=5,
                messages=arguments.messages,
            ),
        }
        return measures[section](), True


def _measure_kills(folder: Path, *, is_full: bool) -> tuple[Table, bool]:
    result = run_kills(FULL if is_full else SHORT, folder)
    faults = (
        result.lost,
        result.wrong_registers,
        result.applied_twice,
        result.confirmed_twice,
        result.never_confirmed,
    )
    rows = [(name.replace("_", " "), _say(value)) for name, value in asdict(result).items()]
    note = (
        "The first five must be 0. Delays are from the 200 to the commit, with a worker killed "
        "every second or two and every sixth time the whole pool. "
        + ("" if is_full else 'The short form; `make bench ARGS="--full"` for 10,000 commands.')
    )
    return Table("Workers killed under load", ("what", "number"), tuple(rows), (note,)), not any(
        faults
    )


def _say(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _describe_machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} "
        f"{platform.machine()}; load at the start: {load}. Everything on this one machine.\n"
    )


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="kill workers 120 times over 10,000 commands"
    )
    parser.add_argument(
        "--messages", type=Path, help="JSON lines with texts of yours, a file or a folder of them"
    )
    parser.add_argument("--only", action="append", choices=SECTIONS, help="measure only this")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
