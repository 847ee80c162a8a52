"""In which language a person is answered (design 2.6)."""

from collections.abc import Collection, Mapping

FALLBACK_LANGUAGE = "en"

# Tags that name the same language as ours. Written Chinese differs by place, not by speech.
_ALIASES = {
    "in": "id",
    "iw": "he",
    "nn": "nb",
    "no": "nb",
    "tl": "fil",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-tw": "zh-hant",
}


def resolve_language(tag: str | None, available: Collection[str]) -> str | None:
    """Return the available language nearest to a tag ("pt_BR" → "pt"), or None."""
    if not tag:
        return None
    by_name = {name.casefold(): name for name in available}
    parts = tag[:35].strip().replace("_", "-").casefold().split("-")
    while parts:
        name = "-".join(parts)
        found = by_name.get(name) or by_name.get(_ALIASES.get(name, ""))
        if found:
            return found
        parts.pop()
    return None


def choose_language(
    *,
    words: str | None,
    earlier: str | None,
    country: str | None,
    number: str | None,
    default: str,
    available: Collection[str],
    countries: Mapping[str, str],
) -> str:
    """Return the language of a reply: one of `available`, or English.

    `words` is the language of the words that the person used now: None where these are used
    worldwide (a bare "STOP"), since those say nothing about the person. `earlier` is that of
    former messages, `country` an ISO 3166 code, `number` the default of the business number,
    `default` that of the business.

    The country also tells variants of one language apart: Chinese words from Taiwan are answered
    in traditional characters.
    """
    likely = countries.get(country.upper()) if country else None
    for tag in (words, earlier, likely, number, default):
        found = resolve_language(tag, available)
        if found:
            is_variant = bool(likely) and likely != found and _base(likely) == found == tag
            return (is_variant and resolve_language(likely, available)) or found
    return resolve_language(FALLBACK_LANGUAGE, available) or FALLBACK_LANGUAGE


def _base(tag: str | None) -> str:
    return (tag or "").partition("-")[0]
