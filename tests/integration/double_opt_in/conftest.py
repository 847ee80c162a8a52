"""The form of a website, as its script sends it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.runtime import Runtime
from tests.integration.double_opt_in.forms import PATH, REAL, Send


@pytest.fixture
def wording_id(runtime: Runtime) -> str:
    source = runtime.business.source("website-form")
    assert source is not None
    return source.wording("en").id


@pytest.fixture
def send(client: FlaskClient, wording_id: str) -> Send:
    """Send the form as the script does, with what a test changes."""

    def post(
        number: str = f"+{REAL}", *, headers: dict[str, str] | None = None, **form: str
    ) -> Any:
        body = {
            "number": number,
            "agree": "yes",
            "wording_id": wording_id,
            "lang": "en",
            "page": "https://shop.example/newsletter?email=ada@example.com#top",
            "utm_source": "mail",
            **form,
        }
        return client.post(
            PATH,
            data={name: value for name, value in body.items() if value},
            headers={"Accept": "application/json", **(headers or {})},
        )

    return post
