"""The two waits of a confirmation, shortened from 20 and 30 s so that a test need not wait a minute.

Everything else is as in production.
"""

from datetime import timedelta

from app.domain.confirmations import Timing

# Longer than a send to the sandbox takes, so that nobody takes over from a living worker.
QUICK = Timing(sending_lease=timedelta(seconds=3), status_wait=timedelta(seconds=4))
