"""The tables [[sources]] of business.toml: every way in, read and linted at once."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.sources import OptInSource, SourceKind, Wording
from app.domain.sources_lint import lint_source, list_twins

MOST_SOURCES = 500
# It stands in what people send, so it must survive being typed by hand, and fit a wa.me link.
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST_ID = 40
_COUNTRY = re.compile(r"[A-Z]{2}")
_ENTRIES = {
    "id",
    "kind",
    "business",
    "topics",
    "wording",
    "earlier_wording",
    "confirm",
    "double_opt_in_countries",
    "countries",
    "evidence",
    "number",
    "references",
    "ticked",
}
_CONFIRM = {"single": False, "double": True}


def read_sources(
    entries: Any,
    *,
    business_name: str,
    language: str,
    topics: Iterable[str],
    numbers: Iterable[str],
    problems: list[str],
) -> tuple[OptInSource, ...]:
    """Read the tables; what is wrong is added to `problems`, for all sources at once."""
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        problems.append("sources must be tables, each under [[sources]]")
        return ()
    if len(entries) > MOST_SOURCES:
        problems.append(f"sources: {len(entries)} are more than {MOST_SOURCES}")
        return ()
    known, lines = set(topics), set(numbers)
    sources = []
    for position, entry in enumerate(entries):
        name = f"sources.{entry.get('id', position)}"
        found: list[str] = []
        source = _read_source(entry, business_name, found)
        if source:
            found.extend(lint_source(source, topics=known, numbers=lines, language=language))
            sources.append(source)
        problems.extend(f"{name}: {one}" for one in found)
    problems.extend(
        f"sources.{one}: stands twice, or is too much like another id for people who type it"
        for one in list_twins(source.id for source in sources)
    )
    return tuple(sources)


def _read_source(
    entry: Mapping[str, Any], business_name: str, problems: list[str]
) -> OptInSource | None:
    unknown = sorted(set(entry) - _ENTRIES)
    if unknown:
        problems.append(f"unknown entries {', '.join(unknown)}")
    if entry.get("ticked", False) is not False:
        problems.append("ticked: a box that is ticked already is no consent; leave it out")
    source_id = entry.get("id")
    if (
        not isinstance(source_id, str)
        or not _ID.fullmatch(source_id)
        or len(source_id) > LONGEST_ID
    ):
        problems.append(
            f'needs an id such as "shop-receipt": small letters, digits and hyphens, up to '
            f"{LONGEST_ID}"
        )
        return None
    kinds = [kind.value for kind in SourceKind]
    if entry.get("kind") not in kinds:
        problems.append(f"kind must be one of {', '.join(kinds)}")
        return None
    if entry.get("confirm", "single") not in _CONFIRM:
        problems.append('confirm must be "single" or "double"')
    name = entry.get("business", business_name)
    if not isinstance(name, str) or not name.strip():
        problems.append("business must be the name that people know")
        name = business_name
    return OptInSource(
        id=source_id,
        kind=SourceKind(entry["kind"]),
        business_name=name,
        topics=_read_names(entry, "topics", problems),
        wordings=_read_wordings(entry.get("wording", {}), problems),
        earlier=_read_earlier(entry.get("earlier_wording", {}), problems),
        is_double=_CONFIRM.get(str(entry.get("confirm", "single")), False),
        double_in=_read_countries(entry, "double_opt_in_countries", problems),
        countries=_read_countries(entry, "countries", problems),
        evidence=_read_names(entry, "evidence", problems),
        number=str(entry.get("number", "")),
        references=_read_names(entry, "references", problems),
    )


def _read_wordings(texts: Any, problems: list[str]) -> dict[str, Wording]:
    if not _is_table_of(texts, str):
        problems.append("wording is a table of texts by language, such as wording.en")
        return {}
    return {language: Wording(language, text) for language, text in texts.items()}


def _read_earlier(texts: Any, problems: list[str]) -> tuple[Wording, ...]:
    if not _is_table_of(texts, list) or not all(
        isinstance(one, str) for many in texts.values() for one in many
    ):
        problems.append("earlier_wording is a table of lists of texts by language")
        return ()
    return tuple(Wording(language, text) for language, many in texts.items() for text in many)


def _is_table_of(value: Any, kind: type) -> bool:
    return isinstance(value, dict) and all(isinstance(one, kind) for one in value.values())


def _read_names(entry: Mapping[str, Any], name: str, problems: list[str]) -> tuple[str, ...]:
    names = entry.get(name, [])
    if not isinstance(names, list) or not all(isinstance(one, str) and one for one in names):
        problems.append(f"{name} must be a list of names")
        return ()
    return tuple(dict.fromkeys(names))


def _read_countries(entry: Mapping[str, Any], name: str, problems: list[str]) -> frozenset[str]:
    codes = _read_names(entry, name, problems)
    wrong = [code for code in codes if not _COUNTRY.fullmatch(code)]
    if wrong:
        problems.append(f"{name}: {', '.join(wrong)}; countries are two letters such as DE")
    return frozenset(codes) - set(wrong)
