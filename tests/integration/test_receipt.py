"""A person's receipt: complete, provable, and readable by machines and people."""

import io
import json
import logging
import time
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from app.runtime import Runtime
from app.store import keys
from tests.builders import (
    ADA,
    ADA_BSUID,
    API_HEADERS,
    WEBHOOK_HEADERS,
    notification,
    text_message,
)
from tests.working import work

URL = f"/v1/recipients/{ADA}/receipt"
WORDS = "STOP OFFERS"
AGENT = {"reason": "asked by phone, रोकिए", "actor": "Sam"}


@pytest.fixture(autouse=True)
def _story(client: FlaskClient, runtime: Runtime) -> None:
    """An agent opts Ada in, she ends offers by a word, and then everything."""
    change = {"messages": "opted_in", "evidence": AGENT}
    assert (
        client.patch(f"/v1/recipients/{ADA}", json=change, headers=API_HEADERS).status_code == 200
    )
    contacts = [{"wa_id": ADA, "user_id": ADA_BSUID}]
    for later, words in enumerate((WORDS, "STOP"), start=2):
        body = notification(
            text_message(words, timestamp=str(int(time.time()) + later)), contacts=contacts
        )
        assert client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS).json
        work(runtime)


def receipt(client: FlaskClient, url: str = URL) -> dict[str, Any]:
    answer = client.get(url, headers=API_HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.data)
    return found


def choices(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for event in found["events"] if "method" in event]


def read_pdf(content: bytes) -> tuple[str, dict[str, Any]]:
    pdf = pypdfium2.PdfDocument(io.BytesIO(content))
    text = "\n".join(page.get_textpage().get_text_range() for page in pdf)
    attachment = pdf.get_attachment(0)
    assert attachment.get_name() == "receipt.json"
    return " ".join(text.split()), json.loads(bytes(attachment.get_data()))


def test_it_has_every_consent_and_withdrawal_in_order(client: FlaskClient) -> None:
    found = receipt(client)

    assert found["schema_version"] == "ISO/IEC TS 27560:2023"
    assert found["pii_principal_id"] == ADA
    assert found["state"]["messages"] == "opted_out"
    assert [(one["event_state"], one["method"]) for one in choices(found)] == [
        ("given", "api"),
        ("withdrawn", "keyword"),
        ("withdrawn", "keyword"),
    ]
    yes, offers, everything = choices(found)
    assert (yes["given"], yes["event_type"]) == (["*"], "recorded on the person's behalf")
    assert yes["recorded_by"] == {**AGENT, "via": "tests"}
    assert (offers["withdrawn"], offers["words"], offers["event_type"]) == (
        ["offers"],
        WORDS,
        "explicit",
    )
    assert everything["withdrawn"] == ["*"]


def test_it_says_what_is_allowed_for_each_purpose(client: FlaskClient) -> None:
    purposes = {one["purpose"]: one for one in receipt(client)["purposes"]}

    assert set(purposes) == {"offers", "news", "orders"}
    assert not any(one["allowed"] for one in purposes.values())
    assert purposes["offers"]["lawful_basis"] == "consent"


def test_the_chain_is_verified(client: FlaskClient, redis: Redis) -> None:
    sound = receipt(client)
    assert sound["integrity"]["verified"] is True
    head = redis.hget(keys.preferences_key(f"wa.{ADA}"), "head").decode()
    assert head in {chain["head"] for chain in sound["integrity"]["chains"]}
    assert receipt(client)["record_id"] == sound["record_id"]

    redis.rpop(keys.evidence_key(f"wa.{ADA}"))

    broken = receipt(client)
    assert broken["integrity"]["verified"] is False
    text, _ = read_pdf(client.get(f"{URL}?format=pdf&language=en", headers=API_HEADERS).data)
    assert "EDITED" in text


def test_a_yes_to_all_is_told_as_one_though_it_names_a_topic_too(client: FlaskClient) -> None:
    change = {"messages": "opted_in", "topics": {"offers": True}, "evidence": AGENT}
    client.patch(f"/v1/recipients/{ADA}", json=change, headers=API_HEADERS)

    given = [one["given"] for one in choices(receipt(client)) if one["method"] == "api"]
    assert given == [["*"], ["*", "offers"]]


def test_words_beside_a_link_are_not_told_as_shown(client: FlaskClient, runtime: Runtime) -> None:
    body = notification(text_message("START · shop-receipt", timestamp=str(int(time.time()) + 9)))
    client.post("/webhooks/360dialog", json=body, headers=WEBHOOK_HEADERS)
    work(runtime)

    text, inside = read_pdf(client.get(f"{URL}?format=pdf&language=en", headers=API_HEADERS).data)
    assert choices(inside)[-1]["given"] == ["offers"]
    assert choices(inside)[-1]["evidence"]["wording_told_by"] == "default"
    assert "stands beside" in text
    assert "What was shown" not in text


def test_no_sign_turns_on_paper_what_the_evidence_says(client: FlaskClient) -> None:
    change = {"messages": "opted_in", "evidence": {**AGENT, "reason": "order \u202eevil A-1"}}
    client.patch(f"/v1/recipients/{ADA}", json=change, headers=API_HEADERS)

    text, _ = read_pdf(client.get(f"{URL}?format=pdf&language=en", headers=API_HEADERS).data)
    assert "order [(right-to-left override)]evil A-1" in text


def test_on_paper_it_says_the_same(client: FlaskClient) -> None:
    answer = client.get(URL, headers={**API_HEADERS, "Accept": "application/pdf"})

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ADA not in answer.headers["Content-Disposition"]
    text, inside = read_pdf(answer.data)
    for fact in ("Receipt of consent", f"+{ADA}", WORDS, "Sam", "asked by phone", "Yes to"):
        assert fact in text, fact
    assert "[Devanagari: rokie]" in text
    assert choices(inside)[0]["recorded_by"]["reason"] == AGENT["reason"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("pt", "Recibo de consentimento"), ("de", "Quittung"), ("fr", "Reçu"), ("es", "Recibo")],
)
def test_it_speaks_the_language_asked_for(client: FlaskClient, language: str, title: str) -> None:
    answer = client.get(f"{URL}?format=pdf&language={language}", headers=API_HEADERS)

    assert title in read_pdf(answer.data)[0]


def test_in_arabic_it_is_drawn_from_right_to_left(client: FlaskClient) -> None:
    answer = client.get(f"{URL}?format=pdf&language=ar", headers=API_HEADERS)

    page = pypdfium2.PdfDocument(io.BytesIO(answer.data))[0]
    image = page.render(scale=1).to_pil().convert("L")
    ink = image.crop((0, 0, image.width, 75)).point(lambda value: 255 if value < 128 else 0)
    left, _, right, _ = ink.getbbox()
    assert left > image.width / 2
    assert right > image.width * 0.85


def test_printing_logs_no_letter_of_it(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get(f"{URL}?format=pdf", headers=API_HEADERS)

    assert not [one for one in caplog.records if one.name.startswith(("fontTools", "fpdf"))]


def test_who_was_never_heard_of_has_an_empty_receipt(client: FlaskClient) -> None:
    found = receipt(client, "/v1/recipients/447700900999/receipt")

    assert found["events"] == []
    assert found["integrity"] == {
        "verified": True,
        "entries": 0,
        "method": "each entry holds the SHA-256 of the one before",
        "chains": [],
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"{URL}?format=doc", 400, id="no such format"),
        pytest.param(f"{URL}?format=pdf&language=tlh", 400, id="no such language"),
        pytest.param("/v1/recipients/nobody/receipt", 400, id="nobody"),
    ],
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path, headers=API_HEADERS).status_code == status


def test_it_needs_the_scope_read(client: FlaskClient) -> None:
    assert client.get(URL).status_code == 401


def test_the_command_line_writes_it_too(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    path = tmp_path / "receipt.pdf"

    shown = run(args=["recipients", "receipt", ADA])
    written = run(args=["recipients", "receipt", ADA, "--pdf", str(path), "--language", "pt"])

    assert json.loads(shown.stdout)["pii_principal_id"] == ADA
    assert written.exit_code == 0, written.output
    assert "Recibo de consentimento" in read_pdf(path.read_bytes())[0]
    assert run(args=["recipients", "receipt", ADA, "--pdf", str(tmp_path)]).exit_code == 2
    assert run(args=["recipients", "receipt", ADA, "--language", "xx"]).exit_code == 2
