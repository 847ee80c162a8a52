"""In the person's language: their words, their earlier messages, their country, the default."""

import pytest

from app.domain.language import choose_language, resolve_language
from config.replies_loader import load_countries, load_replies

AVAILABLE = ("en", "pt", "ar", "hi", "he", "id", "nb", "fil", "zh", "zh-Hant")
COUNTRIES = {"BR": "pt", "EG": "ar", "TW": "zh-Hant", "CN": "zh", "ET": "am"}


@pytest.mark.parametrize(
    ("words", "earlier", "country", "number", "default", "expected"),
    [
        pytest.param("ar", "pt", "BR", "hi", "he", "ar", id="the words come first"),
        pytest.param(None, "pt", "EG", "hi", "he", "pt", id="then earlier messages"),
        pytest.param(None, None, "BR", "hi", "he", "pt", id="then the country"),
        pytest.param(None, None, "br", "hi", "he", "pt", id="a country in small letters"),
        pytest.param(None, None, None, "hi", "he", "hi", id="then the number"),
        pytest.param(None, None, None, None, "he", "he", id="then the business"),
        pytest.param(None, None, None, None, "xx", "en", id="then English"),
        pytest.param("xx", None, "BR", "hi", "he", "pt", id="words without texts are passed over"),
        pytest.param(None, "xx", "ET", "yy", "he", "he", id="all without texts are passed over"),
        pytest.param("pt-BR", None, "EG", None, "en", "pt", id="a region falls back to its base"),
        pytest.param("zh", None, "TW", None, "en", "zh-Hant", id="the country tells the script"),
        pytest.param("zh", None, "CN", None, "en", "zh", id="and leaves it where it is right"),
        pytest.param("zh", None, "BR", None, "en", "zh", id="another country tells nothing"),
        pytest.param("zh-TW", None, "CN", None, "en", "zh-Hant", id="a place names a script"),
        pytest.param("ar", None, "TW", None, "en", "ar", id="the country never beats the words"),
        pytest.param("", "", "", "", "", "en", id="nothing at all"),
    ],
)
def test_the_nearest_hint_wins(
    words: str | None,
    earlier: str | None,
    country: str | None,
    number: str | None,
    default: str,
    expected: str,
) -> None:
    chosen = choose_language(
        words=words,
        earlier=earlier,
        country=country,
        number=number,
        default=default,
        available=AVAILABLE,
        countries=COUNTRIES,
    )

    assert chosen == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pt", "pt"),
        ("PT_br", "pt"),
        ("zh-Hans-CN", "zh"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("tl", "fil"),
        ("iw", "he"),
        ("in", "id"),
        (" en ", "en"),
        ("xx", None),
        ("", None),
        (None, None),
        ("-", None),
        ("p", None),
        ("pt" * 10_000, None),
        ("\u202e\x00", None),
    ],
)
def test_a_tag_finds_the_nearest_language(tag: str | None, expected: str | None) -> None:
    assert resolve_language(tag, AVAILABLE) == expected


def test_without_any_language_the_answer_is_english_all_the_same() -> None:
    assert resolve_language("pt", ()) is None
    assert (
        choose_language(
            words="pt",
            earlier=None,
            country="BR",
            number=None,
            default="pt",
            available=(),
            countries=COUNTRIES,
        )
        == "en"
    )


def test_every_country_with_phone_numbers_has_a_likely_language() -> None:
    import phonenumbers  # noqa: PLC0415 - the list of countries, for this test only

    countries = load_countries()

    assert set(countries) == set(phonenumbers.SUPPORTED_REGIONS)


def test_most_countries_are_answered_in_their_likely_language() -> None:
    available = load_replies().languages
    countries = load_countries()

    without = {code for code, tag in countries.items() if not resolve_language(tag, available)}

    # A misspelled tag would land here; these are languages that we have no texts in.
    assert {countries[code] for code in without} == {"km", "lo", "mn", "my", "so"}
