"""Tell whether a notification comes from 360dialog: by its signature, by our token, or both.

https://docs.360dialog.com/partner/onboarding/webhook-events-and-setup/signature-validation
Every secret is compared, in constant time and by its digest, so that how long the answer takes
tells neither a secret, nor its length, nor which of several is in use.
"""

import hashlib
import hmac
from collections.abc import Iterable

_SCHEME = b"bearer "
_PREFIX = b"sha256="


def is_signed_by(secrets: Iterable[str], raw: bytes, header: str | None) -> bool:
    """Tell whether the header is the HMAC-SHA256 of the raw body, in hex, under any secret.

    `raw` has to be the bytes as they arrived: the same JSON written again is other bytes. An
    empty secret signs nothing.
    """
    claimed = _header_to_bytes(header).lower().removeprefix(_PREFIX)
    is_match = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest().encode()
        is_match |= _is_equal(expected, claimed) & bool(secret)
    return is_match


def is_bearer(tokens: Iterable[str], header: str | None) -> bool:
    """Tell whether an Authorization header carries any of the tokens; an empty one opens nothing."""
    given = _header_to_bytes(header)
    has_scheme = given[: len(_SCHEME)].lower() == _SCHEME
    claimed = given[len(_SCHEME) :].strip()
    is_match = False
    for token in tokens:
        is_match |= _is_equal(token.encode(), claimed) & bool(token)
    return is_match and has_scheme


def _header_to_bytes(header: str | None) -> bytes:
    # WSGI hands the bytes of a header over as Latin-1, whatever they were.
    return (header or "").encode("latin-1", "backslashreplace").strip()


def _is_equal(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(other).digest())
