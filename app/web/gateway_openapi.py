"""The drop-in in /openapi.json: what is ours of it. Its bodies are 360dialog's own."""

from typing import Any, NotRequired, TypedDict

from app.domain.permission import Reason
from app.web.contract import Moment


class Message(TypedDict):
    """A message in the words of 360dialog's own API, which describes the rest of it."""

    messaging_product: NotRequired[str]
    to: NotRequired[str]
    recipient: NotRequired[str]
    type: NotRequired[str]


class RefusalData(TypedDict):
    """What is wrong, for people; a refusal has its reason and until when beside."""

    messaging_product: str
    details: str
    reason: NotRequired[Reason]
    until: NotRequired[Moment | None]


class MessageErrorData(TypedDict):
    """An error as Meta writes it; clients go by the code."""

    message: str
    type: str
    code: int
    error_data: RefusalData
    fbtrace_id: str


class MessageError(TypedDict):
    """An error of the messages API; 131050 means that the person must not be sent this."""

    error: MessageErrorData


_ANSWERS = {
    200: "What 360dialog answered, byte for byte; so are errors of its own",
    400: "131050: the person must not be sent this. 100, 131008, 131009: the request names nobody",
    401: "No token, or a wrong one",
    403: "The token has not the scope `send`, or the number is not its own",
    404: "No such path",
    413: "Over 256 kB",
    429: "Heed has as many messages at 360dialog as it may at once; nothing was sent",
    503: "The store or 360dialog can not be reached; nothing was sent",
    504: "360dialog did not answer; it may have been sent",
}
SECURITY_SCHEMES = {"sender": {"type": "apiKey", "in": "header", "name": "D360-API-KEY"}}
SCHEMAS = (Message, MessageError, MessageErrorData, RefusalData)
"""The types of the request and of errors."""


def describe_gateway() -> dict[str, Any]:
    """Return the paths of the drop-in that send messages."""
    number = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": kind},
        }
        for name, kind in (("version", "number"), ("phone_number_id", "integer"))
    ]
    return {
        "/messages": {"post": _send("sendMessage", "sender", [])},
        "/v{version}/{phone_number_id}/messages": {
            "post": _send("sendCloudMessage", "token", number)
        },
    }


def _send(name: str, scheme: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    body = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
        "required": True,
    }
    return {
        "summary": "Send a message, if the person may be sent it",
        "operationId": name,
        "description": "Needs the scope send. The body is that of 360dialog's own API.",
        "security": [{scheme: []}],
        "parameters": parameters,
        "requestBody": body,
        "responses": {str(status): _answer(status) for status in _ANSWERS},
    }


def _answer(status: int) -> dict[str, Any]:
    error = {"$ref": "#/components/schemas/MessageError"}
    # A wrong key is answered as 360dialog's gateway does, everything else as Meta does.
    schema = {"type": "object"} if status in {200, 401} else error
    return {"description": _ANSWERS[status], "content": {"application/json": {"schema": schema}}}
