"""The description of the API, generated from the types that its routes use (OpenAPI 3.1)."""

import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

from app.domain.business import Business, Category
from app.web import (
    contract,
    feed_contract,
    figures,
    forgetting,
    gateway_openapi,
    opt_ins,
    reassigning,
    receipts,
    reservations,
)
from app.web.operations import Operation

_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}
_NAMES_OF_CAPS = "caps"


_CHANGE_HEADERS = {
    "If-Match": "The ETag that was read; the change is refused (412) when it is not current.",
    "Idempotency-Key": "The same key and body get the same answer for a day, and change once.",
}
OPERATIONS = (
    Operation(
        "post",
        "/v1/check",
        "May these people be sent this?",
        ("send", "read"),
        contract.CheckAnswer,
        body=contract.CheckRequest,
        problems=(400, 413),
    ),
    *reservations.OPERATIONS,
    Operation(
        "get",
        "/v1/recipients/{id}",
        "What does this person allow?",
        ("read",),
        contract.RecipientBody,
        problems=(400,),
    ),
    Operation(
        "patch",
        "/v1/recipients/{id}",
        "Change it on the person's behalf",
        ("write",),
        contract.RecipientBody,
        body=contract.ChangeRequest,
        problems=(400, 409, 412, 413, 422),
        headers=_CHANGE_HEADERS,
    ),
    Operation(
        "get",
        "/v1/recipients/{id}/history",
        "What happened, with its proof",
        ("read",),
        contract.HistoryAnswer,
        problems=(400,),
    ),
    *receipts.OPERATIONS,
    *feed_contract.OPERATIONS,
    *opt_ins.OPERATIONS,
    *forgetting.OPERATIONS,
    *figures.OPERATIONS,
    *reassigning.OPERATIONS,
    Operation(
        "post",
        "/v1/preference-links",
        "Make a link to the person's own page",
        ("write",),
        contract.LinkAnswer,
        status=201,
        body=contract.LinkRequest,
        problems=(400, 413),
    ),
)
_TITLES = {
    400: "The request makes no sense; `detail` says what to do",
    401: "No token, or a wrong one",
    403: "The token has not this scope",
    409: "The same key is being worked on",
    410: "What you ask for is no longer kept",
    412: "The record has changed meanwhile",
    413: "Too much at once",
    422: "The key was used for another body",
    503: "Nothing was decided; ask again, and take it as a no",
}


def describe_api(business: Business) -> dict[str, Any]:
    """Return the description of the API of this business, with its own topics."""
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    paths.update(gateway_openapi.describe_gateway())
    types_used = [contract.ProblemBody, *_types_of(OPERATIONS), *gateway_openapi.SCHEMAS]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Heed",
            "version": "1",
            "description": "Ask before you send, read what people allow, change it with proof.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                **gateway_openapi.SECURITY_SCHEMES,
            },
            "schemas": {
                one.__name__: _schema_of_body(one, business, is_closed=one in _requests())
                for one in types_used
            },
        },
    }


def _types_of(operations: tuple[Operation, ...]) -> list[type]:
    """Return every body type once, those inside of others included."""
    found: dict[type, None] = {}
    waiting: list[Any] = [one for op in operations for one in (op.answer, op.body) if one]
    while waiting:
        one = waiting.pop(0)
        if typing.is_typeddict(one):
            if one not in found:
                found[one] = None
                waiting.extend(typing.get_type_hints(one, include_extras=True).values())
        else:
            waiting.extend(get_args(one))
    return list(found)


def _describe(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": f"{operation.method}{operation.path.title()}".translate(
            {ord(mark): None for mark in "/{}-_"}
        ),
        "description": f"Needs the scope {' or '.join(operation.scopes)}.",
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): {
                "description": (operation.answer.__doc__ or "").strip(),
                "content": {
                    "application/json": {"schema": _ref(operation.answer)},
                    **{kind: {} for kind in operation.also},
                },
            },
            **{str(status): _problem(status) for status in (*operation.problems, 401, 403, 503)},
        },
    }
    if operation.body:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(operation.body)}},
        }
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    query = [
        {
            "name": name,
            "in": "query",
            "description": schema["description"],
            "schema": {key: value for key, value in schema.items() if key != "description"},
        }
        for name, schema in operation.query.items()
    ]
    return [*_path_parameters(operation), *_header_parameters(operation), *query]


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    if "{id}" not in operation.path:
        return []
    schema = {"type": "string", **get_args(contract.RecipientId)[1]}
    return [{"name": "id", "in": "path", "required": True, "schema": schema}]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}
        for name, text in (operation.headers or {}).items()
    ]


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": _TITLES[status],
        "content": {"application/problem+json": {"schema": _ref(contract.ProblemBody)}},
    }


def _ref(body: type) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{body.__name__}"}


def _requests() -> list[type]:
    """Return the types of whole requests, in which an unknown name is refused."""
    return [operation.body for operation in OPERATIONS if operation.body]


def _schema_of_body(body: type, business: Business, *, is_closed: bool) -> dict[str, Any]:
    """Return the schema of a TypedDict."""
    hints = typing.get_type_hints(body, include_extras=True)
    return {
        **({"additionalProperties": False} if is_closed else {}),
        "type": "object",
        "description": (body.__doc__ or "").strip(),
        "properties": {name: _schema(hint, business) for name, hint in hints.items()},
        "required": sorted(body.__required_keys__),  # type: ignore[attr-defined]
    }


def _schema(hint: Any, business: Business) -> dict[str, Any]:  # noqa: PLR0911 - one line a kind of type
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.NotRequired:
        return _schema(arguments[0], business)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1], business)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin in {typing.Union, types.UnionType}:
        return {"anyOf": [_schema(one, business) for one in arguments]}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], business)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], business)}
    if hint is type(None):
        return {"type": "null"}
    if typing.is_typeddict(hint):
        return _ref(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return {"type": _SCALARS[hint]} if hint in _SCALARS else {}


def _annotated(hint: Any, notes: Mapping[str, Any], business: Business) -> dict[str, Any]:
    schema = {**_schema(hint, business), **notes}
    kind = schema.pop("x-names", None)
    if kind is None:
        return schema
    names = [topic.id for topic in business.topics] + [category.value for category in Category]
    if kind == _NAMES_OF_CAPS:
        names = ["all", *names]
    if schema.get("type") == "string":
        return {**schema, "enum": names}
    value = schema.pop("additionalProperties")
    properties = dict.fromkeys(names, value)
    return {**schema, "properties": properties, "additionalProperties": False}
