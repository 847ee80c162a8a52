"""Where a request of ours may go: never inside, unless the business named the host."""

import socket
from typing import Any

import pytest

from app.endpoints.connections import connect_checked
from app.endpoints.guard import AddressRefusedError, is_public, list_url_problems

PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808")
REFUSED = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "not an address",
    "",
    "127.1",
    "0x7f000001",
    "2130706433",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", REFUSED)
def test_all_others_do_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://crm.example/heed", None),
        ("https://crm.example:8443/heed?x=1", None),
        ("http://crm.example/heed", "https://"),
        ("ftp://crm.example/heed", "https://"),
        ("https://crm.example:22/heed", "ports"),
        ("https://user:secret@crm.example/", "user or a password"),
        ("https://crm.example/#x", "fragment"),
        ("https:///heed", "no host"),
        ("https://crm.example/a b", "blank"),
        ("https://crm.example/a\nb", "blank"),
        ("https://crm.example:99999/", "no URL"),
        ("https://10.0.0.1/", "private"),
        ("https://[::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("", "https://"),
        ("http://crm.internal:8080/heed", None),
        ("https://CRM.internal/heed", None),
        ("ftp://crm.internal/heed", "https://"),
    ],
)
def test_the_url_of_an_endpoint(url: str, wrong: str | None) -> None:
    problems = list_url_problems(url, allowed_hosts=["crm.internal"])

    assert bool(problems) == (wrong is not None)
    assert wrong is None or any(wrong in one for one in problems)


def _look_up(*addresses: str) -> Any:
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (one, port),
            )
            for one in addresses
        ]

    return look_up


@pytest.fixture
def listening() -> Any:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["::1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:127.0.0.1"]]
)
def test_a_name_that_leads_inside_is_not_connected_to(
    listening: socket.socket, addresses: list[str]
) -> None:
    with pytest.raises(AddressRefusedError):
        connect_checked(
            "crm.example",
            listening.getsockname()[1],
            timeout=1,
            allowed_hosts=frozenset(),
            look_up=_look_up(*addresses),
        )
    with pytest.raises(TimeoutError):
        listening.accept()


def test_the_checked_address_is_the_one_connected_to(listening: socket.socket) -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    asked = []

    def look_up(host: str, port: int, **options: Any) -> list[Any]:
        asked.append(host)
        return list(_look_up("127.0.0.1")(host, port))

    with connect_checked(
        "crm.internal",
        listening.getsockname()[1],
        timeout=1,
        allowed_hosts=frozenset({"crm.internal"}),
        look_up=look_up,
    ):
        listening.accept()[0].close()

    assert asked == ["crm.internal"]


def test_the_name_that_is_allowed_is_one_name(listening: socket.socket) -> None:
    with pytest.raises(AddressRefusedError):
        connect_checked(
            "other.internal",
            listening.getsockname()[1],
            timeout=1,
            allowed_hosts=frozenset({"crm.internal"}),
            look_up=_look_up("127.0.0.1"),
        )


@pytest.mark.parametrize("trouble", [socket.gaierror("no"), UnicodeError("label too long")])
def test_a_name_that_nobody_knows_is_no_address(trouble: Exception) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        raise trouble

    with pytest.raises(type(trouble)):
        connect_checked("crm.example", 443, timeout=1, allowed_hosts=frozenset(), look_up=look_up)
    with pytest.raises(OSError, match="no address"):
        connect_checked(
            "crm.example", 443, timeout=1, allowed_hosts=frozenset(), look_up=_look_up()
        )
