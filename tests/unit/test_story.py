from typing import Any

from app.cli.story import describe_recipient

VIEW: dict[str, Any] = {
    "recipient": "447700900123",
    "bsuid": "GB.81726354908172635490",
    "messages": "opted_out",
    "paused_until": "2026-12-01T09:00:00.000Z",
    "topics": {"offers": False},
    "frequency": {"all": "weekly"},
    "channel": "sms",
    "whatsapp_marketing": "stopped",
    "holds": ["*", "offers", "*"],
    "revision": 7,
    "updated_at": "2026-11-22T10:00:00.000Z",
}
CONFIRMATION = {"kind": "confirmation", "at": 0, "reply": "stop", "state": "sent", "reason": None}
DELIVERY = {"kind": "delivery", "at": 0, "status": "delivered", "error_code": None}


def history_of(*entries: dict[str, Any], is_intact: bool = True) -> list[str]:
    chains = [{"identity": "wa.447700900123", "intact": is_intact}]
    lines = list(describe_recipient({**VIEW, "history": list(entries), "chains": chains}))
    return [line.removeprefix("  1970-01-01 00:00:00Z  ") for line in lines[12:]]


def test_every_register_has_its_line() -> None:
    assert list(describe_recipient(VIEW)) == [
        "Recipient    447700900123",
        "BSUID        GB.81726354908172635490",
        "Messages     opted_out",
        "Paused       until 2026-12-01T09:00:00.000Z",
        "Topics       offers off",
        "Frequency    all weekly",
        "Channel      sms",
        "In WhatsApp  marketing stopped",
        "Held         everything, offers",
        "Revision     7, changed 2026-11-22T10:00:00.000Z",
    ]


def test_answers_and_links_are_told() -> None:
    assert history_of(
        CONFIRMATION,
        {**CONFIRMATION, "state": "dropped", "reason": "window_closed"},
        DELIVERY,
        {**DELIVERY, "status": "failed", "error_code": 131047},
        {"kind": "linked", "at": 0, "with": [{"identity": "bs.GB.1"}]},
        {"kind": "linked", "at": 0, "with": []},
        {"kind": "something new", "at": 0},
    ) == [
        "confirmation stop sent",
        "confirmation stop dropped (window_closed)",
        "confirmation delivered",
        "confirmation failed (code 131047)",
        "linked with bs.GB.1",
        "linked with another id of the same person",
        "something new",
        "The evidence is intact.",
    ]


def test_broken_evidence_is_told() -> None:
    assert "EDITED" in history_of(DELIVERY, is_intact=False)[-1]
