"""A few calls to a running sandbox, and bodies to send to it."""

import copy
from dataclasses import dataclass
from typing import Any

import requests

KEY = {"D360-API-KEY": "sandbox-key"}
ADA = "447700900123"
ADA_BSUID = "GB.81726354908172635490"


@dataclass(frozen=True, slots=True)
class Client:
    url: str

    def get(self, path: str, **headers: str) -> Any:
        return requests.get(self.url + path, headers={**KEY, **headers}, timeout=5).json()

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        return requests.post(self.url + path, json=body, headers={**KEY, **headers}, timeout=5)

    def delete(self, path: str) -> requests.Response:
        return requests.delete(self.url + path, timeout=5)

    def send(self, body: Any) -> requests.Response:
        return self.post("/messages", body)

    def open_window(self, recipient: str = ADA) -> None:
        assert self.post("/window", {"recipient": recipient}).status_code == 200


def text_message(**changes: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "to": f"+{ADA}",
        "type": "text",
        "text": {"body": "Hello"},
        **changes,
    }


def interactive(kind: str, action: dict[str, Any], **changes: Any) -> dict[str, Any]:
    part = {"type": kind, "body": {"text": "Choose"}, "action": action, **changes}
    return {
        "messaging_product": "whatsapp",
        "to": f"+{ADA}",
        "type": "interactive",
        "interactive": part,
    }


def buttons(count: int = 1, **changes: Any) -> dict[str, Any]:
    replies = [{"id": f"id-{n}", "title": f"Button {n}", **changes} for n in range(count)]
    return {"buttons": [{"type": "reply", "reply": reply} for reply in replies]}


def list_action(rows: int = 1, sections: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "button": "Open",
        "sections": [
            {
                "title": f"Part {s}",
                "rows": [{"id": f"{s}-{n}", "title": "Row", **changes} for n in range(rows)],
            }
            for s in range(sections)
        ],
    }


def link_action(**changes: Any) -> dict[str, Any]:
    parameters = {"display_text": "Open", "url": "https://example.com", **changes}
    return {"name": "cta_url", "parameters": parameters}


def template_message(name: str = "spring_offer", *parameters: str) -> dict[str, Any]:
    values = [{"type": "text", "text": text} for text in parameters or ("Ada",)]
    return {
        "messaging_product": "whatsapp",
        "to": f"+{ADA}",
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": "en_GB"},
            "components": [{"type": "body", "parameters": values}],
        },
    }


def with_button(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(body)
    button = {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "heed:stop"}],
        **changes,
    }
    body["template"]["components"].append(button)
    return body
