"""Connections that go to checked addresses alone: the guard put into requests and urllib3.

The name is looked up once, every address that it has is checked, and one of those is connected
to: between check and connection the name can not turn into something else. Host header, SNI and
certificate stay those of the name.
"""

import socket
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.timeout import _DEFAULT_TIMEOUT

from app.endpoints.guard import AddressRefusedError, check_address

LookUp = Callable[..., list[Any]]
"""What turns a name into addresses, as `socket.getaddrinfo` does."""


def connect_checked(
    host: str,
    port: int,
    *,
    timeout: float | None,
    allowed_hosts: frozenset[str],
    look_up: LookUp = socket.getaddrinfo,
) -> socket.socket:
    """Connect to an address of the name after all of them were checked.

    Raises:
        AddressRefusedError: one of them is not public; the others may be the same machine.
        OSError: the name can not be looked up, or nobody listens.
    """
    found = look_up(host, port, type=socket.SOCK_STREAM)
    if not found:
        raise OSError("the name has no address")
    if host.lower() not in allowed_hosts:
        for *_, address in found:
            check_address(str(address[0]))
    trouble: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            sock.close()
            trouble = error
        else:
            return sock
    raise trouble or OSError("no address answers")


class _Guarded:
    """Mixed into urllib3's connections: how they find the other end."""

    adapter: "GuardedAdapter"

    def _new_conn(self) -> socket.socket:
        connection: Any = self
        self.adapter.connections.add(connection)
        timeout = connection.timeout
        try:
            return connect_checked(
                connection._dns_host,  # noqa: SLF001 - urllib3's own method reads the same
                connection.port,
                timeout=None if timeout is _DEFAULT_TIMEOUT else timeout,
                allowed_hosts=self.adapter.allowed_hosts,
            )
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(connection, type(error).__name__) from None


class GuardedAdapter(HTTPAdapter):
    """An adapter of requests whose every connection is checked; for one thread and one host."""

    def __init__(self, allowed_hosts: frozenset[str]) -> None:
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.connections: weakref.WeakSet[Any] = weakref.WeakSet()
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Put our connections into the pools."""
        super().init_poolmanager(*args, **kwargs)
        ours = self

        class Plain(_Guarded, HTTPConnection):
            adapter = ours

        class Secure(_Guarded, HTTPSConnection):
            adapter = ours

        class PlainPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: a proxy would look the name up itself.

        Raises:
            AddressRefusedError: always.
        """
        raise AddressRefusedError("no proxy is used")

    def cut(self) -> None:
        """Cut what is open, from another thread; whoever reads there gets an error at once."""
        for connection in list(self.connections):
            sock = connection.sock
            if sock is not None:
                with suppress(OSError):
                    # Not the method of an SSL socket, which takes its state apart under the reader.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
