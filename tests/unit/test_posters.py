"""Posters and cards, rendered at the size of paper and read like a phone reads them."""

import io
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.domain.business import Business
from app.domain.joining import JoinLink
from app.domain.sources import OptInSource, SourceKind, Wording
from app.paper.codes import QUIET_ZONE, draw_png, make_code
from app.paper.posters import SMALLEST_MODULE, Paper, UnprintableError, print_poster
from app.usecases.joining import NoNumberError, make_join_link
from config.business import load_business
from config.replies_loader import load_replies
from config.settings import ROOT

BUSINESS = load_business(ROOT / "config" / "business.toml")
REPLIES = load_replies(ROOT / "config" / "replies")
SIZES = {Paper.A4: (210, 297), Paper.LETTER: (215.9, 279.4), Paper.CARD: (105, 148)}
_DPI = 150
WORDS = {
    "en": "Send this message and Example Shop will write to you about offers on WhatsApp.",
    "el": "Στείλτε αυτό το μήνυμα και το Example Shop θα σας γράφει στο WhatsApp.",
    "ru": "Отправьте это сообщение, и Example Shop напишет вам в WhatsApp.",
    "ar": "أرسل هذه الرسالة ليرسل إليك Example Shop العروض عبر WhatsApp.",
    "he": "שלחו את ההודעה הזאת ו־Example Shop יכתוב לכם ב־WhatsApp.",
    "pl": "Wyślij tę wiadomość, a Example Shop napisze do Ciebie na WhatsApp.",
}


def link_of(
    language: str, text: str | None = None, campaign: dict[str, str] | None = None
) -> JoinLink:
    wording = Wording(language, text or WORDS[language])
    source = OptInSource(
        "shop-receipt", SourceKind.QR, BUSINESS.name, ("offers",), {language: wording}
    )
    return make_join_link(
        source, business=BUSINESS, replies=REPLIES, language=language, campaign=campaign
    )


def render(pdf: bytes) -> tuple[Image.Image, tuple[float, float], str]:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    page = document[0]
    size = (page.get_width() / 72 * 25.4, page.get_height() / 72 * 25.4)
    image = page.render(scale=_DPI / 72).to_pil()
    text = page.get_textpage().get_text_range()
    document.close()
    return image, size, text


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("language", WORDS)
def test_a_code_on_paper_leads_where_it_should(paper: Paper, language: str) -> None:
    link = link_of(language)
    image, size, _ = render(print_poster(link, paper, accent=BUSINESS.page.accent))

    assert size == pytest.approx(SIZES[paper], abs=0.1)
    [code] = zxingcpp.read_barcodes(image)
    assert code.text == link.address
    left, right = code.position.top_left, code.position.top_right
    side = (right.x - left.x) / _DPI * 25.4
    modules = len(make_code(link.address).matrix)
    assert side / modules >= SMALLEST_MODULE
    quiet = round(QUIET_ZONE * side / modules / 25.4 * _DPI) - 2
    zone = image.convert("L").crop((left.x - quiet, left.y - quiet, right.x + quiet, left.y - 2))
    assert zone.getextrema()[0] == 255


@pytest.mark.parametrize("paper", Paper)
def test_everything_that_people_must_read_is_on_it(paper: Paper) -> None:
    link = link_of("en")
    _, _, text = render(print_poster(link, paper, accent="#0b66a8"))
    words = " ".join(text.split())

    for expected in (BUSINESS.name, link.wording.text, link.sentence, "+15550102030"):
        assert expected in words


@pytest.mark.parametrize("paper", Paper)
def test_long_words_and_campaigns_still_fit_or_are_refused(paper: Paper) -> None:
    campaign = dict.fromkeys(("source", "medium", "campaign"), "a" * 32)
    link = link_of("en", (WORDS["en"] + " ") * 5, campaign)
    image, _, _ = render(print_poster(link, paper, accent="#0b66a8"))

    assert [one.text for one in zxingcpp.read_barcodes(image)] == [link.address]
    with pytest.raises(UnprintableError, match="too long"):
        print_poster(link_of("en", WORDS["en"] * 60), paper, accent="#0b66a8")


@pytest.mark.parametrize(
    ("text", "script"),
    [("请发送此消息 Example Shop WhatsApp", "CJK"), ("संदेश भेजें Example Shop", "DEVANAGARI")],
)
def test_letters_that_the_font_lacks_are_refused_and_not_left_out(text: str, script: str) -> None:
    with pytest.raises(UnprintableError, match=script):
        print_poster(link_of("zh", text), Paper.A4, accent="#0b66a8")


def test_a_code_too_fine_for_the_paper_is_refused() -> None:
    link = replace(link_of("en"), address="https://wa.me/1?text=" + "x" * 2000)

    with pytest.raises(UnprintableError, match="modules"):
        print_poster(link, Paper.CARD, accent="#0b66a8")


def test_a_code_survives_dirt_and_a_bad_camera() -> None:
    image = Image.open(io.BytesIO(draw_png("https://wa.me/15550102030?text=START", pixels=4)))
    dirty = image.convert("L")
    dirty.paste(
        128, (dirty.width // 2, dirty.height // 2, dirty.width // 2 + 12, dirty.height // 2 + 12)
    )
    blurred = dirty.resize((dirty.width // 2, dirty.height // 2)).rotate(7, fillcolor=255)

    assert [one.text for one in zxingcpp.read_barcodes(blurred)] == [
        "https://wa.me/15550102030?text=START"
    ]


def test_business_without_a_number_has_no_link() -> None:
    with pytest.raises(NoNumberError):
        make_join_link(BUSINESS.sources[0], business=Business(name="Shop"), replies=REPLIES)
