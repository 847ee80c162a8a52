"""The channels that a person may prefer."""

from enum import StrEnum


class Channel(StrEnum):
    """Where a business may begin to write.

    NONE: on no channel at all. It is weaker than STOP: essential topics still come, and it is a
    choice among others that any later one replaces.
    """

    WHATSAPP = "whatsapp"
    SMS = "sms"
    EMAIL = "email"
    NONE = "none"
