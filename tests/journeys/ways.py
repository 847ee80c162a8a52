"""The ways in that the example business does not have: one source for each kind of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

_TOPICS = {
    "en": {"offers": "offers", "news": "news"},
    "de": {"offers": "Angebote", "news": "Neuigkeiten"},
    "ar": {"offers": "العروض", "news": "الأخبار"},
}
_WORDINGS = {
    "en": "Yes, Example Shop may send me {topics} on WhatsApp. STOP ends it at any time.",
    "de": "Ja, Example Shop darf mir {topics} über WhatsApp schicken. STOPP beendet das jederzeit.",
    "ar": "نعم، يمكن أن يرسل إليّ Example Shop {topics} عبر WhatsApp. كلمة «إيقاف» تنهي ذلك.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One source of business.toml."""

    id: str
    kind: str
    topics: Sequence[str]

    def to_toml(self) -> str:
        """Return it as a table of business.toml."""
        lines = {"id": self.id, "kind": self.kind, "topics": list(self.topics)}
        written = "".join(f"{name} = {json.dumps(one)}\n" for name, one in lines.items())
        wordings = "".join(
            f"{language} = {json.dumps(text.format(topics=self._say(language)), ensure_ascii=False)}\n"
            for language, text in _WORDINGS.items()
        )
        return f"\n[[sources]]\n{written}[sources.wording]\n{wordings}"

    def _say(self, language: str) -> str:
        return ", ".join(_TOPICS[language][topic] for topic in self.topics)


BOTH = ("offers", "news")
IN_APP = Way("app-prompt", "in_app", ("offers",))
ACCOUNT = Way("my-account", "account", ("news",))
TILL = Way("till-three", "in_store", ("offers",))
STAFF = Way("field-staff", "staff", BOTH)
CALL = Way("call-centre", "call", ("news",))
BILL = Way("phone-bill", "billing", ("offers",))
LOYALTY = Way("bonus-card", "loyalty", BOTH)
SMS = Way("sms-invitation", "sms_link", ("offers",))
EMAIL = Way("mail-invitation", "email_link", ("news",))
FAIR = Way("spring-fair", "event", BOTH)
PACKAGE = Way("on-package", "qr", ("news",))

WAYS = (IN_APP, ACCOUNT, TILL, STAFF, CALL, BILL, LOYALTY, SMS, EMAIL, FAIR, PACKAGE)
