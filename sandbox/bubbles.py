"""How a message on the wire looks in a chat. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from sandbox.catalogue import Template

# Which field of a kind of message is what a person reads.
_TEXT_FIELDS: Final = {"text": "body", "button": "text", "reaction": "emoji"}


def render_content(content: Mapping[str, Any], template: Template | None = None) -> dict[str, Any]:
    """Return the parts of a bubble: text, header, footer, buttons, list, link, note.

    The content was checked before (sent by the business) or built here (sent by a person), but
    raw messages of scripts come here too, so nothing is taken for granted.
    """
    if template is not None:
        return render_template(content, template)
    kind = str(content.get("type", "text"))
    part = content.get(kind)
    part = part if isinstance(part, Mapping) else {}
    if kind == "interactive":
        return render_interactive(part)
    if kind == "system":
        return {"note": as_text(part.get("body"))}
    if kind in _TEXT_FIELDS:
        return {"text": as_text(part.get(_TEXT_FIELDS[kind]))}
    return {"text": as_text(part.get("caption")), "attachment": kind}


def render_template(content: Mapping[str, Any], template: Template) -> dict[str, Any]:
    """Return the bubble of a template, its buttons with the payloads set for this send."""
    sent = content.get("template")
    components = sent.get("components") if isinstance(sent, Mapping) else None
    values: list[str] = []
    payloads: dict[str, str] = {}
    for component in components if isinstance(components, list) else []:
        kind = str(component.get("type", "")).lower()
        if kind == "body":
            values = [as_text(parameter.get("text")) for parameter in component["parameters"]]
        elif kind == "button":
            payloads[str(component["index"])] = component["parameters"][0]["payload"]
    return {
        "text": template.fill(values),
        "footer": template.footer,
        "category": template.category,
        "buttons": [
            {"kind": "button", "id": payloads.get(str(position), label), "title": label}
            for position, label in enumerate(template.quick_replies)
        ],
    }


def render_interactive(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bubble of an interactive message or of the answer to one."""
    kind = part.get("type")
    for reply in ("button_reply", "list_reply"):
        answer = part.get(reply)
        if isinstance(answer, Mapping):
            return {
                "text": as_text(answer.get("title")),
                "footer": as_text(answer.get("description")),
            }
    bubble: dict[str, Any] = {
        name: as_text((part.get(source) or {}).get("text"))
        for name, source in (("header", "header"), ("text", "body"), ("footer", "footer"))
    }
    action = part.get("action")
    action = action if isinstance(action, Mapping) else {}
    if kind == "button":
        bubble["buttons"] = [
            {"kind": "button_reply", "id": b["reply"]["id"], "title": b["reply"]["title"]}
            for b in action.get("buttons", [])
        ]
    if kind == "list":
        bubble["list"] = {"button": action.get("button"), "sections": action.get("sections")}
    if kind == "cta_url":
        parameters = action.get("parameters", {})
        bubble["link"] = {"title": parameters.get("display_text"), "url": parameters.get("url")}
    if kind == "request_contact_info":
        bubble["attachment"] = "request for the phone number"
    return bubble


def as_text(value: Any) -> str:
    """Return a text for a bubble; anything else than a text is empty."""
    return value if isinstance(value, str) else ""
