"""The ways in of business.toml, and words that would make no valid consent."""

from pathlib import Path

import pytest

from app.domain.business import Business
from app.domain.sources import SourceKind, Wording
from app.usecases.joining import choose_wording_language
from config.business import load_business
from config.settings import ROOT, SettingsError

SHOP = 'name = "Corner Shop"\n[[topics]]\nid = "offers"\ncategory = "marketing"\n'
GOOD = "Yes, Corner Shop may send me offers on WhatsApp."
SOURCE = '[[sources]]\nid = "till"\nkind = "in_store"\ntopics = ["offers"]\n'


def load(tmp_path: Path, text: str) -> Business:
    path = tmp_path / "business.toml"
    path.write_text(SHOP + text, encoding="utf-8")
    return load_business(path)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    return caught.value.problems


def worded(text: str) -> str:
    return f"{SOURCE}[sources.wording]\nen = '''{text}'''\n"


def test_a_way_in_is_read(tmp_path: Path) -> None:
    business = load(
        tmp_path,
        f'{SOURCE}confirm = "double"\ncountries = ["DE", "AT"]\nevidence = ["order"]\n'
        f'[sources.wording]\nen = "{GOOD}"\nde = "Ja, Corner Shop darf mir per WhatsApp schreiben."\n'
        '[sources.earlier_wording]\nen = ["Corner Shop may write to me on WhatsApp."]\n',
    )
    source = business.source("till")

    assert source is not None
    assert (source.kind, source.topics, source.evidence) == (
        SourceKind.IN_STORE,
        ("offers",),
        ("order",),
    )
    assert source.business_name == "Corner Shop"
    assert source.asks_twice("FR")
    assert source.is_for("AT")
    assert not source.is_for("FR")
    assert not source.is_for(None)
    assert source.wording("de-CH").language == "de"
    assert source.wording("sv").text == GOOD
    old = Wording("en", "Corner Shop may write to me on WhatsApp.")
    assert source.find_wording(old.id) == old
    assert source.find_wording("0" * 32) is None
    assert business.source("shop") is None


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("pt", "pt-BR"), ("pt-PT", "pt-BR"), ("pt_BR", "pt-BR"), ("de-CH", "de"), ("fr", "en")],
)
def test_portuguese_is_read_by_whoever_asks_for_portuguese(
    tmp_path: Path, wanted: str, given: str
) -> None:
    text = "".join(f'{name} = "{GOOD}"\n' for name in ("en", "de", "pt-BR"))
    [source] = load(tmp_path, f"{SOURCE}[sources.wording]\n{text}").sources

    assert source.wording(wanted).language == given
    assert choose_wording_language(source, ["", wanted, "de"], default="en") == (
        given if wanted != "fr" else "de"
    )


def test_a_country_may_ask_for_a_second_yes(tmp_path: Path) -> None:
    text = f'{SOURCE}double_opt_in_countries = ["DE"]\n[sources.wording]\nen = "{GOOD}"\n'
    source = load(tmp_path, text).sources[0]

    assert source.asks_twice("DE")
    assert not source.asks_twice("GB")
    assert not source.asks_twice(None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Yes, send me offers on WhatsApp, please.", "does not name Corner Shop"),
        ("Yes, Corner Shop may send me offers.", 'does not say "WhatsApp"'),
        ("Untick this box if Corner Shop must not write on WhatsApp.", "asks people to object"),
        ("Corner Shop writes on WhatsApp unless you object to it.", "asks people to object"),
        ("Corner Shop WhatsApp", None),
        ("Yes, Corner Shop may\nwrite on WhatsApp.", "line breaks"),
        ("Yes, Corner Shop may write on WhatsApp. " * 20, "has 800 characters"),
        ("WhatsApp Corner Sho", "between 20"),
    ],
)
def test_words_that_make_no_consent_are_refused_with_the_reason(
    tmp_path: Path, text: str, reason: str | None
) -> None:
    if reason is None:
        assert load(tmp_path, worded(text)).sources
        return
    assert any(reason in one for one in problems(tmp_path, worded(text)))


def test_wide_letters_and_capitals_name_the_business_as_well(tmp_path: Path) -> None:
    text = "Yes,  CORNER   SHOP may send me offers on ＷｈａｔｓＡｐｐ."

    assert load(tmp_path, worded(text)).sources


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[sources]]\nkind = "qr"\n', "sources.0: needs an id"),
        ('[[sources]]\nid = "Till 1"\nkind = "qr"\n', "needs an id"),
        (f'[[sources]]\nid = "{"a" * 41}"\nkind = "qr"\n', "needs an id"),
        ('[[sources]]\nid = "till"\nkind = "carrier-pigeon"\n', "kind must be one of"),
        (SOURCE, "wording is missing"),
        (SOURCE + "ticked = true\n", "ticked already is no consent"),
        (SOURCE + 'confirm = "maybe"\n', "single"),
        (SOURCE + 'countries = ["Germany"]\n', "two letters"),
        (SOURCE + 'business = ""\n', "business must be the name"),
        (SOURCE + "evidence = [1]\n", "evidence must be a list"),
        (SOURCE + "sort = 1\n", "unknown entries sort"),
        (SOURCE + "wording = 1\n", "wording is a table"),
        (SOURCE + 'earlier_wording = {en = "x"}\n', "table of lists"),
        (f'{SOURCE}[sources.wording]\nde = "{GOOD}"\n', "wording.en is missing"),
        (worded(GOOD).replace('"offers"', '"parties"'), "unknown topics parties"),
        (worded(GOOD).replace('["offers"]', "[]"), "topics is missing"),
        (worded(GOOD) + worded(GOOD).replace("till", "ti-ll"), "sources.ti-ll: stands twice"),
        (worded(GOOD).replace("till", "opt-out"), "name of a command"),
        ("sources = 1\n", "sources"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said(tmp_path: Path, text: str, reason: str) -> None:
    if text.startswith("sources"):
        path = tmp_path / "business.toml"
        path.write_text(text + SHOP, encoding="utf-8")
        with pytest.raises(SettingsError) as caught:
            load_business(path)
        assert any("[[sources]]" in one for one in caught.value.problems)
        return
    assert any(reason in one for one in problems(tmp_path, text))


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path, worded("Untick me please, whoever you are.") + '[[sources]]\nid = "a"\n'
    )

    assert len([one for one in found if one.startswith("sources.till")]) == 3
    assert any(one.startswith("sources.a") for one in found)


def test_the_ways_in_of_make_run_are_sound() -> None:
    business = load_business(ROOT / "config" / "business.toml")

    assert {"website-form", "shop-receipt"} <= {source.id for source in business.sources}
