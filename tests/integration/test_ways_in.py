"""The short addresses of the ways in: where they lead, what they show, and what they keep."""

import io
import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from redis import Redis

from app import create_app
from app.domain.marks import find_marks
from app.runtime import Runtime
from config.ways_loader import list_way_languages, way_texts

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"}
DESK = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "Accept-Language": "de-CH"}
PATH = "/j/shop-receipt"


def draft_of(address: str) -> str:
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "wa.me", "/15550102030")
    [text] = parse_qs(parts.query)["text"]
    return text


def test_a_phone_is_led_to_the_chat_with_a_draft_in_its_language(client: FlaskClient) -> None:
    english = client.get(PATH, headers=PHONE)
    arabic = client.get(PATH, headers={**PHONE, "Accept-Language": "ar-EG,en;q=0.5"})
    hinted = client.get(PATH, headers={**DESK, "Sec-CH-UA-Mobile": "?1"})
    asked = client.get(f"{PATH}?lang=es", headers=PHONE)

    assert {one.status_code for one in (english, arabic, hinted, asked)} == {302}
    assert draft_of(english.location) == "START · shop-receipt"
    assert draft_of(arabic.location).endswith(" · shop-receipt · ar")
    assert draft_of(hinted.location) == "START · shop-receipt · de"
    assert draft_of(asked.location) == "ALTA · shop-receipt · es"


def test_a_desk_sees_the_code_and_the_words(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?utm_source=flyer", headers=DESK)
    page = answer.text

    assert answer.status_code == 200
    assert '<html lang="de" dir="ltr">' in page
    assert "Example Shop schreibt Ihnen Angebote über WhatsApp" in page
    assert "+15550102030" in page
    [source] = re.findall(r'<img src="([^"]+code\.svg[^"]+)"', page)
    code = client.get(unescape(source), headers=DESK)
    assert code.mimetype == "image/svg+xml"
    assert b"<script" not in code.data
    png = client.get(unescape(source).replace(".svg", ".png"), headers=PHONE)
    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png.data)))
    assert draft_of(read.text) == "START · shop-receipt · de · flyer.-"
    assert read.text in unescape(page)


@pytest.mark.parametrize("headers", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_kept_of_who_came(
    client: FlaskClient, redis: Redis, headers: dict[str, str]
) -> None:
    before = {key for key in redis.keys("*") if b"metrics" not in key}
    answer = client.get(PATH, headers=headers)

    assert "Set-Cookie" not in answer.headers
    assert {key for key in redis.keys("*") if b"metrics" not in key} == before
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_campaign_comes_along_and_names_nobody(client: FlaskClient, runtime: Runtime) -> None:
    query = (
        "utm_source=Flyer&utm_campaign=spring_26&utm_term=447700900123&fbclid=abc&utm_medium=a@b.c"
    )
    text = draft_of(client.get(f"{PATH}?{query}", headers=PHONE).location)

    assert text == "START · shop-receipt · flyer.-.spring_26"
    [mark] = find_marks(text, runtime.business.sources)
    assert mark.campaign == {"source": "flyer", "campaign": "spring_26"}


@pytest.mark.parametrize(
    "path",
    [
        "/j/unknown",
        "/j/..%2f..",
        "/j/shop-receipt/code.gif",
        "/j/unknown/code.svg",
        "/ways/unknown.css",
        "/ways/..%2f..%2fways.py",
        f"/j/{'x' * 3000}",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["lang=" + "x" * 5000, "lang=%00", "lang=../../x", "utm_source=" + "a" * 9000, "url=//evil"],
)
def test_whatever_is_asked_leads_to_the_number_of_the_business_alone(
    client: FlaskClient, query: str
) -> None:
    answer = client.get(f"{PATH}?{query}", headers=PHONE)

    assert answer.status_code == 302
    assert draft_of(answer.location).startswith("START · shop-receipt")
    assert "evil" not in unquote(answer.location)


def test_nothing_is_changed_by_any_of_them(client: FlaskClient) -> None:
    assert client.post(PATH).status_code == 405


def test_a_website_is_told_the_words_and_no_other_site_may_read_them(
    environ: dict[str, str], redis: Redis
) -> None:
    site = create_app({**environ, "WEBSITE_ORIGINS": "https://shop.example"}).test_client()
    answer = site.get(
        f"{PATH}/source.json?lang=ar&utm_source=mail", headers={"Origin": "https://shop.example"}
    )
    other = site.get(f"{PATH}/source.json", headers={"Origin": "https://evil.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert answer.json["direction"] == "rtl"
    assert "WhatsApp" in answer.json["wording"]
    assert draft_of(answer.json["link"]).endswith("· ar · mail.-")
    assert len(answer.json["wording_id"]) == 32
    assert answer.json["texts"]["close"] == "إغلاق"


def test_the_script_is_small_and_asks_for_nothing_that_a_strict_policy_forbids(
    client: FlaskClient,
) -> None:
    answer = client.get("/ways/heed.js")

    assert answer.mimetype == "text/javascript"
    assert len(answer.data) < 10_000
    for forbidden in ("eval(", "innerHTML", "document.cookie", "Storage", "new Function", ".style"):
        assert forbidden not in answer.text


def test_every_language_says_everything() -> None:
    english = set(way_texts("en"))

    for language in list_way_languages():
        own = way_texts(language)
        assert set(own) == english
        if language != "en":
            assert all(own[name] != way_texts("en")[name] for name in english - {"or"})
    assert way_texts("sv") == way_texts("en")
