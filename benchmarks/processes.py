"""What processes cost: processor time and memory, as Linux counts them."""

from pathlib import Path


def cpu_seconds(pids: list[int]) -> float:
    """Return the processor time that these processes have used, to the nanosecond."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total / 1e9


def memory_bytes(pids: list[int]) -> tuple[int, int]:
    """Return resident memory, summed, and what is left when shared pages count once (PSS)."""
    resident = shared_once = 0
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        for line in text.splitlines():
            name, _, rest = line.partition(":")
            if name == "Rss":
                resident += 1024 * int(rest.split()[0])
            elif name == "Pss":
                shared_once += 1024 * int(rest.split()[0])
    return resident, shared_once
