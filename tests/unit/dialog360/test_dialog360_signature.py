import hashlib
import hmac

import pytest

from app.dialog360.signature import is_bearer, is_signed_by

RAW = b'{"object": "whatsapp_business_account"}'


def sign(secret: str, raw: bytes = RAW) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "header",
    [sign("new"), sign("old"), f"sha256={sign('new')}", sign("new").upper(), f" {sign('new')} "],
)
def test_a_signature_under_any_secret_opens(header: str) -> None:
    assert is_signed_by(["old", "new"], RAW, header)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        sign("other"),
        sign("new")[:-1],
        sign("new", b"x"),
        "ü",
        "\u20ac",
        "x" * 9999,
    ],
)
def test_any_other_signature_does_not(header: str | None) -> None:
    assert not is_signed_by(["old", "new"], RAW, header)


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed_by([""], RAW, sign(""))
    assert not is_signed_by([], RAW, sign("x"))


@pytest.mark.parametrize("header", ["Bearer new", "bearer old", "BEARER  new ", "Bearer old"])
def test_any_token_opens(header: str) -> None:
    assert is_bearer(["old", "new"], header)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "new", "Basic new", "Bearer newer", "Bearer né"]
)
def test_any_other_header_does_not(header: str | None) -> None:
    assert not is_bearer(["old", "new"], header)


def test_an_empty_token_opens_nothing() -> None:
    assert not is_bearer([""], "Bearer ")
    assert not is_bearer([], "Bearer x")


def test_a_token_beyond_ascii_is_compared_by_its_bytes() -> None:
    as_wsgi_hands_it_over = "Bearer geheimnïs".encode().decode("latin-1")

    assert is_bearer(["geheimnïs"], as_wsgi_hands_it_over)
