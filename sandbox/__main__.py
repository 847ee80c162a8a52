"""`python -m sandbox`: serve until SIGINT or SIGTERM."""

import os
import signal
import sys
import threading
from types import FrameType

from sandbox.config import ConfigError, load_config
from sandbox.server import start


def main() -> int:
    """Run the sandbox; returns the exit code."""
    try:
        running = start(load_config(os.environ))
    except (ConfigError, OSError) as exc:
        sys.stderr.write(f"sandbox: {exc}\n")
        return 1
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    sys.stdout.write(f"sandbox: the phone is at {running.url}/\n")
    sys.stdout.flush()
    ended.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
