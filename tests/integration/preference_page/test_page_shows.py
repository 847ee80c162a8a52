"""What a page says of a person, and in which language."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.runtime import Runtime
from app.tokens import Tokens
from config.pages_loader import load_page_texts
from config.replies_loader import load_replies
from config.settings import SettingsError
from tests.builders import ADA
from tests.integration.preference_page.pages import (
    BOB,
    Page,
    reason,
    set_registers,
)


def test_it_says_what_is_recorded_and_since_when(
    runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    set_registers(
        runtime,
        messages="opted_in",
        topics__offers=False,
        topics__marketing=False,
        frequency="2/month",
        channel="email",
        whatsapp_marketing="stopped",
        language="pt",
    )
    today = f"{datetime.now(UTC):%-d %B %Y}"

    page = page_of().open(lang="en")

    record = page.text.partition("What is recorded")[2]
    for line in (
        f"Messages on since {today}",
        f"Offers off since {today}",
        f"Offers and advertising off since {today}",
        f"How often At most 2 a month since {today}",
        f"Where you get them Email since {today}",
        f"Offers, in WhatsApp itself off since {today}",
        f"Language Português since {today}",
    ):
        assert line in record
    assert "still stopped in WhatsApp itself" in page.text
    assert page.fields()["frequency"] == "2/month"


def test_somebody_never_heard_of_sees_what_the_gate_would_do(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()

    assert "You have made no choice yet." in page.text
    ticked = {name for name in page.fields() if name.startswith("topics.")}
    assert ticked == {"topics.orders"}
    assert reason(client) == "not_opted_in"
    page.save(**{"topics.offers": "on"})
    assert reason(client) is None
    assert reason(client, "news") == "not_opted_in"


def test_an_answer_is_not_said_again_later(
    client: FlaskClient, runtime: Runtime, environ: dict[str, str], page_of: Callable[..., Page]
) -> None:
    page = page_of()
    target = page.send(do="pause", days=7).headers["Location"]
    assert 'role="status"' in client.get(target).text

    page.press("resume")

    assert 'role="status"' not in client.get(target).text
    link_id = runtime.tokens.read_link(page.path.rpartition("/")[2])
    old = Tokens(environ["SECRET_KEY"], lambda: runtime.clock() - timedelta(hours=1))
    stale = old.sign_notice({"link": link_id, "done": "save"})
    for notice in (stale, "x", page_of(BOB).send(do="stop").headers["Location"].partition("=")[2]):
        assert 'role="status"' not in client.get(f"{page.path}?done={notice}").text


LANGUAGES = list(load_page_texts().languages)


def test_the_page_speaks_every_language(client: FlaskClient, page_of: Callable[..., Page]) -> None:
    path = page_of().press("stop").path
    for language in LANGUAGES:
        html = client.get(f"{path}?lang={language}").text
        direction = "rtl" if language in {"ar", "he", "ur"} else "ltr"

        assert f'<html lang="{language}" dir="{direction}">' in html
        assert not re.search(r"[{}]", html), language
        assert "Example Shop" in html
        assert client.get(f"/preferences/x?lang={language}").text.count("{") == 0


@pytest.mark.parametrize(
    ("earlier", "link", "accepted", "wa_id", "language"),
    [
        pytest.param("pt", "fr", "de", ADA, "fr", id="the link says it"),
        pytest.param("pt", None, "de", ADA, "pt", id="their own words"),
        pytest.param(None, None, "xx, de-AT;q=0.8", ADA, "de", id="their browser"),
        pytest.param(None, None, "", "201000000000", "ar", id="their country"),
        pytest.param(None, "tlh", "", ADA, "en", id="nobody can say"),
    ],
)
def test_the_page_is_in_the_persons_language(
    client: FlaskClient,
    runtime: Runtime,
    page_of: Callable[..., Page],
    earlier: str | None,
    link: str | None,
    accepted: str,
    wa_id: str,
    language: str,
) -> None:
    if earlier:
        set_registers(runtime, wa_id, messages="opted_in", language=earlier)
    page = page_of(wa_id, language=link)

    html = client.get(page.path, headers={"Accept-Language": accepted}).text

    assert f'<html lang="{language}"' in html
    assert '<html lang="sw"' in client.get(f"{page.path}?lang=sw").text


def test_each_language_of_the_page_is_one_of_the_chat() -> None:
    """Dates, directions and a few sentences are those of the replies."""
    pages = set(load_page_texts().languages)

    assert len(pages) >= 33
    assert pages <= set(load_replies().languages)


def test_what_is_wrong_with_the_texts_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('title = "From {business}"\nsave = "Save"\n', "utf-8")
    (tmp_path / "de.toml").write_text('title = "Von uns"\nspare = "Sparen"\n', "utf-8")
    (tmp_path / "fr.toml").write_text("title = 7", "utf-8")
    (tmp_path / "it.toml").write_text("title =", "utf-8")

    with pytest.raises(SettingsError) as caught:
        load_page_texts(tmp_path)

    said = str(caught.value)
    for problem in (
        "de: save is missing",
        "de: spare is no text of the page",
        "de: title must hold the placeholders",
        "fr.toml: title must be a text",
        "it.toml cannot be read",
    ):
        assert problem in said
