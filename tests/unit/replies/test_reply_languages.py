"""Whoever is understood in a language is answered in it."""

from pathlib import Path

from app.domain.language import resolve_language
from config.replies_loader import load_countries, load_replies

LEXICON_FOLDER = Path("config/lexicon")
# Files of that folder that hold no language.
TABLES = {"buttons", "countries", "universal"}


def test_every_language_that_is_recognized_has_replies() -> None:
    recognized = {path.stem for path in LEXICON_FOLDER.glob("*.toml")} - TABLES
    available = load_replies().languages

    # Nynorsk is answered in Bokmål, as resolve_language says.
    missing = sorted(name for name in recognized if not resolve_language(name, available))

    assert missing == [], f"config/replies has no file for: {', '.join(missing)}"


def test_every_language_of_replies_is_recognized() -> None:
    recognized = {path.stem for path in LEXICON_FOLDER.glob("*.toml")} - TABLES
    # Traditional characters are a way to write Chinese; its words stand in zh.toml.
    written = {name.partition("-")[0] for name in load_replies().languages}

    unknown = sorted(written - recognized)

    assert unknown == [], f"config/lexicon has no file for: {', '.join(unknown)}"


def test_countries_are_answered_in_their_own_language_where_there_are_replies() -> None:
    available = load_replies().languages
    countries = load_countries()

    for country, language in {
        "AL": "sq", "AM": "hy", "AZ": "az", "BA": "bs", "BG": "bg", "EE": "et", "ET": "am",
        "GE": "ka", "HR": "hr", "HU": "hu", "IR": "fa", "IS": "is", "LK": "si", "LT": "lt",
        "LV": "lv", "MK": "mk", "NP": "ne", "RS": "sr", "SI": "sl", "SK": "sk", "UZ": "uz",
    }.items():  # fmt: skip
        assert resolve_language(countries[country], available) == language
