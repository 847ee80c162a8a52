"""Read whom somebody means by what they typed or pasted."""

import re
from collections.abc import Iterable

import phonenumbers

from app.domain.business import Business
from app.domain.recipients import Recipient, RecipientError, parse_recipient

# What stands around a number where people copy it from.
_AROUND = re.compile(
    r"^(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send\?phone=|tel:|whatsapp:|whatsapp://send\?phone=)"
    r"|@(?:c\.us|s\.whatsapp\.net)$|[?&].*$",
    re.IGNORECASE,
)
_LONGEST = 200
_LONGEST_NATIONAL = 10


def read_people(text: str, business: Business) -> list[Recipient]:
    """Return whom a text may mean: one as a rule, none for nonsense.

    A number that does not say that it is international ("07700 900123", "(212) 456-7890") may
    also be one of a country in which the business has a number.
    """
    given = text[:_LONGEST].strip()
    cleaned = _AROUND.sub("", given).strip()
    try:
        as_written = parse_recipient(cleaned)
    except RecipientError:
        as_written = None
    is_plain = cleaned == given and not cleaned.startswith(("+", "00"))
    if as_written and not (is_plain and as_written.wa_id):
        return [as_written]
    readings = list(_read_national(cleaned, business)) if is_plain else []
    # What WhatsApp calls a number is not always valid by the book, but it is long.
    if as_written and (not readings or _is_likely(as_written)):
        readings.insert(0, as_written)
    return list(dict.fromkeys(readings))


def write_number(recipient: Recipient) -> str:
    """Return a number as people write it, or the id."""
    if not recipient.wa_id:
        return recipient.bsuid or ""
    try:
        number = phonenumbers.parse(f"+{recipient.wa_id}")
    except phonenumbers.NumberParseException:
        return f"+{recipient.wa_id}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _read_national(text: str, business: Business) -> Iterable[Recipient]:
    for region in sorted(_regions_of(business)):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            yield Recipient(wa_id=f"{number.country_code}{number.national_number}")


def _is_likely(recipient: Recipient) -> bool:
    digits = recipient.wa_id or ""
    if len(digits) > _LONGEST_NATIONAL:
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def _regions_of(business: Business) -> set[str]:
    regions = set()
    for one in business.numbers:
        try:
            number = phonenumbers.parse(f"+{one.display_phone_number.lstrip('+')}")
        except phonenumbers.NumberParseException:
            continue
        region = phonenumbers.region_code_for_number(number)
        # A number outside every plan still tells its calling code.
        fallback = phonenumbers.region_code_for_country_code(number.country_code or 0)
        regions.add(region or fallback)
    return {region for region in regions if region and region != "ZZ"}
