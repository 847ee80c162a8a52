"""A change on the page is confirmed in the chat, if a chat is open and we know through which number."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from app import create_app
from app.domain.confirmations import Confirmation, reason_to_skip
from app.domain.preferences import Preferences
from app.domain.recipients import Recipient
from app.domain.times import SERVICE_WINDOW
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.builders import ADA, PHONE_NUMBER_ID, WEBHOOK_HEADERS, notification, text_message
from tests.integration.preference_page.pages import Page, set_registers
from tests.working import apply_commands


def write(client: FlaskClient, runtime: Runtime, *, hours_ago: float = 0) -> int:
    """Let Ada write something that asks for nothing; return when, in seconds."""
    moment = int(time.time() - hours_ago * 3600)
    client.post(
        "/webhooks/360dialog",
        json=notification(text_message("Where is my parcel?", timestamp=str(moment))),
        headers=WEBHOOK_HEADERS,
    )
    apply_commands(runtime)
    return moment


def waiting(runtime: Runtime) -> list[Confirmation]:
    ids = runtime.outbox.pending_of(f"wa.{ADA}")
    return [found[0] for one in ids if (found := runtime.outbox.load(one))]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param({"do": "stop"}, "stop", id="stop"),
        pytest.param({"do": "pause", "days": "7"}, "pause", id="pause"),
        pytest.param({"do": "save", "frequency": "1/week"}, "frequency", id="cap"),
        pytest.param(
            {"do": "save", "frequency": "1/week", "channel": "sms"}, "saved", id="several"
        ),
    ],
)
def test_a_change_is_confirmed_once_while_the_chat_is_open(
    client: FlaskClient,
    runtime: Runtime,
    page_of: Callable[..., Page],
    fields: dict[str, Any],
    kind: str,
) -> None:
    set_registers(runtime, messages="opted_in")
    moment = write(client, runtime, hours_ago=23)
    page = page_of().open(lang="fr")
    page.path += "?lang=fr"

    page.press(**{**page.fields(), **fields})
    page.press(**{**page.fields(), **fields})

    (confirmation,) = waiting(runtime)
    assert confirmation.kind == kind
    assert confirmation.language == "fr"
    assert confirmation.phone_number_id == PHONE_NUMBER_ID
    # It may wait for its turn as long as the window is open, which the page does not lengthen.
    left = timedelta(seconds=moment - time.time()) + SERVICE_WINDOW
    now = runtime.clock()
    kept = Preferences()
    assert reason_to_skip(confirmation, kept, now + left + timedelta(minutes=1)) == "window_closed"
    assert reason_to_skip(confirmation, kept, now) is None


def test_no_change_is_confirmed_to_somebody_who_has_not_written(
    client: FlaskClient, runtime: Runtime, page_of: Callable[..., Page]
) -> None:
    page_of().press("stop")
    assert waiting(runtime) == []

    write(client, runtime, hours_ago=25)
    page_of().press("start")
    assert waiting(runtime) == []


def test_a_business_with_two_numbers_confirms_through_the_one_of_the_chat(
    environ: dict[str, str], redis: Redis, tmp_path: Path
) -> None:
    path = tmp_path / "business.toml"
    business = Path("config/business.toml").read_text(encoding="utf-8")
    second = '[[numbers]]\nphone_number_id = "200300400500601"\n\n[[topics]]'
    path.write_text(business.replace("[[topics]]", second, 1), encoding="utf-8")
    app = create_app({**environ, "BUSINESS_FILE": str(path)})
    runtime: Runtime = app.extensions["heed"]
    client = app.test_client()
    write(client, runtime)

    def open_page(phone_number_id: str | None) -> Page:
        link = make_link(
            Recipient(wa_id=ADA),
            links=runtime.links,
            now=runtime.clock(),
            phone_number_id=phone_number_id,
        )
        return Page(client, f"/preferences/{runtime.tokens.sign_link(link.id)}").open()

    open_page(None).press("stop")
    assert waiting(runtime) == []
    open_page("200300400500601").press("start")
    assert [one.phone_number_id for one in waiting(runtime)] == ["200300400500601"]
