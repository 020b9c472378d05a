"""Secrets are made once for a database, and their loss is told rather than papered over."""

import asyncio
from pathlib import Path

import pytest

from lumiku.core.db import Database
from lumiku.core.secrets import FILE_NAME, load_or_create_secrets, rotate_secrets
from lumiku.serve.errors import SecretsLost
from lumiku.serve.keep_secrets import keep_secrets
from support.database import create_empty, url_of
from support.people import People


async def keep(url: str, folder: Path) -> None:
    await asyncio.to_thread(keep_secrets, url, folder)


async def test_a_new_database_is_given_some(db: Database, database_url: str, tmp_path: Path) -> None:
    await keep(database_url, tmp_path)
    made = load_or_create_secrets(tmp_path)
    await keep(database_url, tmp_path)
    assert load_or_create_secrets(tmp_path) == made


async def test_those_of_a_database_with_accounts_are_not_replaced(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    people = People(db)
    await people.register("ada@example.com")
    people.passwords.close()
    for _ in range(2):  # and the first refusal left nothing that the second start would take
        with pytest.raises(SecretsLost, match="rotate-signing-key"):
            await keep(database_url, tmp_path)
        assert not (tmp_path / FILE_NAME).exists()
    made = rotate_secrets(tmp_path)  # what the operator does who knows that they are lost
    await keep(database_url, tmp_path)
    assert load_or_create_secrets(tmp_path) == made


async def test_a_database_without_tables_has_no_accounts(postgres_socket: str, tmp_path: Path) -> None:
    await keep(url_of(postgres_socket, create_empty(postgres_socket), "app"), tmp_path)
    assert (tmp_path / FILE_NAME).exists()
