"""A reply of ours in the wire format of the messages API."""

from collections.abc import Mapping
from typing import Any

from app.dialog360.messages import (
    Button,
    Row,
    Section,
    build_buttons,
    build_list,
    build_template,
    build_text,
)
from app.domain.confirmations import Confirmation
from app.domain.replies import Reply


def build_confirmation_body(reply: Reply, confirmation: Confirmation) -> Mapping[str, Any]:
    """Put a reply into the wire format: plain text, or text with buttons or with a list."""
    if reply.template:
        return build_template(
            confirmation.recipient,
            reply.template.name,
            reply.template.language,
            reply.template.values,
            button_id=reply.template.button_id,
            tracker=confirmation.tracker,
        )
    answers = confirmation.details.get("answers")
    if reply.menu:
        return build_list(
            confirmation.recipient,
            reply.text,
            reply.menu.button,
            [
                Section(one.title, [Row(row.id, row.title, row.description) for row in one.rows])
                for one in reply.menu.sections
            ],
            tracker=confirmation.tracker,
            answers=answers,
        )
    if not reply.buttons:
        return build_text(
            confirmation.recipient, reply.text, tracker=confirmation.tracker, answers=answers
        )
    return build_buttons(
        confirmation.recipient,
        reply.text,
        [Button(button.id, button.title) for button in reply.buttons],
        tracker=confirmation.tracker,
        answers=answers,
    )
