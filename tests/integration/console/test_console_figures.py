"""The page of figures: charts that a screen reader passes by, and the same numbers in tables."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.runtime import Runtime
from app.web.console.figures import draw_bars
from tests.consents import at, body, post
from tests.integration.console.desk import Desk


@pytest.fixture
def counted(client: FlaskClient, runtime: Runtime, app: Flask) -> None:
    source = runtime.business.source("shop-receipt")
    assert source
    assert post(client, body(source.wording("en").id, at=at(days=8))).status_code == 201
    assert app.test_cli_runner().invoke(args=["figures", "count"]).exit_code == 0


def test_it_says_when_nothing_was_counted(desk: Desk) -> None:
    assert "Nothing has been counted yet." in desk.get("/console/figures").text


@pytest.mark.usefixtures("counted")
def test_it_shows_charts_and_the_same_in_tables(desk: Desk) -> None:
    page = desk.get("/console/figures")

    assert page.status_code == 200
    text = page.text
    assert text.count("<svg") == text.count('aria-hidden="true" focusable="false"')
    assert "<script" not in text
    assert "style=" not in text
    for fact in ("shop-receipt", "Offers", "100 %", "Who stays", 'aria-current="page"'):
        assert fact in text, fact


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("days", ["7", "x", "-1", "365", "90"])
def test_a_period_that_there_is_not_is_the_usual_one(desk: Desk, days: str) -> None:
    text = desk.get(f"/console/figures?days={days}").text

    shown = days if days in {"90", "365"} else "30"
    assert f'days={shown}" aria-current="true"' in text


def test_bars_are_of_days_or_of_weeks() -> None:
    rows = [{"day": "2026-01-08", "opt_ins": 4, "opt_outs": 1}]

    days = draw_bars(rows, date(2026, 1, 1), date(2026, 1, 30))
    weeks = draw_bars(rows, date(2026, 1, 1), date(2026, 12, 31))

    assert (len(days), days[7].opt_ins, days[7].up, days[7].down) == (30, 4, 60, 15)
    assert (len(weeks), weeks[1].opt_ins, weeks[1].label) == (53, 4, "2026-01-08")
