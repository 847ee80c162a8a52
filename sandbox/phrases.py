"""What people say with one tap on the phone, by language, and the names of the languages."""

from collections.abc import Mapping
from typing import Final

# STOP, START, PAUSE 7, RESUME, HELP, and a sentence that asks for nothing.
CHIPS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("STOP", "START", "PAUSE 7", "RESUME", "HELP", "Where is the bus stop?"),
    "pt": ("PARAR", "VOLTAR", "PAUSAR 7", "RETOMAR", "AJUDA", "Onde fica a parada de ônibus?"),
    "es": ("BAJA", "ALTA", "PAUSAR 7", "REANUDAR", "AYUDA", "¿Dónde está la parada?"),
    "ar": ("توقف", "اشتراك", "إيقاف مؤقت 7", "استئناف", "مساعدة", "أين موقف الحافلات؟"),
    "hi": ("बंद करो", "शुरू करो", "विराम 7", "जारी रखें", "मदद", "दुकान कब बंद होती है?"),
    "de": ("STOPP", "ANMELDEN", "PAUSE 7", "WEITER", "HILFE", "Wo hält der Bus?"),
    "fr": ("ARRÊT", "ACTIVER", "PAUSE 7", "REPRENDRE", "AIDE", "Où est l'arrêt de bus ?"),
}

LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "en": "English",
    "pt": "Português",
    "es": "Español",
    "ar": "العربية",
    "hi": "हिन्दी",
    "de": "Deutsch",
    "fr": "Français",
}

# The language of a template for a person's language; English where there is none.
TEMPLATE_LANGUAGES: Final[Mapping[str, str]] = {
    "pt": "pt_BR",
    "es": "es",
    "ar": "ar",
    "hi": "hi",
    "de": "de",
}
BUSINESS_NAME: Final = "Example Shop"


def choose_chips(language: str) -> tuple[str, ...]:
    """Return the chips for a language, the English ones where there are none."""
    return CHIPS.get(language, CHIPS["en"])
