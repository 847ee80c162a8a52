"""Opt-in sources: the ways in which people agree to messages, and the exact words they are shown.

A source is what a consent can be traced back to: which form, code, till or clerk it came from, and
what the person had read at that moment. Laws ask for exactly this (GDPR article 7(1): the
controller shall be able to demonstrate that the data subject has consented).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class SourceKind(StrEnum):
    """The ways in that 360dialog names, and the two that WhatsApp itself brings."""

    WEBSITE_FORM = "website_form"
    POPUP = "popup"
    CHAT_WIDGET = "chat_widget"
    SMS_LINK = "sms_link"
    EMAIL_LINK = "email_link"
    QR = "qr"
    IN_APP = "in_app"
    ACCOUNT = "account"
    IN_STORE = "in_store"
    STAFF = "staff"
    CALL = "call"
    BILLING = "billing"
    LOYALTY = "loyalty"
    EVENT = "event"
    AD = "ad"
    SIGNUP = "signup"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person is shown, to the letter, in one language.

    `id` is a hash of language and text, so a consent names the very words, and a text that was
    changed since is another one.
    """

    language: str
    text: str

    @property
    def id(self) -> str:
        """The name of these words: 32 hexadecimal digits."""
        return wording_id_of(self.language, self.text)


@dataclass(frozen=True, slots=True)
class OptInSource:
    """One way in.

    `topics` are what a yes covers, and no other. `is_double` asks the person once more on WhatsApp
    before a yes that did not come from there counts; `double_in` asks so in these countries alone.
    `countries` limits the source to people of these (ISO 3166); empty stands for all. `evidence`
    names what must come along with a yes that others bring, such as an order or a recording.
    `earlier` are wordings that were shown once: consents that cite them still stand. `number` is the
    phone_number_id that links lead to; empty for the first of the business. `references` are the ids of the ads or signup links that
    it stands for; empty for all of them.
    """

    id: str
    kind: SourceKind
    business_name: str
    topics: tuple[str, ...] = ()
    wordings: Mapping[str, Wording] = field(default_factory=dict)
    earlier: tuple[Wording, ...] = ()
    is_double: bool = False
    double_in: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    evidence: tuple[str, ...] = ()
    number: str = ""
    references: tuple[str, ...] = ()

    def wording(self, language: str, default: str = "en") -> Wording:
        """Return what people who read this language are shown: theirs, else the business's.

        The linter makes sure that there is one in the business's language.
        """
        for wanted in (language, default):
            name = self.nearest_language(wanted)
            if name:
                return self.wordings[name]
        return next(iter(self.wordings.values()))

    def nearest_language(self, wanted: str) -> str | None:
        """Return the language of a wording that people who read `wanted` read; None: there is none.

        Its own, else the language without its country, else that of another country: who asks for
        "pt" or "pt-PT" reads "pt-BR" sooner than English.
        """
        names = {name.casefold(): name for name in self.wordings}
        whole = wanted.casefold().replace("_", "-")
        base = whole.partition("-")[0]
        found = names.get(whole) or names.get(base)
        return found or next(
            (name for folded, name in sorted(names.items()) if folded.partition("-")[0] == base),
            None,
        )

    def find_wording(self, wording_id: str) -> Wording | None:
        """Return the words of this id, also those that were shown earlier; None: never shown."""
        known = (*self.wordings.values(), *self.earlier)
        return next((one for one in known if one.id == wording_id), None)

    def asks_twice(self, country: str | None) -> bool:
        """Tell whether a yes that did not come from WhatsApp waits for the person to confirm it."""
        return self.is_double or (country is not None and country in self.double_in)

    def is_for(self, country: str | None) -> bool:
        """Tell whether people of this country may opt in here; an unknown country may not be one."""
        return not self.countries or country in self.countries


def wording_id_of(language: str, text: str) -> str:
    """Return the name of a wording; white space counts, since it is what was shown."""
    return hashlib.sha256(f"{language}\x1f{text}".encode()).hexdigest()[:32]
