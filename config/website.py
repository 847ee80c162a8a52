"""The table [website] of business.toml: where the ways in are shown, and how forms ask."""

import re
from typing import Any

from app.domain.business import Website
from config.business_page import read_origins

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")
_BOUNDS = {
    # WhatsApp redelivers for seven days; a yes that is older says little.
    "pending_hours": 168,
    "forms_per_address": 1000,
    "questions_per_number": 10,
    "questions_per_hour": 100_000,
}


def read_website(entry: Any, problems: list[str]) -> Website:
    """Read the table; what is wrong is added to `problems`."""
    if not isinstance(entry, dict):
        problems.append("website must be a table")
        return Website()
    unknown = sorted(set(entry) - set(Website.__dataclass_fields__))
    if unknown:
        problems.append(f"website: unknown entries {', '.join(unknown)}")
    template = entry.get("template", "")
    languages = entry.get("template_languages", [])
    if template and not (isinstance(template, str) and _NAME.fullmatch(template)):
        problems.append("website: template is a name of small letters, digits and _")
    if not isinstance(languages, list) or not all(
        isinstance(one, str) and _LANGUAGE.fullmatch(one) for one in languages
    ):
        problems.append('website: template_languages is a list such as ["en", "pt_BR"]')
        languages = []
    if template and not languages:
        problems.append("website: template_languages is missing; WhatsApp approves each by itself")
    numbers = {}
    for name, most in _BOUNDS.items():
        value = entry.get(name, getattr(Website(), name))
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            problems.append(f"website: {name} must be a number from 1 to {most}")
            continue
        numbers[name] = value
    return Website(
        origins=read_origins(entry.get("origins", []), "website: origins", problems),
        template=str(template),
        template_languages=tuple(languages),
        **numbers,
    )
