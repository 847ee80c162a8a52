"""Which addresses a request of ours may go to (SSRF): pure checks, no name is looked up here.

An endpoint's name is given by the business, but what it leads to is decided by whoever runs its
DNS. So each address is checked when it is connected to, and nothing else is connected to.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

# The IANA special-purpose registries know these; Python's `is_global` does not look inside them.
_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; Python takes two of them for global
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, deprecated by RFC 7526
)
_REFUSED_V6 = (
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a local network, RFC 8215
    IPv6Network("::/96"),  # IPv4-compatible, deprecated by RFC 4291
    IPv6Network("fec0::/10"),  # site-local, deprecated by RFC 3879
    IPv6Network("2001::/32"),  # Teredo: the address inside is anybody's
)
PUBLIC_PORTS = frozenset({443, 8443})


class AddressRefusedError(Exception):
    """The address may not be reached. The text never holds it."""


def list_url_problems(url: str, *, allowed_hosts: Iterable[str] = ()) -> list[str]:
    """Say what is wrong with the URL of an endpoint, in words for business.toml."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ["url is no URL"]
    by_name = host in {one.lower() for one in allowed_hosts}
    problems = []
    if parts.scheme not in ({"https", "http"} if by_name else {"https"}):
        problems.append("url must begin with https://; http:// only for a host in allow_private")
    if not host or any(character.isspace() or ord(character) < 33 for character in url):  # noqa: PLR2004 - the first printable
        problems.append("url has no host, or a blank in it")
    if "@" in parts.netloc:
        problems.append("url must not hold a user or a password")
    if parts.fragment:
        problems.append("url must not have a fragment")
    if not by_name and port is not None and port not in PUBLIC_PORTS:
        ports = ", ".join(map(str, sorted(PUBLIC_PORTS)))
        problems.append(f"url may name the ports {ports}; others only for a host in allow_private")
    if not by_name and _is_refused_literal(host):
        problems.append("url leads to a private address; name its host in allow_private")
    return problems


def check_address(text: str) -> None:
    """Let an address pass that anybody on the internet could be reached at.

    Raises:
        AddressRefusedError: it is private, of this machine, or hides an address that is.
    """
    if not is_public(text):
        raise AddressRefusedError("the name leads to an address that is not public")


def is_public(text: str) -> bool:
    """Tell whether an IP address is one of the public internet, also where it hides another."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if "%" in text:
        return False  # a scope is only needed on the local network
    if isinstance(address, IPv4Address):
        return _is_public_v4(address)
    return _is_public_v6(address)


def _is_public_v4(address: IPv4Address) -> bool:
    if any(address in network for network in _REFUSED_V4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_public_v6(address: IPv6Address) -> bool:
    hidden = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        hidden = IPv4Address(int(address) & 0xFFFFFFFF)
    if hidden is not None:
        return _is_public_v4(hidden)
    if any(address in network for network in _REFUSED_V6):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_refused_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        # Not an address, though a resolver may read "127.1" or "0x7f.1" as one; what it makes of
        # them is checked when we connect.
        return False
    return not is_public(host)
