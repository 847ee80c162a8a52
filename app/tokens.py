"""Signed texts that leave Heed and come back: links, forms, and what a page has just done.

Each kind has a salt of its own, so that none can stand in for another.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from itsdangerous import (
    BadData,
    BadSignature,
    SignatureExpired,
    TimestampSigner,
    URLSafeTimedSerializer,
)

from app.domain.links import LINK_LIFE
from app.ports import Clock

_LINK_SALT = "heed.preference-link"
_FORM_SALT = "heed.preference-form"
_NOTICE_SALT = "heed.preference-notice"
# Long enough to read, short enough that a bookmark of the page does not say it again next week.
NOTICE_LIFE = timedelta(minutes=10)
_LONGEST_TOKEN = 16_384
# What chats and mail programs drag into an address that stands at the end of a sentence.
_TRAILING = ".,;:!?)]}>\"'»”’*"


class ForgedTokenError(Exception):
    """We have not signed this, or not for this use."""


class ExpiredTokenError(Exception):
    """We have signed this too long ago."""


class Tokens:
    """Signs with one secret; knows the time by the clock that everything else goes by."""

    def __init__(self, secret: str, clock: Clock) -> None:
        class Signer(TimestampSigner):
            default_key_derivation = "hmac"
            default_digest_method = staticmethod(hashlib.sha256)

            def get_timestamp(self) -> int:
                return int(clock().timestamp())

        self._links = Signer(secret, salt=_LINK_SALT)
        self._forms = URLSafeTimedSerializer(secret, salt=_FORM_SALT, signer=Signer)
        self._notices = URLSafeTimedSerializer(secret, salt=_NOTICE_SALT, signer=Signer)

    def sign_link(self, link_id: str) -> str:
        """Return the token that stands in the address of a preference page."""
        return self._links.sign(link_id).decode()

    def read_link(self, token: str) -> str:
        """Return the link's id.

        Raises:
            ForgedTokenError: it is not a token of ours.
            ExpiredTokenError: its time is over.
        """
        token = token[:_LONGEST_TOKEN].rstrip(_TRAILING)
        try:
            return self._links.unsign(
                token.encode(errors="replace"), max_age=int(LINK_LIFE.total_seconds())
            ).decode()
        except SignatureExpired:
            raise ExpiredTokenError from None
        except (BadSignature, UnicodeDecodeError):
            raise ForgedTokenError from None

    def sign_form(self, values: Mapping[str, Any]) -> str:
        """Return what a form carries to prove that it is ours, and what the person saw on it."""
        return str(self._forms.dumps(dict(values)))

    def read_form(self, token: str, *, link_id: str) -> dict[str, Any]:
        """Return what a form of this link's page carried.

        Raises:
            ForgedTokenError: it is not ours, older than a link lives, or of another link's page.
        """
        return _read(self._forms, token, LINK_LIFE, link_id)

    def sign_notice(self, values: Mapping[str, Any]) -> str:
        """Return what carries an answer over a redirect."""
        return str(self._notices.dumps(dict(values)))

    def read_notice(self, token: str, *, link_id: str) -> dict[str, Any]:
        """Return an answer that is minutes old at most.

        Raises:
            ForgedTokenError: it is not ours, too old, or of another link's page.
        """
        return _read(self._notices, token, NOTICE_LIFE, link_id)


def write_address(base_url: str, token: str) -> str:
    """Return the whole address of a preference page."""
    return f"{base_url.rstrip('/')}/preferences/{token}"


def _read(
    serializer: URLSafeTimedSerializer, token: str, life: timedelta, link_id: str
) -> dict[str, Any]:
    try:
        values = serializer.loads(
            token[:_LONGEST_TOKEN].encode(errors="replace"), max_age=int(life.total_seconds())
        )
    except (BadData, ValueError):
        raise ForgedTokenError from None
    if not isinstance(values, dict) or values.get("link") != link_id:
        raise ForgedTokenError
    return values
