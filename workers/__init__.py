"""The worker processes: `python -m workers` runs a pool of them.

A module slot holds what the jobs need; RQ finds jobs by their dotted path and gives them nothing.
"""

from app.runtime import Runtime

_slot: list[Runtime] = []


def set_runtime(runtime: Runtime) -> None:
    """Fill the slot; called once in each worker process before its first job."""
    _slot[:] = [runtime]


def get_runtime() -> Runtime:
    """Return what this process works with.

    Raises:
        RuntimeError: a job runs outside `python -m workers`.
    """
    if not _slot:
        raise RuntimeError("jobs run inside `python -m workers`, which sets their runtime")
    return _slot[0]
