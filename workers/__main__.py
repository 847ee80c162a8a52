"""`python -m workers`: check the settings once, then run the pool."""

import logging
import os
import sys

from app.runtime import build_runtime
from config.logging import configure_logging
from config.settings import SettingsError, load_settings
from workers import set_runtime
from workers.pool import Pool, roles_of
from workers.role import run_role

logger = logging.getLogger(__name__)


def main() -> int:
    """Run the pool; returns the exit code."""
    try:
        settings = load_settings(os.environ)
        configure_logging(settings.log_format)
        # The processes of the pool are forked with it: none reads the lexicon again.
        set_runtime(build_runtime(settings, for_worker=True))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    roles = roles_of(settings.worker_processes)
    logger.info("workers.started", extra={"roles": roles})
    Pool(roles, run_role).run()
    logger.info("workers.ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
