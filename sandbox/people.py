"""The people whose phones the sandbox plays, and how they are found by any address."""

import hashlib
import re
import threading
from dataclasses import dataclass, replace
from typing import Final

import phonenumbers

BSUID_PATTERN: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", re.ASCII)
FEWEST_DIGITS: Final = 7
MOST_DIGITS: Final = 15
_SEPARATORS: Final = str.maketrans("", "", " +-().\u00a0\u2011\u200e\u2066\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on WhatsApp; at least one of `wa_id` and `bsuid` is set.

    `dialed` is the number other people dial when WhatsApp knows the person by another one
    (Brazil's ninth digit).
    """

    name: str
    language: str = "en"
    wa_id: str | None = None
    bsuid: str | None = None
    username: str | None = None
    dialed: str | None = None
    first_key: str = ""

    @property
    def key(self) -> str:
        """The address by which the sandbox itself names this person; it never changes."""
        return self.first_key or self.wa_id or self.bsuid or ""

    @property
    def addresses(self) -> frozenset[str]:
        """Every address that leads to this person."""
        return frozenset(a for a in (self.wa_id, self.bsuid, self.dialed) if a)


SEEDED_PEOPLE: Final = (
    Person(name="Ada Example", wa_id="447700900123", bsuid="GB.81726354908172635490"),
    Person(
        name="Caio Teste",
        language="pt",
        wa_id="5511900001111",
        bsuid="BR.10293847561029384756",
    ),
    Person(name="ليلى مثال", language="ar", wa_id="971500000123", bsuid="AE.56473829105647382910"),
    Person(name="आशा उदाहरण", language="hi", wa_id="919000000123", bsuid="IN.29384756102938475610"),
    Person(
        name="Jonas Beispiel",
        language="de",
        bsuid="DE.38475610293847561029",
        username="jonas.beispiel",
    ),
)

LANGUAGE_OF_REGION: Final = {
    "AE": "ar",
    "AT": "de",
    "BR": "pt",
    "DE": "de",
    "EG": "ar",
    "ES": "es",
    "FR": "fr",
    "IN": "hi",
    "MX": "es",
    "PT": "pt",
    "SA": "ar",
}


def normalize_address(text: str) -> str | None:
    """Return a BSUID as it is, a phone number as its digits, and None for anything else."""
    text = text.strip()
    if BSUID_PATTERN.fullmatch(text):
        return text
    digits = text.translate(_SEPARATORS)
    digits = digits.removeprefix("00")
    if not digits.isascii() or not digits.isdigit():
        return None
    return digits if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None


def find_region(wa_id: str) -> str:
    """Return the country of a phone number as two letters, ZZ when it has none."""
    try:
        number = phonenumbers.parse(f"+{wa_id}")
    except phonenumbers.NumberParseException:
        return "ZZ"
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return region if len(region) == 2 and region.isalpha() else "ZZ"  # noqa: PLR2004 - ISO code


def format_number(wa_id: str) -> str:
    """Return a phone number as people write it in its country."""
    try:
        number = phonenumbers.parse(f"+{wa_id}")
    except phonenumbers.NumberParseException:
        return f"+{wa_id}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def invent_bsuid(wa_id: str) -> str:
    """Return the BSUID that the sandbox gives to a phone number, always the same one."""
    digest = hashlib.sha256(wa_id.encode()).digest()
    return f"{find_region(wa_id)}.{int.from_bytes(digest[:8]):020d}"


class People:
    """Everybody the sandbox knows; unknown addresses become people when they are first seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_address: dict[str, Person] = {}
        self._by_key: dict[str, Person] = {}
        for person in SEEDED_PEOPLE:
            self._index(person)

    def find(self, address: str) -> Person | None:
        """Return the person at this address in any form, None when nobody is there."""
        normal = normalize_address(address)
        with self._lock:
            return self._by_address.get(normal) if normal else None

    def resolve(self, address: str) -> Person:
        """Return the person at this address, made up when new; raises ValueError when it is none."""
        normal = normalize_address(address)
        if normal is None:
            raise ValueError("not a phone number and not a BSUID")
        with self._lock:
            found = self._by_address.get(normal)
            if found is not None:
                return found
            person = invent_person(normal)
            self._index(person)
            return person

    def link(self, wa_id: str, bsuid: str, name: str = "") -> Person:
        """Return the person at a phone number, who from now on has this BSUID as well."""
        with self._lock:
            known = self._by_address.get(wa_id) or self._by_address.get(bsuid)
            person = known or invent_person(wa_id, name)
            person = replace(person, wa_id=wa_id, bsuid=bsuid, first_key=person.key)
            self._index(person)
            return person

    def add(self, person: Person) -> Person:
        """Keep a new person; raises ValueError when an address is taken or there is none."""
        with self._lock:
            if not person.key:
                raise ValueError("a person needs a phone number or a BSUID")
            if any(address in self._by_address for address in person.addresses):
                raise ValueError("somebody with this number or BSUID is there already")
            self._index(person)
        return person

    def all(self) -> list[Person]:
        """Return everybody, the seeded people first."""
        with self._lock:
            return list(self._by_key.values())

    def _index(self, person: Person) -> None:
        self._by_key[person.key] = person
        for address in person.addresses:
            self._by_address[address] = person


def invent_person(address: str, name: str = "", language: str = "") -> Person:
    """Return a new person for a normalized address."""
    if BSUID_PATTERN.fullmatch(address):
        region = address[:2]
        username = f"person.{address[-4:].lower()}"
        return Person(
            name=name or username,
            language=language or LANGUAGE_OF_REGION.get(region, "en"),
            bsuid=address,
            username=username,
        )
    return Person(
        name=name or f"+{address}",
        language=language or LANGUAGE_OF_REGION.get(find_region(address), "en"),
        wa_id=address,
        bsuid=invent_bsuid(address),
    )
