"""What is let go of while somebody reads: nobody takes the rest for the whole."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.deliveries import FollowedFeed
from app.delivery_ports import FeedGapError
from app.runtime import Runtime
from app.store.feed import FeedEntry, RedisFeed
from app.web.errors import register_errors
from app.web.feed import create_feed
from tests.builders import API_HEADERS
from tests.integration.feed.test_reading import opt_out

_LATER = timedelta(days=31)


class TrimmedJustBefore(RedisFeed):
    """Is trimmed in the last moment before each read, when the cursor was checked already."""

    def read(self, after: str, *, most: int, wait: timedelta | None = None) -> list[FeedEntry]:
        self.trim(datetime.fromisoformat("2100-01-01T00:00Z"))
        return super().read(after, most=most, wait=wait)


@pytest.fixture
def cursor(runtime: Runtime) -> str:
    """Give the place of somebody who has read a little of a long feed."""
    opt_out(runtime, *range(300))
    return runtime.feed.read("0-0", most=1)[0].id


@pytest.fixture
def feed(runtime: Runtime) -> RedisFeed:
    return TrimmedJustBefore(runtime.redis, kept=_LATER)


def test_who_follows_is_told_of_the_gap(feed: RedisFeed, cursor: str) -> None:
    with pytest.raises(FeedGapError):
        FollowedFeed(feed).read(cursor, most=1000)


def test_so_is_who_asks_over_http(runtime: Runtime, feed: RedisFeed, cursor: str) -> None:
    app = Flask(__name__)
    app.register_blueprint(create_feed(replace(runtime, feed=feed)))
    register_errors(app)
    query = {"limit": "1000"}

    answer = app.test_client().get(
        "/v1/events", query_string={"after": cursor, **query}, headers=API_HEADERS
    )
    from_the_start = app.test_client().get("/v1/events", query_string=query, headers=API_HEADERS)

    assert answer.status_code == 410
    assert from_the_start.status_code == 200
