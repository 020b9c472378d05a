"""A server for each test that asks for one."""

from pathlib import Path

import pytest

from lumiku.core.db import Database
from support.api import Server, services_for, settings_for


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path) -> Server:
    return Server(services_for(db, database_url, settings_for(tmp_path)))
