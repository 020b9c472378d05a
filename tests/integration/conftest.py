"""A database for each test that asks for one."""

from collections.abc import AsyncIterator, Iterator

import pytest

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from support import database


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[str]:
    with database.running_server() as socket_folder:
        database.create_template(socket_folder)
        yield socket_folder


@pytest.fixture
def database_name(postgres_socket: str) -> str:
    return database.clone(postgres_socket)


@pytest.fixture
def database_url(postgres_socket: str, database_name: str) -> str:
    """As the application's role."""
    return database.url_of(postgres_socket, database_name, "app")


@pytest.fixture
def owner_url(postgres_socket: str, database_name: str) -> str:
    """The same database as the role that owns its tables."""
    return database.url_of(postgres_socket, database_name, "owner")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, DatabaseSettings())
    yield opened
    await opened.close()
