"""Build notifications for tests of parsing: one message, one field different."""

from typing import Any

ADA_PHONE = "447700900123"
ADA_BSUID = "GB.81726354908172635490"
BO_PHONE = "15550100456"
BO_BSUID = "US.55443322110099887766"


def make_message(**fields: Any) -> dict[str, Any]:
    """Return a text message of Ada; a field given as None is left out."""
    message = {
        "from": ADA_PHONE,
        "id": "wamid.test",
        "timestamp": "1795176000",
        "type": "text",
        "text": {"body": "STOP"},
    }
    message.update({"from" if name == "sender" else name: value for name, value in fields.items()})
    return {name: value for name, value in message.items() if value is not None}


def make_notification(field: str = "messages", **value: Any) -> dict[str, Any]:
    """Return a notification with one change whose value has these lists."""
    metadata = {"display_phone_number": "15550102030", "phone_number_id": "200300400500600"}
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {"id": "1", "changes": [{"field": field, "value": {"metadata": metadata, **value}}]}
        ],
    }
