"""Signatures of Standard Webhooks (https://www.standardwebhooks.com), made by its library."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

_PREFIX = "whsec_"
# The specification asks for 24 to 64 bytes.
_SHORTEST, _LONGEST = 24, 64


def is_signing_secret(text: str) -> bool:
    """Tell whether a text is a secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64."""
    if not text.startswith(_PREFIX):
        return False
    encoded = text.removeprefix(_PREFIX)
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _SHORTEST <= len(raw) <= _LONGEST


def sign(secrets: Sequence[str], *, event_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers of a signed request; each active secret signs while one is rotated."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(msg_id=event_id, timestamp=at, data=body) for secret in secrets
        ),
    }
