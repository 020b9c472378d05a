"""The script that starts a revision writes what the tables have and the revisions lack."""

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy import Column, String

from lumiku.migrations.tables import metadata
from support import database
from support.database import query

SCRIPT = Path(__file__).parents[2] / "scripts/new_revision.py"


def test_a_new_column_becomes_a_revision_that_works(
    postgres_socket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("new_revision", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    users = metadata.tables["users"]
    phone = Column("phone", String(20))
    users.append_column(phone)
    try:
        written = script.write_revision("Phone numbers", postgres_socket, tmp_path)
    finally:
        users._columns.remove(phone)
    assert "downgrade" not in written.read_text()

    name = database.create_empty(postgres_socket)
    url = database.url_of(postgres_socket, name)
    applied = script.migrate(url, "app", versions=(script.VERSIONS, tmp_path))
    assert written.name.startswith(applied[-1])
    assert written.name.endswith("_phone_numbers.py")
    column = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'users'::regclass"
    assert query(url, f"{column} AND attname = 'phone'") == [("character varying(20)",)]
