"""The worker processes: `python -m workers` runs a pool of them.

A module slot holds what the jobs need; RQ finds jobs by their dotted path and gives them nothing.
"""

from app.runtime import Runtime

_slot: list[Runtime] = []


def set_runtime(runtime: Runtime) -> None:
    """Fill the slot; called once in each worker process before its first job."""
    _slot[:] = [runtime]


def find_runtime() -> Runtime | None:
    """Return what this process was given at its start, if anything."""
    return _slot[0] if _slot else None


def get_runtime() -> Runtime:
    """Return what this process works with.

    Raises:
        RuntimeError: a job runs outside `python -m workers`.
    """
    runtime = find_runtime()
    if runtime is None:
        raise RuntimeError("jobs run inside `python -m workers`, which sets their runtime")
    return runtime
