"""What phone numbers tell: the country of a recipient, and whether a typed one can be a mobile."""

from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from app.domain.recipients import Recipient

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_LONGEST = 40


def country_of(recipient: Recipient) -> str | None:
    """Return the country (ISO 3166 alpha-2), or None where the number does not tell."""
    if recipient.wa_id:
        return _country_of_wa_id(recipient.wa_id)
    # A BSUID begins with the country of its person.
    return (recipient.bsuid or "")[:2] or None


@lru_cache(maxsize=4096)
def is_whole_number(wa_id: str) -> bool:
    """Tell whether the digits can be a whole number, country code and all, by their count."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(f"+{wa_id}"))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def _country_of_wa_id(wa_id: str) -> str | None:
    try:
        number = phonenumbers.parse(f"+{wa_id}")
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(number)
    if country:
        return country
    # A number outside every known plan still says its calling code ("+1" is the United States).
    country = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return country if country and country.isalpha() and country != "ZZ" else None


def read_mobile_number(text: str, country: str | None = None) -> str | None:
    """Return the number as a `wa_id`; None where it is no number that a phone can have.

    `country` (ISO 3166) is where a number without a country code is taken to be of; without one it
    is none, since a guess would message somebody else.
    """
    text = text[: _LONGEST + 1].strip()
    if len(text) > _LONGEST:
        return None
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) not in _MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
