"""A job that fails: say what and where, and nothing about anybody."""

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ParamSpec

P = ParamSpec("P")

logger = logging.getLogger(__name__)


class JobFailedError(Exception):
    """What the dashboard shows of a failed job. The event itself is safe in the inbox."""


def report_failure(job: Callable[P, None]) -> Callable[P, None]:
    """Let a job fail without its exception's text, which may hold words or numbers.

    RQ keeps the text and the traceback of a failed job for the dashboard, and logs both.
    """

    @functools.wraps(job)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            job(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not get out
            failure = f"{type(error).__name__} at {_where(error.__traceback__)}"
            logger.error("job.failed", extra={"job": job.__name__, "id": args[0], "error": failure})  # noqa: TRY400
            raise JobFailedError(failure) from None

    return run


def _where(traceback: TracebackType | None) -> str:
    """Return the line that raised, as file:line."""
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    if traceback is None:
        return "?"
    return f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
