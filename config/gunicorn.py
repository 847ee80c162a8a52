"""gunicorn for a Heroku-style platform; gunicorn reads PORT and WEB_CONCURRENCY itself.

Measured: threads with reuse_port serve the webhook evenly; without it all kept-alive connections
land on one process about half the time.
"""

import gc
import os
import socket


def _every_address() -> str:
    """Return [::], which takes IPv4 too, or 0.0.0.0 on a machine without IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::", 0))
    except OSError:
        return "0.0.0.0"  # noqa: S104 - a platform routes to whatever we listen on
    return "[::]"


# gunicorn imports this file before there is a Settings object, so PORT is read here as well.
bind = [f"{os.environ.get('BIND_HOST') or _every_address()}:{os.environ.get('PORT', '8000')}"]
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
# The drop-in waits for 360dialog in these; app/dialog360/relay.py leaves some of them to the webhook.
threads = 16
reuse_port = True
# Words and texts of all languages are read once and shared: half the memory of two processes.
preload_app = True

# Above the router's 90 s, so that the router and not we close an idle connection.
keepalive = 95
timeout = 20
# Below the 30 s that a platform gives between SIGTERM and SIGKILL.
graceful_timeout = 20

# gunicorn would open a socket under $HOME that nobody here uses.
control_socket_disable = True

# A platform may switch the access log on by itself. It must not hold paths or queries, which name
# recipients, so it says the method, the status, the size and the time alone.
access_log_format = "%(m)s %(s)s %(b)s %(M)sms"

forwarded_allow_ips = "*"
# Bodies are limited by the application; these bound what comes before one.
limit_request_line = 4094
limit_request_fields = 60


def when_ready(server: object) -> None:
    """Put what is loaded out of the collector's sight, so that the processes go on sharing it."""
    gc.collect()
    gc.freeze()
