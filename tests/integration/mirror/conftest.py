import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.mirror.tables import create_tables, open_database
from tests.postgres import PostgresMissingError, running_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a real PostgreSQL; where none can be run, say so, and fail in CI."""
    try:
        with running_postgres() as url:
            yield url
    except PostgresMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL can not be run here: {error}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mirror.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = open_database(url)
    with engine.begin() as connection:
        for table in ("heed_topics", "heed_addresses", "heed_recipients", "heed_cursor"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    create_tables(engine)
    yield engine
    engine.dispose()
