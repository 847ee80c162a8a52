"""Reading changes nothing, and a change comes from the page itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.builders import ADA
from tests.integration.preference_page.pages import (
    Page,
    history,
    reason,
    set_registers,
    snapshot,
)


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("query", ["", "?do=stop", "?do=pause&days=7&form=x", "?topics.offers="])
def test_reading_changes_nothing(
    client: FlaskClient,
    runtime: Runtime,
    redis: Redis,
    page_of: Callable[..., Page],
    method: str,
    query: str,
) -> None:
    set_registers(runtime, messages="opted_in")
    page = page_of()
    before = snapshot(redis)

    answer = getattr(client, method)(
        page.path + query, headers={"User-Agent": "WhatsApp/2.23.20.0"}
    )

    assert answer.status_code == 200
    assert snapshot(redis) == before
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(
    client: FlaskClient, page_of: Callable[..., Page], method: str
) -> None:
    assert getattr(client, method)(page_of().path).status_code == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 303, id="an old browser says nothing"),
        pytest.param({"Origin": "null"}, 303, id="no referrer, so no origin"),
        pytest.param({"Origin": "http://localhost"}, 303, id="ours"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303, id="ours, new"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="foreign"),
        pytest.param({"Origin": "http://localhost.evil.example"}, 403, id="foreign, alike"),
        pytest.param({"Origin": "http://["}, 403, id="nonsense"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="foreign, new"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a sister"),
    ],
)
def test_a_form_from_another_site_is_refused(
    client: FlaskClient, page_of: Callable[..., Page], headers: dict[str, str], status: int
) -> None:
    answer = page_of().send(do="stop", headers=headers)

    assert answer.status_code == status
    assert bool(history(client)) is (status == 303)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"do": "stop", "form": None}, id="no form"),
        pytest.param({"do": "stop", "form": "x.y.z"}, id="made up"),
        pytest.param({"do": "erase"}, id="unknown button"),
        pytest.param({}, id="no button"),
        pytest.param({"do": "pause"}, id="no days"),
        pytest.param({"do": "pause", "days": "36500"}, id="a hundred years"),
        pytest.param({"do": "pause", "days": "-7"}, id="backwards"),
        pytest.param({"do": "pause", "days": "７"}, id="another seven"),
    ],
)
def test_a_form_that_is_not_ours_changes_nothing_and_shows_the_page(
    client: FlaskClient, page_of: Callable[..., Page], data: dict[str, Any]
) -> None:
    page = page_of()

    answer = page.send(**data)

    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert 'value="stop"' in answer.text
    assert history(client) == []


def test_too_many_changes_are_refused_but_stopping_never_is(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    for turn in range(30):
        assert page.send(do="pause" if turn % 2 else "resume", days=7).status_code == 303

    answer = page.send(do="pause", days=7)
    assert answer.status_code == 429
    assert "wait ten minutes" in answer.text
    for _ in range(3):
        assert page.send(do="stop").status_code == 303
    assert reason(client) == "opted_out"
    assert len(history(client)) == 31
    # A second link of the same person has a count of its own.
    assert page_of().send(do="start").status_code == 303


def test_without_the_store_a_person_is_told_what_to_do(
    environ: dict[str, str], runtime: Runtime
) -> None:
    link = make_link(Recipient(wa_id=ADA), links=runtime.links, now=runtime.clock())
    lost = create_app({**environ, "REDIS_URL": "redis://127.0.0.1:9/0"})

    answer = lost.test_client().post(
        f"/preferences/{runtime.tokens.sign_link(link.id)}", data={"do": "stop"}
    )

    assert answer.status_code == 503
    assert answer.mimetype == "text/html"
    assert "send STOP in the chat" in re.sub(r"</?bdi>", "", answer.text)


def test_the_address_and_the_page_hold_no_phone_number(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()

    answer = page.send(do="stop")

    assert ADA not in page.path + answer.headers["Location"] + answer.text + page.html
    assert "+44•••••0123" in page.html


def test_the_page_keeps_to_itself(client: FlaskClient, page_of: Callable[..., Page]) -> None:
    page = page_of()

    for answer in (client.get(page.path), client.get("/preferences/x"), page.send(do="stop")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Set-Cookie" not in answer.headers
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page.html)


def test_what_the_page_loads_is_kept_for_a_year(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page_of().html)

    assert len(addresses) == 3
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert "immutable" not in client.get("/assets/0/page.css").headers["Cache-Control"]
    assert client.get("/assets/0/none.css").status_code == 404
    assert client.get("/assets/0/..%2fpage.css").status_code == 404


def test_the_panel_is_framed_by_the_allowed_sites_alone(
    environ: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    path = tmp_path / "business.toml"
    business = Path("config/business.toml").read_text(encoding="utf-8")
    path.write_text(
        business.replace("panel_origins = []", 'panel_origins = ["https://shop.example"]'),
        encoding="utf-8",
    )
    app = create_app({**environ, "BUSINESS_FILE": str(path)})
    runtime: Runtime = app.extensions["heed"]
    client = app.test_client()
    link = make_link(Recipient(wa_id=ADA), links=runtime.links, now=runtime.clock())
    page = f"/preferences/{runtime.tokens.sign_link(link.id)}"

    whole = client.get(page)
    panel = client.get(f"{page}?view=panel&origin=https://shop.example")
    other = client.get(f"{page}?view=panel&origin=https://evil.example")

    assert "frame-ancestors 'none'" in whole.headers["Content-Security-Policy"]
    assert whole.headers["X-Frame-Options"] == "DENY"
    for answer in (panel, other):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors https://shop.example")
        assert "X-Frame-Options" not in answer.headers
    assert 'data-parent="https://shop.example"' in panel.text
    assert "evil.example" not in other.text.partition("<body")[0]
    form = re.search(r'name="form" value="([^"]+)"', panel.text)
    assert form
    action = f"{page}?view=panel&origin=https://shop.example"
    target = client.post(action, data={"form": form[1], "do": "stop"}).headers["Location"]
    assert "view=panel" in target
    script = client.get("/panel.js")
    assert script.mimetype == "text/javascript"
    assert "immutable" not in script.headers["Cache-Control"]
