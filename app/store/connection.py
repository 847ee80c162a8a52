"""Connections to Redis, with time limits that are ours and not the library's."""

from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

# A caller of the webhook waits for us, so a Redis that hangs must become a 503 within seconds.
_TIMEOUT_SECONDS = 2.0
# A busy Redis answers a worker late rather than never.
_WORKER_TIMEOUT_SECONDS = 10.0

StoreError = RedisError
"""What every read or write may raise; the web answers 503 for it."""


def connect(url: str, *, tls_verify: bool, for_worker: bool = False) -> Redis:
    """Return a client; nothing is sent before the first command.

    redis-py would retry ten times by itself, a minute in all. One retry is enough to get over a
    connection that the server closed while idle; every write of ours may run twice. There is none
    after a time limit: with one, a Redis that hangs holds the webhook for 4 s, and for 8 s where
    the connection is new.
    """
    timeout = _WORKER_TIMEOUT_SECONDS if for_worker else _TIMEOUT_SECONDS
    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        "health_check_interval": 30,
    }
    if url.startswith("rediss://") and not tls_verify and "ssl_cert_reqs" not in url:
        options["ssl_cert_reqs"] = "none"
        options["ssl_check_hostname"] = False
    client: Redis = Redis.from_url(url, **options)
    return client
