"""The `[[endpoints]]` of business.toml, and the secrets that sign what goes there."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.changes import ChangeType
from app.domain.endpoints import Endpoint
from app.endpoints.guard import list_url_problems
from app.endpoints.signing import is_signing_secret
from config.settings import Secret, SettingsError

# It stands in ids of jobs, in keys and in the labels of metrics.
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"ENDPOINT_SECRET[A-Z0-9_]*")
_ENTRIES = {"id", "url", "types", "secret_variable", "allow_private"}
_TYPES = frozenset(one.value for one in ChangeType)


def read_endpoints(
    entries: Sequence[Mapping[str, Any]], problems: list[str]
) -> tuple[Endpoint, ...]:
    """Read the endpoints, and add to `problems` what is wrong with them."""
    endpoints = tuple(_read(entry, problems) for entry in entries)
    ids = [one.id for one in endpoints]
    problems.extend(
        f"endpoints: {one} stands twice" for one in sorted({i for i in ids if ids.count(i) > 1})
    )
    return endpoints


def _read(entry: Mapping[str, Any], problems: list[str]) -> Endpoint:
    endpoint = Endpoint(
        id=str(entry.get("id", "")),
        url=str(entry.get("url", "")),
        secret_variable=str(entry.get("secret_variable", "")),
        types=_names(entry, "types", problems),
        allow_private=frozenset(one.lower() for one in _names(entry, "allow_private", problems)),
    )
    found = []
    if not _ID.fullmatch(endpoint.id):
        found.append("id must be up to 40 small letters, digits, - and _")
    if unknown := sorted(set(entry) - _ENTRIES):
        found.append(f"unknown entries {', '.join(unknown)}")
    if wrong := sorted(endpoint.types - _TYPES):
        found.append(f"types: {', '.join(wrong)}; these are known: {', '.join(sorted(_TYPES))}")
    if not _VARIABLE.fullmatch(endpoint.secret_variable):
        found.append(
            "secret_variable names a variable such as ENDPOINT_SECRET_CRM, not the secret itself"
        )
    found += list_url_problems(endpoint.url, allowed_hosts=endpoint.allow_private)
    problems.extend(f"endpoints: {endpoint.id[:40] or '(no id)'}: {one}" for one in found)
    return endpoint


def _names(entry: Mapping[str, Any], name: str, problems: list[str]) -> frozenset[str]:
    values = entry.get(name, [])
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        problems.append(f"endpoints: {name} must be a list of texts in quotes")
        return frozenset()
    return frozenset(values)


def secrets_of(
    endpoints: Sequence[Endpoint], secrets: Mapping[str, Sequence[Secret]]
) -> dict[str, tuple[str, ...]]:
    """Return the signing secrets by endpoint id.

    Raises:
        SettingsError: an endpoint has none, or one that is not of Standard Webhooks.
    """
    found: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for one in endpoints:
        found[one.id] = tuple(secret.reveal() for secret in secrets.get(one.secret_variable, ()))
        if not found[one.id] or not all(map(is_signing_secret, found[one.id])):
            problems.append(
                f"{one.secret_variable} must hold the signing secret of the endpoint {one.id}, "
                'several separated by commas. Make one with python -c "import base64, os; '
                "print('whsec_' + base64.b64encode(os.urandom(32)).decode())\""
            )
    if problems:
        raise SettingsError(problems)
    return found
