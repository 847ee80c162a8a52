"""Links: forged, expired, swapped, taken back; and how the API makes them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.domain.links import LINK_LIFE
from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.tokens import Tokens
from app.usecases.preference_links import make_link
from tests.builders import ADA, ADA_BSUID, API_HEADERS, WEBHOOK_HEADERS, notification, text_message
from tests.integration.preference_page.pages import BOB, Page, history, reason, show, snapshot
from tests.working import apply_commands


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: "x", id="nonsense"),
        pytest.param(lambda token: token[:-1], id="cut"),
        pytest.param(lambda token: "A" + token[1:], id="another id"),
        pytest.param(lambda token: token.swapcase(), id="other case"),
        pytest.param(lambda token: token.rpartition(".")[0], id="no signature"),
        pytest.param(lambda token: "%00%ff" + token, id="bytes"),
        pytest.param(lambda _: "é" * 2000, id="long and foreign"),
        pytest.param(lambda _: "..%2f..%2fetc", id="a path"),
    ],
)
def test_a_forged_link_gets_a_page_that_helps(
    client: FlaskClient, page_of: Callable[..., Page], redis: Redis, damage: Callable[[str], str]
) -> None:
    token = page_of().path.rpartition("/")[2]
    before = snapshot(redis)

    for answer in (
        client.get(f"/preferences/{damage(token)}"),
        client.post(f"/preferences/{damage(token)}", data={"do": "stop"}),
    ):
        assert answer.status_code == 404
        if "/etc" not in answer.text and answer.mimetype == "text/html":
            assert "PREFERENCES" in answer.text
            assert "STOP" in answer.text
            assert "https://wa.me/15550102030?text=PREFERENCES" in answer.text
    assert snapshot(redis) == before


def test_a_link_ends_after_ninety_days_and_not_before_sixty(
    client: FlaskClient, runtime: Runtime, environ: dict[str, str]
) -> None:
    link = make_link(Recipient(wa_id=ADA), links=runtime.links, now=runtime.clock())

    def sign(age: timedelta) -> str:
        return Tokens(environ["SECRET_KEY"], lambda: runtime.clock() - age).sign_link(link.id)

    assert timedelta(days=60) <= LINK_LIFE
    assert client.get(f"/preferences/{sign(timedelta(days=60))}").status_code == 200
    answer = client.get(f"/preferences/{sign(timedelta(days=91))}")
    assert answer.status_code == 410
    assert "This link no longer works" in answer.text
    assert client.post(f"/preferences/{sign(timedelta(days=91))}").status_code == 410


def test_a_link_ends_when_its_person_is_forgotten(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    page, other, bobs = page_of(), page_of(), page_of(BOB)
    form = page.form

    assert runtime.links.revoke(Recipient(wa_id=ADA, bsuid=ADA_BSUID).identities) == 2

    assert client.get(page.path).status_code == client.get(other.path).status_code == 410
    assert client.post(page.path, data={"form": form, "do": "stop"}).status_code == 410
    assert client.get(bobs.path).status_code == 200
    assert history(client) == []


def test_a_link_signed_with_another_key_is_forged(client: FlaskClient, runtime: Runtime) -> None:
    link = make_link(Recipient(wa_id=ADA), links=runtime.links, now=runtime.clock())
    token = Tokens("another-secret-key", runtime.clock).sign_link(link.id)

    assert client.get(f"/preferences/{token}").status_code == 404


def test_the_form_of_one_page_does_nothing_on_another(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    adas, bobs = page_of(ADA), page_of(BOB)

    answer = client.post(adas.path, data={"form": bobs.form, "do": "stop"})

    assert answer.status_code == 403
    assert "Please choose again" in answer.text
    assert history(client) == history(client, BOB) == []


def test_tokens_of_one_kind_are_no_tokens_of_another(
    client: FlaskClient, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    token = page.path.rpartition("/")[2]

    assert client.get(f"/preferences/{page.form}").status_code == 404
    assert client.post(page.path, data={"form": token, "do": "stop"}).status_code == 403
    answer = page.send(do="stop")
    notice = answer.headers["Location"].partition("done=")[2]
    assert client.post(page.path, data={"form": notice, "do": "start"}).status_code == 403


def test_a_link_is_made_over_the_api(client: FlaskClient) -> None:
    body = {"recipient": "+44 7700 900123", "language": "de_DE"}
    answer = client.post("/v1/preference-links", json=body, headers=API_HEADERS)

    assert answer.status_code == 201, answer.json
    assert (answer.json or {}).keys() == {"url", "token", "expires_at"}
    assert answer.json["url"] == f"http://localhost/preferences/{answer.json['token']}"
    expires_at = datetime.fromisoformat(answer.json["expires_at"])
    assert expires_at - datetime.now(UTC) > timedelta(days=60)
    page = Page(client, f"/preferences/{answer.json['token']}").open()
    assert '<html lang="de"' in page.html
    page.press("stop")
    assert reason(client) == "opted_out"


def test_a_link_for_somebody_known_by_bsuid_opens_their_one_record(
    client: FlaskClient, runtime: Runtime
) -> None:
    body = {"recipient": ADA_BSUID}
    token = client.post("/v1/preference-links", json=body, headers=API_HEADERS).json["token"]
    client.post(
        "/webhooks/360dialog",
        json=notification(
            text_message("STOP OFFERS", from_user_id=ADA_BSUID),
            contacts=[{"wa_id": ADA, "user_id": ADA_BSUID, "profile": {"name": "Ada"}}],
        ),
        headers=WEBHOOK_HEADERS,
    )
    apply_commands(runtime)

    page = Page(client, f"/preferences/{token}").open()

    assert "topics.offers" not in page.fields()
    page.press("stop")
    assert show(client)["messages"] == show(client, ADA_BSUID)["messages"] == "opted_out"


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param({"recipient": ADA}, {}, 401, id="no token"),
        pytest.param(
            {"recipient": ADA}, {"Authorization": "Bearer reader-secret-0001"}, 403, id="reader"
        ),
        pytest.param({}, API_HEADERS, 400, id="nobody"),
        pytest.param({"recipient": "ada"}, API_HEADERS, 400, id="not a recipient"),
        pytest.param({"recipient": ADA, "language": 7}, API_HEADERS, 400, id="not a language"),
    ],
)
def test_a_link_is_made_for_nobody_else(
    client: FlaskClient, body: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    answer = client.post("/v1/preference-links", json=body, headers=headers)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_links_lead_to_the_public_address(environ: dict[str, str], redis: Redis) -> None:
    app = create_app({**environ, "PUBLIC_URL": "https://choices.example/"})
    answer = app.test_client().post(
        "/v1/preference-links", json={"recipient": ADA}, headers=API_HEADERS
    )

    assert answer.json["url"].startswith("https://choices.example/preferences/")


def test_a_link_to_an_old_number_ends_when_the_person_has_moved(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    page = page_of().press("stop")
    system = {"body": "moved", "wa_id": BOB, "type": "user_changed_number"}
    moved = {**text_message(type="system", system=system), "text": None}

    client.post("/webhooks/360dialog", json=notification(moved), headers=WEBHOOK_HEADERS)
    apply_commands(runtime)

    assert client.get(page.path).status_code == 410
    assert show(client, BOB)["messages"] == "opted_out"
    assert page_of(BOB).open().text.count("You stopped all messages") == 1
