"""What holds for all tests, and a real database for each test that asks for one."""

import signal
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # unit tests do without
    from lumiku.core.db import Database
    from support.people import People

# A shell that starts the tests in the background has them ignore Ctrl-C, and every command that they drive by
# signals would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes one must not begin the longest file when the others are about to end."""
    from support.parallel import long_first

    if hasattr(config, "workerinput"):
        items[:] = long_first(items)


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[str]:
    """One server a test process, by its socket's folder; at its end no query of ours may lack an index."""
    from support import database, index_watch

    with database.running_server() as socket_folder, index_watch.watching() as watch:
        database.create_template(socket_folder)
        yield socket_folder
        owner_url = database.url_of(socket_folder, database.clone(socket_folder), "owner")
        unindexed = watch.complaints(owner_url)
    assert not unindexed, "without an index:\n" + "\n".join(unindexed)


@pytest.fixture
def database_name(postgres_socket: str) -> str:
    """A database of the test's own, as the migrations make it."""
    from support import database

    return database.clone(postgres_socket)


@pytest.fixture
def database_url(postgres_socket: str, database_name: str) -> str:
    """As the application's role."""
    from support import database

    return database.url_of(postgres_socket, database_name, "app")


@pytest.fixture
def owner_url(postgres_socket: str, database_name: str) -> str:
    """The same database as the role that owns its tables."""
    from support import database

    return database.url_of(postgres_socket, database_name, "owner")


@pytest.fixture
async def db(database_url: str) -> "AsyncIterator[Database]":
    """The same database as the application uses it."""
    from lumiku.core.db import Database
    from lumiku.core.settings import DatabaseSettings

    opened = Database(database_url, DatabaseSettings())
    yield opened
    await opened.close()


@pytest.fixture
async def people(db: "Database") -> "AsyncIterator[People]":
    """Those of that database."""
    from support.people import People

    made = People(db)
    yield made
    made.passwords.close()
