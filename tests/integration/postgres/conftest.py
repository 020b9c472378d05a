"""Folders and servers for the tests of the embedded PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from support.postgres_accounts import data_folder


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
def server(data: Path) -> Iterator[PostgresServer]:
    """One that is not started yet."""
    made = PostgresServer(data, PostgresSettings())
    yield made
    made.stop()
