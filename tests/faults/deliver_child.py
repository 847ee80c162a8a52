"""A worker that delivers one event and is killed meanwhile: `python -m tests.faults.deliver_child`."""

import os

from app.runtime import build_runtime
from config.settings import load_settings
from workers.deliveries import deliver_one


def main() -> None:
    """Deliver the first event that is due at the first endpoint."""
    runtime = build_runtime(load_settings(os.environ), for_worker=True)
    deliver_one(runtime.deliveries.endpoints[0], runtime)


if __name__ == "__main__":
    main()
