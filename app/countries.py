"""The country of a recipient, read from the number or the BSUID."""

from functools import lru_cache

import phonenumbers

from app.domain.recipients import Recipient


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
