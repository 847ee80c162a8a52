"""The count of figures, in slices: what people said comes first, so a slice is short."""

import logging
import time
from collections.abc import Iterator

from app.runtime import Runtime
from app.usecases.figures import EVERY, count_figures

logger = logging.getLogger(__name__)

_SLICE_SECONDS = 0.2


class FigureCount:
    """Counts while there is something to count, and rests until figures are old."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._steps: Iterator[float] | None = None
        self._rest_until = 0.0

    def advance(self) -> None:
        """Go on for a moment. After an error the next count begins anew."""
        if self._steps is None and not self._is_due():
            return
        runtime = self._runtime
        steps = self._steps or count_figures(runtime.evidence, runtime.figures, clock=runtime.clock)
        self._steps = None
        deadline = time.monotonic() + _SLICE_SECONDS
        for _ in steps:
            if time.monotonic() >= deadline:
                self._steps = steps
                return
        logger.info("figures.counted")

    def _is_due(self) -> bool:
        # Asking Redis each second would tell nothing new.
        if time.monotonic() < self._rest_until:
            return False
        self._rest_until = time.monotonic() + 60
        counted_at = self._runtime.figures.counted_at()
        return counted_at is None or self._runtime.clock() - counted_at >= EVERY
