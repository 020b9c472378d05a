"""Databases without a table."""

import pytest

from support import database


@pytest.fixture
def empty_name(postgres_socket: str) -> str:
    return database.create_empty(postgres_socket)


@pytest.fixture
def empty_url(postgres_socket: str, empty_name: str) -> str:
    """As the role that owns the database."""
    return database.url_of(postgres_socket, empty_name, "owner")
