"""Pages of people, open before a test begins."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.recipients import Recipient
from app.runtime import Runtime
from app.usecases.preference_links import make_link
from tests.builders import ADA
from tests.integration.preference_page.pages import Page


@pytest.fixture
def page_of(client: FlaskClient, runtime: Runtime) -> Callable[..., Page]:
    def open_page(wa_id: str = ADA, **link: Any) -> Page:
        made = make_link(Recipient(wa_id=wa_id), links=runtime.links, now=runtime.clock(), **link)
        return Page(client, f"/preferences/{runtime.tokens.sign_link(made.id)}").open()

    return open_page
