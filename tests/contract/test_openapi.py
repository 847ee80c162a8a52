"""The API's description is valid, says all of the API, and is what the API does."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from app.web.openapi import OPERATIONS
from tests.builders import API_HEADERS, API_SECRET


@pytest.mark.parametrize(
    ("path", "method"), [(one.path, one.method) for one in OPERATIONS], ids=str
)
def test_the_api_does_what_its_description_says(app: Flask, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)[path][method]

    # A schema cannot say that a pause ends in the future, which revision is the present one, or
    # which cursors there are, what a source asks for, or that only a number changes hands.
    excluded = (
        [positive_data_acceptance]
        if method == "patch"
        or path in {"/v1/events", "/v1/suppressed", "/v1/opt-ins"}
        or path.endswith("/reassigned")
        else []
    )

    # Run by hand: the plugin of schemathesis and this pytest do not know each other.
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send_whatever_fits(case: Any) -> None:
        # Nothing ever happens here, so that a wait would last as long as it may.
        (case.query or {}).pop("wait", None)
        case.call_and_validate(headers=API_HEADERS, excluded_checks=excluded)

    send_whatever_fits()


def test_the_description_is_valid(client: FlaskClient) -> None:
    description = client.get("/openapi.json").json
    assert description is not None
    validate(description)


def test_every_route_of_the_api_is_described(app: Flask, client: FlaskClient) -> None:
    described = client.get("/openapi.json").json["paths"]
    # What the drop-in passes on unread is described by 360dialog; what it may refuse, by us.
    passed_on = {"/v1/configs/templates"}
    routes = {
        (rule.rule.replace("<recipient_id>", "{id}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and rule.rule not in passed_on
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    routes |= {(path, "post") for path in ("/messages", "/v{version}/{phone_number_id}/messages")}
    assert routes == {(path, method) for path, methods in described.items() for method in methods}


@pytest.mark.parametrize("path", ["/messages", "/v{version}/{phone_number_id}/messages"])
def test_the_drop_in_answers_what_its_description_says(app: Flask, path: str) -> None:
    """Whatever object is sent; nobody listens where 360dialog would be."""
    operation = schemathesis.openapi.from_wsgi("/openapi.json", app)[path]["post"]
    checks = [positive_data_acceptance, ignored_auth]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send_whatever_fits(case: Any) -> None:
        headers = {**API_HEADERS, "D360-API-KEY": API_SECRET}
        case.call_and_validate(headers=headers, excluded_checks=checks)

    send_whatever_fits()


def test_the_description_names_the_topics_of_the_business(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").json["components"]["schemas"]

    topics = schemas["ChangeRequest"]["properties"]["topics"]["properties"]
    assert {"offers", "news", "orders", "marketing"} <= set(topics)


def test_the_page_to_try_it_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs")

    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.get_data(as_text=True).replace("http-equiv", "")
    for name in ("page.js", "page.css"):
        with client.get(f"/docs/static/{name}") as answer:
            assert answer.status_code == 200
