"""Who a person is: a phone number, a business-scoped user id, or both (design 2.5)."""

import re
from dataclasses import dataclass

# E.164: at most fifteen digits, none of which leads with zero.
_WA_ID = re.compile(r"[1-9][0-9]{4,14}")
# `<ISO 3166 alpha-2>.<up to 128 letters and digits>`; a parent BSUID has a third part ("US.ENT.1")
# and is not an address, so it does not match.
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
_PHONE_PUNCTUATION = str.maketrans(
    "", "", " \t\u00a0\u202f-\u2010\u2011\u2012\u2013().\u200e\u200f"
)
_LONGEST_ID = 160
# Mobile numbers alone: those of Brazil began with 6 to 9, and its fixed lines still have no 9.
_BRAZIL = re.compile(r"55([1-9][0-9])([6-9][0-9]{7})")
_MEXICO = re.compile(r"521([0-9]{10})")
_ARGENTINA = re.compile(r"54([1-8][0-9]{9})")
_OTHER_SPELLING = re.compile(
    r"55([1-9][0-9])9([6-9][0-9]{7})|52([0-9]{10})|549([1-8][0-9]{9})",
)


class RecipientError(ValueError):
    """The text names no recipient. The message never repeats it, since it may be somebody's."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person as one webhook or one caller knows them; at least one of the two ids is set.

    `wa_id` is the international phone number in digits, without a plus. `bsuid` is WhatsApp's
    business-scoped user id. WhatsApp may leave out either.
    """

    wa_id: str | None = None
    bsuid: str | None = None

    def __post_init__(self) -> None:
        if not self.wa_id and not self.bsuid:
            raise RecipientError("a recipient needs a phone number or a BSUID")

    @property
    def number(self) -> str | None:
        """The phone number in its one spelling, by which it is kept."""
        return one_spelling(self.wa_id) if self.wa_id else None

    @property
    def identities(self) -> tuple[str, ...]:
        """The storage names of this person's ids, the phone number first."""
        names = []
        if self.wa_id:
            names.append(identity_of_wa_id(self.wa_id))
        if self.bsuid:
            names.append(identity_of_bsuid(self.bsuid))
        return tuple(names)

    @property
    def root(self) -> str:
        """The identity whose record holds the preferences, unless a BSUID is linked to a phone."""
        return self.identities[0]

    @property
    def masked(self) -> str:
        """A form for logs and pages that names nobody."""
        if self.wa_id:
            return f"+{self.wa_id[:2]}•••••{self.wa_id[-4:]}"
        return f"{(self.bsuid or '')[:3]}•••••{(self.bsuid or '')[-4:]}"

    def __repr__(self) -> str:
        # Dataclasses land in tracebacks and assertion messages; those must not carry numbers.
        return f"Recipient({self.masked})"


def identity_of_wa_id(wa_id: str) -> str:
    """Return the storage name of a phone number, the same for each of its spellings."""
    return f"wa.{one_spelling(wa_id)}"


def one_spelling(wa_id: str) -> str:
    """Return the one form of a number that WhatsApp and people write in two.

    Three countries have changed their mobile numbers, and a `wa_id` may be the old form of what a
    sender dials: Brazil put a 9 before the eight digits, Mexico dropped the 1 behind its country
    code, and Argentina's 9 behind it is often left out. A STOP under one form must hold for the
    other. Both forms reach the same phone.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
    """
    if brazil := _BRAZIL.fullmatch(wa_id):
        return f"55{brazil[1]}9{brazil[2]}"
    if mexico := _MEXICO.fullmatch(wa_id):
        return f"52{mexico[1]}"
    if argentina := _ARGENTINA.fullmatch(wa_id):
        return f"549{argentina[1]}"
    return wa_id


def spellings_of(wa_id: str) -> tuple[str, ...]:
    """Return every form under which a sender may have the number, the one that we keep first."""
    kept = one_spelling(wa_id)
    other = _OTHER_SPELLING.fullmatch(kept)
    return (kept,) if other is None else (kept, _write_other(other))


def _write_other(number: re.Match[str]) -> str:
    brazil, subscriber, mexico, argentina = number.groups()
    if brazil:
        return f"55{brazil}{subscriber}"
    return f"521{mexico}" if mexico else f"54{argentina}"


def identity_of_bsuid(bsuid: str) -> str:
    """Return the storage name of a BSUID."""
    return f"bs.{bsuid}"


def recipient_of_identity(identity: str) -> Recipient:
    """Return the recipient that a storage name stands for."""
    kind, _, value = identity.partition(".")
    return Recipient(wa_id=value) if kind == "wa" else Recipient(bsuid=value)


def is_wa_id(text: str) -> bool:
    """Tell whether the text is a phone number as webhooks carry it."""
    return _WA_ID.fullmatch(text) is not None


def is_bsuid(text: str) -> bool:
    """Tell whether the text is a business-scoped user id (not a parent one)."""
    return _BSUID.fullmatch(text) is not None


def parse_recipient(text: str) -> Recipient:
    """Read a recipient in any form people write one: wa_id, +E.164, 00…, with spaces, or BSUID.

    Raises:
        RecipientError: the text is none of them.
    """
    # Not cut: what follows is in what a sender passes on, and may make another number of it.
    text = text.strip() if len(text) <= _LONGEST_ID else ""
    if is_bsuid(text):
        return Recipient(bsuid=text)
    compact = text.translate(_PHONE_PUNCTUATION)
    digits = "".join(_ascii_digit(character) for character in compact.removeprefix("+"))
    if not compact.startswith("+"):
        digits = digits.removeprefix("00")
    if not is_wa_id(digits):
        raise RecipientError(
            "not a recipient: give an international phone number such as +447700900123, "
            "or a BSUID such as GB.81726354908172635490",
        )
    return Recipient(wa_id=digits)


def _ascii_digit(character: str) -> str:
    # isdecimal() and not isdigit(): superscripts are digits, but nobody's phone number.
    return str(int(character)) if character.isdecimal() else character
