"""The table [page] of business.toml, and colors that people can read."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.business import Page
from app.domain.colors import (
    DARK_PAPER,
    ENOUGH_CONTRAST,
    PAPER,
    choose_ink,
    make_readable,
    measure_contrast,
)
from app.web.preference_assets import write_colors
from config.business_page import read_page

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def problems_of(folder: Path, **entry: Any) -> list[str]:
    problems: list[str] = []
    read_page(entry, folder, problems)
    return problems


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0b66a8", "#0b66a8", 1.0)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, contrast: float) -> None:
    assert measure_contrast(one, other) == pytest.approx(contrast, abs=0.01)
    assert measure_contrast(other, one) == measure_contrast(one, other)


@given(COLORS)
def test_every_color_gets_a_readable_sister_and_a_readable_ink(color: str) -> None:
    for paper in (PAPER, DARK_PAPER):
        readable = make_readable(color, paper)
        assert measure_contrast(readable, paper) >= ENOUGH_CONTRAST
        if measure_contrast(color, paper) >= ENOUGH_CONTRAST:
            assert readable == color
    assert measure_contrast(choose_ink(color), color) >= ENOUGH_CONTRAST


@given(COLORS)
def test_a_business_that_names_one_color_has_a_page_in_the_dark(color: str) -> None:
    accent = make_readable(color, PAPER)
    problems: list[str] = []

    page = read_page({"accent": accent}, Path(), problems)

    assert problems == []
    assert measure_contrast(page.accent_dark, DARK_PAPER) >= ENOUGH_CONTRAST
    assert accent in write_colors(page)


def test_the_defaults_are_readable(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == []
    assert problems_of(tmp_path, accent=Page().accent, accent_dark=Page().accent_dark) == []


def test_a_color_that_is_hard_to_read_comes_back_with_one_that_is_not(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, accent="#ffcc00")

    assert "contrast of 1.5" in problem
    assert problems_of(tmp_path, accent=problem.rpartition("; ")[2][:7]) == []


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"accent": "blue"}, id="a name"),
        pytest.param({"accent": 7}, id="a number"),
        pytest.param({"accent": "#fff"}, id="short"),
        pytest.param({"accent": "#0b66a8;}"}, id="more than a color"),
        pytest.param({"colour": "#0b66a8"}, id="unknown entry"),
        pytest.param({"logo": "../business.toml"}, id="outside the folder"),
        pytest.param({"logo": "/etc/passwd"}, id="another file"),
        pytest.param({"logo": "none.png"}, id="no file"),
        pytest.param({"logo": "notes.txt"}, id="no picture"),
        pytest.param({"logo": "large.png"}, id="too large"),
        pytest.param({"logo": "http://shop.example/logo.png"}, id="plain http"),
        pytest.param({"logo": "https://shop.example/a;script-src *"}, id="breaks the policy"),
        pytest.param({"logo": 3}, id="a number for a logo"),
        pytest.param({"panel_origins": "https://shop.example"}, id="no list"),
        pytest.param({"panel_origins": ["https://shop.example/"]}, id="a path"),
        pytest.param({"panel_origins": ["http://shop.example"]}, id="plain http panel"),
        pytest.param({"panel_origins": ["https://*.example"]}, id="a star"),
        pytest.param({"panel_origins": ["https://["]}, id="nonsense"),
        pytest.param({"panel_origins": ["https://a.example; script-src *"]}, id="a policy"),
    ],
)
def test_what_cannot_be_meant_is_a_problem(tmp_path: Path, entry: dict[str, Any]) -> None:
    (tmp_path / "notes.txt").write_text("a note", encoding="utf-8")
    (tmp_path / "large.png").write_bytes(b"." * 200_001)

    assert len(problems_of(tmp_path, **entry)) == 1


def test_logos_and_origins_that_can_be_meant_are_read(tmp_path: Path) -> None:
    (tmp_path / "logo.SVG").write_text("<svg/>", encoding="utf-8")
    problems: list[str] = []

    page = read_page(
        {
            "logo": "logo.SVG",
            "panel_origins": ["https://shop.example", "https://b.example:8443", "http://localhost"],
        },
        tmp_path,
        problems,
    )

    assert problems == []
    assert page.logo == str(tmp_path / "logo.SVG")
    assert len(page.panel_origins) == 3
    remote = read_page({"logo": "https://cdn.example/logo.png"}, tmp_path, problems)
    assert remote.logo == "https://cdn.example/logo.png"
