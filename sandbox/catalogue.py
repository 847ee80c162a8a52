"""The message templates that the business of the sandbox owns."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_PLACEHOLDER: Final = re.compile(r"\{\{\s*\w+\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One approved template in one language."""

    name: str
    language: str
    category: str
    body: str
    footer: str = ""
    quick_replies: tuple[str, ...] = ()

    @property
    def placeholders(self) -> int:
        """How many parameters the body takes."""
        return len(set(_PLACEHOLDER.findall(self.body)))

    def fill(self, values: list[str]) -> str:
        """Return the body as a person sees it; missing values stay visible as placeholders."""
        text = self.body
        for position, value in enumerate(values, 1):
            text = text.replace("{{" + str(position) + "}}", value)
        return text

    def to_json(self) -> dict[str, Any]:
        """Return the template as `GET /v1/configs/templates` shows it."""
        components: list[dict[str, Any]] = [{"type": "BODY", "text": self.body}]
        if self.footer:
            components.append({"type": "FOOTER", "text": self.footer})
        if self.quick_replies:
            buttons = [{"type": "QUICK_REPLY", "text": text} for text in self.quick_replies]
            components.append({"type": "BUTTONS", "buttons": buttons})
        return {
            "name": self.name,
            "language": self.language,
            "category": self.category.upper(),
            "status": "approved",
            "components": components,
        }


# name of the language: (body, footer, WhatsApp's own label of the opt-out button, a second button)
_SPRING_OFFER: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "en": (
        "Hello {{1}}, spring is here: 20% off all garden chairs until Sunday.",
        "Not interested? Tap Stop promotions",
        "Stop promotions",
        "Show me",
    ),
    "pt_BR": (
        "Olá, {{1}}! A primavera chegou: 20% de desconto nas cadeiras de jardim até domingo.",
        "Sem interesse? Toque em Parar promoções",
        "Parar promoções",
        "Quero ver",
    ),
    "es": (
        "Hola, {{1}}: llegó la primavera y las sillas de jardín tienen un 20 % de descuento.",
        "¿No te interesa? Toca Detener promociones",
        "Detener promociones",
        "Quiero ver",
    ),
    "ar": (
        "مرحبًا {{1}}، وصل الربيع: خصم 20% على كراسي الحديقة حتى يوم الأحد.",
        "غير مهتم؟ اضغط على إيقاف العروض",
        "إيقاف العروض",
        "أرني",
    ),
    "hi": (
        "नमस्ते {{1}}, बसंत आ गया: रविवार तक बगीचे की कुर्सियों पर 20% की छूट।",
        "रुचि नहीं है? प्रमोशन बंद करें पर टैप करें",
        "प्रमोशन बंद करें",
        "दिखाएँ",
    ),
    "de": (
        "Hallo {{1}}, der Frühling ist da: 20 % auf alle Gartenstühle bis Sonntag.",
        "Kein Interesse? Auf Werbung stoppen tippen",
        "Werbung stoppen",
        "Zeig mir",
    ),
}
_ORDER_UPDATE: Final[Mapping[str, str]] = {
    "en": "Your order {{1}} is on its way.",
    "pt_BR": "Seu pedido {{1}} está a caminho.",
    "es": "Tu pedido {{1}} está en camino.",
    "ar": "طلبك {{1}} في الطريق إليك.",
    "hi": "आपका ऑर्डर {{1}} रास्ते में है।",
    "de": "Ihre Bestellung {{1}} ist unterwegs.",
}
# Asks for the second yes: who writes, and about what.
_CONFIRM_OPT_IN: Final[Mapping[str, tuple[str, str]]] = {
    "en": (
        "{{1}}: this number was given for messages about {{2}}. Tap Yes if you want them.",
        "Yes",
    ),
    "ar": ("{{1}}: أُدخل هذا الرقم لتلقي رسائل عن {{2}}. اضغط «نعم» إذا كنت تريدها.", "نعم"),
    "de": (
        "{{1}}: Diese Nummer wurde für Nachrichten über {{2}} angegeben. Möchten Sie sie?",
        "Ja",
    ),
    "es": ("{{1}}: se dio este número para mensajes sobre {{2}}. Toque Sí si los quiere.", "Sí"),
}
_SAME_TEXT: Final = {"en_GB": "en", "en_US": "en"}


def seeded_templates() -> list[Template]:
    """Return the templates that every sandbox starts with."""
    languages = {**{code: code for code in _SPRING_OFFER}, **_SAME_TEXT}
    templates = []
    for language, source in languages.items():
        body, footer, stop, more = _SPRING_OFFER[source]
        templates += [
            Template(
                name="spring_offer",
                language=language,
                category="marketing",
                body=body,
                footer=footer,
                quick_replies=(stop, more),
            ),
            Template(
                name="order_update",
                language=language,
                category="utility",
                body=_ORDER_UPDATE[source],
            ),
        ]
    templates += [
        Template(
            name="confirm_opt_in",
            language=language,
            category="utility",
            body=body,
            quick_replies=(yes,),
        )
        for language, (body, yes) in _CONFIRM_OPT_IN.items()
    ]
    return templates


class Catalogue:
    """The templates by name and language; more can be added while the sandbox runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._templates = {(t.name, t.language): t for t in seeded_templates()}

    def find(self, name: str, language: str) -> Template | None:
        """Return the template of exactly this name and language."""
        with self._lock:
            return self._templates.get((name, language))

    def add(self, template: Template) -> None:
        """Keep a template; one of the same name and language is replaced."""
        with self._lock:
            self._templates[template.name, template.language] = template

    def all(self) -> list[Template]:
        """Return every template in the order it came."""
        with self._lock:
            return list(self._templates.values())


def read_template(body: Mapping[str, Any]) -> Template:
    """Return the template that a body of `POST /v1/configs/templates` describes.

    Raises ValueError with a text that says what to change.
    """
    texts = {key: body.get(key) for key in ("name", "language", "category")}
    for key, value in texts.items():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{key} must be a text that is not empty")
    components = body.get("components")
    parts = [c for c in components if isinstance(c, dict)] if isinstance(components, list) else []
    by_type = {str(part.get("type", "")).upper(): part for part in parts}
    text = by_type.get("BODY", {}).get("text")
    if not isinstance(text, str) or not text:
        raise ValueError('components must hold {"type": "BODY", "text": …}')
    buttons = by_type.get("BUTTONS", {}).get("buttons", [])
    quick = [
        str(b.get("text", ""))
        for b in (buttons if isinstance(buttons, list) else [])
        if isinstance(b, dict) and str(b.get("type", "")).upper() == "QUICK_REPLY"
    ]
    return Template(
        name=str(texts["name"]),
        language=str(texts["language"]),
        category=str(texts["category"]).lower(),
        body=text,
        footer=str(by_type.get("FOOTER", {}).get("text", "")),
        quick_replies=tuple(quick),
    )
