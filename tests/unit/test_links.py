"""Signed texts: what we signed comes back, for as long as it lives, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.links import LINK_LIFE
from app.tokens import NOTICE_LIFE, ExpiredTokenError, ForgedTokenError, Tokens, write_address

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
LINK = "a-Link_of22characters0"


def tokens(secret: str = "a-secret", *, age: timedelta = timedelta()) -> Tokens:
    return Tokens(secret, lambda: NOW + age)


def test_a_link_comes_back_until_its_life_is_over() -> None:
    token = tokens().sign_link(LINK)

    assert tokens().read_link(token) == LINK
    assert tokens(age=LINK_LIFE).read_link(token) == LINK
    with pytest.raises(ExpiredTokenError):
        tokens(age=LINK_LIFE + timedelta(seconds=1)).read_link(token)


def test_a_link_survives_the_end_of_a_sentence() -> None:
    token = tokens().sign_link(LINK)

    for trailing in (".", ").", "»", ">", "*", "?!"):
        assert tokens().read_link(token + trailing) == LINK


def test_a_link_tells_nothing_and_fits_an_address() -> None:
    token = tokens().sign_link(LINK)

    assert len(token) < 80
    assert all(one.isascii() and (one.isalnum() or one in "-_.") for one in token)


@pytest.mark.parametrize("at", range(0, 73, 4))
def test_one_changed_letter_forges_a_link(at: int) -> None:
    token = tokens().sign_link(LINK)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]

    with pytest.raises(ForgedTokenError):
        tokens().read_link(changed)


def test_another_secret_forges_a_link() -> None:
    with pytest.raises(ForgedTokenError):
        tokens().read_link(tokens("another-secret").sign_link(LINK))


@given(st.text())
def test_no_text_but_ours_is_a_link_or_a_form_or_a_notice(text: str) -> None:
    reading = tokens()

    with pytest.raises(ForgedTokenError):
        reading.read_link(text)
    with pytest.raises(ForgedTokenError):
        reading.read_form(text, link_id=LINK)
    with pytest.raises(ForgedTokenError):
        reading.read_notice(text, link_id=LINK)


def test_a_form_carries_what_was_shown_and_belongs_to_one_link() -> None:
    form = tokens().sign_form({"link": LINK, "shown": {"topics.offers": True}})

    assert tokens(age=timedelta(days=30)).read_form(form, link_id=LINK)["shown"] == {
        "topics.offers": True
    }
    with pytest.raises(ForgedTokenError):
        tokens().read_form(form, link_id="another")
    with pytest.raises(ForgedTokenError):
        tokens().read_notice(form, link_id=LINK)


def test_a_notice_is_gone_after_minutes() -> None:
    notice = tokens().sign_notice({"link": LINK, "done": "stop"})

    assert tokens(age=NOTICE_LIFE).read_notice(notice, link_id=LINK)["done"] == "stop"
    with pytest.raises(ForgedTokenError):
        tokens(age=NOTICE_LIFE + timedelta(seconds=1)).read_notice(notice, link_id=LINK)


def test_an_address_has_one_slash_between_its_parts() -> None:
    for base in ("https://heed.example", "https://heed.example/"):
        assert write_address(base, "token") == "https://heed.example/preferences/token"
