"""Clocks and public holidays of countries, from the tables that others keep."""

from datetime import date, tzinfo
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

# The table of inhabited places: since 1970, which is as long as WhatsApp will ever ask for.
_TABLE = "zoneinfo/zone1970.tab"
# It goes by ISO 3166. Kosovo has a calling code and no place there; its clocks are Belgrade's.
_NOT_IN_TABLE = {"XK": "Europe/Belgrade"}


@cache
def zones_of(country: str | None) -> tuple[tzinfo, ...]:
    """Return the time zones of a country (ISO 3166); UTC for one that is not known."""
    return tuple(map(ZoneInfo, _names_of_zones().get(country or "", ("UTC",))))


def is_country(code: str) -> bool:
    """Tell whether this is the code of a country that has clocks."""
    return code in _names_of_zones()


def is_holiday(country: str | None, day: date) -> bool:
    """Tell whether a day is a public holiday in the whole of a country."""
    return day in _holidays_of(country or "", day.year)


def has_holidays(country: str) -> bool:
    """Tell whether the holidays of a country are known."""
    import holidays  # noqa: PLC0415 - see _holidays_of

    return country in holidays.list_supported_countries()


@cache
def _names_of_zones() -> dict[str, list[str]]:
    names = {country: [name] for country, name in _NOT_IN_TABLE.items()}
    table = resources.files("tzdata").joinpath(_TABLE).read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            countries, _, name, *_ = line.split("\t")
            for country in countries.split(","):
                names.setdefault(country, []).append(name)
    return names


@cache
def _holidays_of(country: str, year: int) -> frozenset[date]:
    # Only here: the import takes 0.1 s and 11 MB, and most businesses have no rule that asks.
    import holidays  # noqa: PLC0415

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
