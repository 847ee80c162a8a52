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


def read_people(text: str, business: Business) -> list[Recipient]:
    """Return whom a text may mean: one as a rule, none for nonsense.

    A number in the form of its own country ("07700 900123") may mean one in each country in which
    the business has a number.
    """
    cleaned = _AROUND.sub("", text[:_LONGEST].strip()).strip()
    try:
        return [parse_recipient(cleaned)]
    except RecipientError:
        return list(dict.fromkeys(_read_national(cleaned, business)))


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
