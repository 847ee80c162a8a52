import pytest

from app.domain.romanize import write_readably


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        pytest.param("chega, čtvrt", "chega, čtvrt", id="what can be drawn stays"),
        pytest.param("रोकिए बस", "[Devanagari: rokie basa]", id="Hindi"),
        pytest.param("বন্ধ করুন", "[Bengali: bandha karuna]", id="Bengali"),
        pytest.param("멈춰 주세요", "[Hangul: meomcweo juseyo]", id="Korean"),
        pytest.param("ストップ", "[Katakana: sutotupu]", id="Japanese"),
        pytest.param("停 stop", "[Han: U+505C] stop", id="Chinese, among others"),
        pytest.param("አቁም", "[Ethiopic: aqume]", id="Amharic"),
        pytest.param("STOP 🛑 now", "STOP [(octagonal sign)] now", id="a picture"),
        pytest.param("no\u200b more\ufe0f", "no more", id="what nobody sees"),
        pytest.param("a\n停\nb", "a\n[Han: U+505C]\nb", id="lines stay lines"),
        pytest.param("\ue000", "[U+E000]", id="no letter of Unicode at all"),
        pytest.param("“रोकिए”, no", "“[Devanagari: rokie]”, no", id="marks around stay"),
        pytest.param("๑๒", "[12]", id="digits of other scripts"),
    ],
)
def test_what_cannot_be_drawn_is_told(text: str, readable: str) -> None:
    assert write_readably(text, lambda one: one in "\n“”" or one < "\u0700") == readable
