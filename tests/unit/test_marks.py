"""A START with a mark that people edited still opts in, and says from where if that can be known."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.business_words import words_of
from app.domain.commands import Command
from app.domain.inbound import InboundMessage, MessageKind
from app.domain.marks import find_marks, read_campaign, write_sentence
from app.domain.recipients import Recipient
from app.domain.sources import OptInSource, SourceKind, Wording
from app.recognition import load_lexicon
from app.recognition.choices import build_choices
from app.recognition.loader import read_files
from app.usecases.understand import Reader, Understanding, understand
from config.business import load_business
from config.settings import ROOT

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def source(source_id: str) -> OptInSource:
    wordings = {
        language: Wording(language, f"Shop writes on WhatsApp ({language}).")
        for language in ("en", "de", "es", "pt-BR")
    }
    return OptInSource(source_id, SourceKind.QR, "Shop", topics=("offers",), wordings=wordings)


SHOP = load_business(ROOT / "config" / "business.toml")
BUSINESS = replace(
    SHOP, sources=tuple(source(one) for one in ("shop-receipt", "shop-window", "flyer-2026", "web"))
)
READER = Reader(
    load_lexicon(ROOT / "config" / "lexicon", business=words_of(BUSINESS)),
    build_choices(read_files(ROOT / "config" / "choices")),
    BUSINESS,
)


def read(text: str, reader: Reader = READER) -> Understanding | None:
    message = InboundMessage(
        "wamid.1", Recipient(wa_id="447700900123"), MessageKind.TEXT, NOON, text=text
    )
    return understand(message, reader, country="GB", occurred_at=NOON)


@pytest.mark.parametrize(
    "text",
    [
        "START · shop-receipt",
        "Start shop receipt",
        "start shop-receipt",
        "START • Shop-Receipt",
        "START - shop receipt",
        "START: shop-receipt",
        "START shopreceipt",
        "START|shop_receipt",
        "START · shop–receipt.",
        "START\nshop-receipt",
        "shop-receipt START",
        "(START · shop-receipt)",
        "Hello, START · shop-receipt please",
        "Hi! I saw this at your till.\nSTART · shop-receipt",
        "START · shop-rec",
        "START · shop rece",
        "START · receipt",
        "START · shop-reciept",
        "START · shop-receit",
        "ＳＴＡＲＴ · ｓｈｏｐ－ｒｅｃｅｉｐｔ",
        "“START · shop-receipt”",
        "ALTA · shop-receipt",
        "بدء · shop-receipt",
        "СТАРТ · shop-receipt",
        "START · shop-receipt 👍",
    ],
)
def test_a_marked_start_that_was_edited_opts_in_and_says_from_where(text: str) -> None:
    found = read(text)

    assert found is not None, text
    assert found.command is Command.START
    assert found.proof["opt_in_source"] == "shop-receipt"
    assert found.proof["words"] == text
    assert found.settings == {
        "messages": "opted_in",
        "topics.offers": True,
        "opt_in_source": "shop-receipt",
        "paused_until": None,
        "question": None,
    }


@pytest.mark.parametrize(
    "text", ["START", "START · spring-fair", "START · shop", "START · fair · de", "Start · x99"]
)
def test_a_mark_that_nobody_can_tell_is_a_plain_start(text: str) -> None:
    found = read(text)

    assert found is not None
    assert found.command is Command.START
    assert found.settings["messages"] == "opted_in"
    assert "opt_in_source" not in found.settings


@pytest.mark.parametrize(
    "text",
    [
        "STOP · shop-receipt",
        "stop shop receipt",
        "STOP · shop-receipt · de · flyer.print",
        "STOP · shop-re",
        "STOP · spring-fair",
        "Please stop · shop-receipt",
        "BAJA · shop-receipt",
        "STOP",
    ],
)
def test_a_stop_with_a_mark_is_a_stop(text: str) -> None:
    found = read(text)

    assert found is not None, text
    assert found.command is Command.STOP
    assert found.settings["messages"] == "opted_out"
    assert "opt_in_source" not in found.proof


@pytest.mark.parametrize(
    "text",
    [
        "START · shop-receipt\nSTOP",
        "START · shop-receipt · STOP",
        "START · shop-receipt. Abmelden",
        "START · shop-receipt Cancelar inscrição",
        "Stop. START · shop-receipt",
        "START · STOP",
    ],
)
def test_a_stop_behind_a_mark_is_a_stop_too(text: str) -> None:
    found = read(text)

    assert found is not None, text
    assert found.settings["messages"] == "opted_out"


@pytest.mark.parametrize(
    "text",
    [
        "START · shop-receipt but not offers",
        "START · shop-receipt no",
        "no START · shop-receipt",
        "START · shop-receipt, agora não",
        "START · shop-receipt · de. Nein",
        "START · no",
        "no START",
    ],
)
def test_a_start_that_is_denied_beside_its_mark_is_no_yes(text: str) -> None:
    found = read(text)

    assert found is None or found.settings.get("messages") != "opted_in", text


@pytest.mark.parametrize(
    "text",
    [
        "Vi isto na caixa.\nSTART · shop-receipt\nObrigada!",
        "START · shop-receipt\nSent from my phone",
        "Olá! Quero começar · shop-receipt",
    ],
)
def test_words_beside_a_mark_that_deny_nothing_do_no_harm(text: str) -> None:
    found = read(text)

    assert found is not None
    assert found.proof["opt_in_source"] == "shop-receipt"


@pytest.mark.parametrize("source_id", ["news-letter", "newsletter", "news-at-till"])
@pytest.mark.parametrize("text", ["START NEWS", "START · news", "subscribe news"])
def test_a_start_of_a_topic_opens_no_source_that_is_called_alike(source_id: str, text: str) -> None:
    wide = replace(source(source_id), topics=("offers", "news"))
    found = read(text, replace(READER, business=replace(BUSINESS, sources=(wide,))))

    assert found is not None
    assert found.settings == {"topics.news": True, "question": None}


@pytest.mark.parametrize(
    "text",
    [
        "shop-receipt",
        "Where is my shop receipt?",
        "Can you start the order from the shop window?",
        "I lost the shop receipt, can I start a return?",
        "where is the bus stop near the shop?",
        "the web is down · again",
        "Do you start at nine · or ten?",
        "web",
        "· shop-receipt",
        "",
    ],
)
def test_ordinary_messages_are_no_opt_in(text: str) -> None:
    found = read(text)

    assert found is None or "messages" not in found.settings, text


def test_language_and_campaign_come_with_the_sentence() -> None:
    found = read("START · shop-receipt · de · flyer.print.spring-26")

    assert found is not None
    assert found.language == "de"
    assert found.proof["wording_language"] == "de"
    assert found.proof["wording_told_by"] == "mark"
    assert found.proof["campaign"] == {
        "source": "flyer",
        "medium": "print",
        "campaign": "spring-26",
    }
    spanish = read("SUSCRIBIR · shop-receipt")
    assert spanish is not None
    assert spanish.proof["wording_language"] == "es"
    assert spanish.proof["wording_told_by"] == "words"
    other = read("START · shop-receipt · pt-br")
    assert other is not None
    assert other.proof["wording_language"] == "pt-BR"


@pytest.mark.parametrize("language", [None, "de", "pt-BR"])
@pytest.mark.parametrize(
    "campaign",
    [{}, {"source": "flyer"}, {"campaign": "x"}, {"source": "a_b", "term": "t-1"}],
)
def test_what_a_link_says_is_what_is_read(language: str | None, campaign: dict[str, str]) -> None:
    for one in BUSINESS.sources:
        text = write_sentence(one, "START", language=language, campaign=campaign)
        [mark] = find_marks(text, BUSINESS.sources)

        assert (mark.source, mark.language, mark.campaign) == (one, language, campaign)
        assert mark.rests == ("START",)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("spring-sale", True),
        ("Spring_Sale", True),
        ("202611", True),
        ("447700900123", False),
        ("4477-009-00123", False),
        ("ada@example.com", False),
        ("ada.lovelace", False),
        ("a" * 33, False),
        ("-x", False),
        ("", False),
        ("весна", False),
        ("a b", False),
        ("<script>", False),
    ],
)
def test_campaigns_can_name_nobody(value: str, kept: bool) -> None:
    assert bool(read_campaign({"utm_campaign": value, "gclid": "x", "email": "y"})) is kept
    found = read(f"START · shop-receipt · {value}.print")
    if found and not kept and value:
        assert value not in str(found.proof.get("campaign"))


def test_a_number_does_not_fit_into_several_fields_either() -> None:
    kept = read_campaign({"utm_source": "447700", "utm_medium": "900123", "utm_term": "fair"})
    found = read("START · shop-receipt · 447700.900123")

    assert kept == {"source": "447700", "term": "fair"}
    assert found is None or "campaign" not in found.proof


@given(st.text(max_size=400))
def test_any_text_may_come(text: str) -> None:
    for mark in find_marks(text, BUSINESS.sources):
        assert all(isinstance(rest, str) for rest in mark.rests)


@given(st.text(max_size=20))
def test_nothing_that_goes_with_a_mark_takes_a_stop_back(text: str) -> None:
    found = read(f"STOP · shop-receipt · {text}")

    assert found is None or found.settings.get("messages") != "opted_in"


def test_the_words_alone_decide_where_there_are_no_sources() -> None:
    bare = replace(READER, business=SHOP if not SHOP.sources else replace(SHOP, sources=()))

    found = read("START · shop-receipt", bare)
    assert found is not None
    assert "opt_in_source" not in found.proof
