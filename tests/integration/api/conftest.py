"""A server for each test that asks for one, and a shop with a gateway on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.core.db import Database
from support.api import Server, services_for, settings_for
from support.duitku_server import Duitku, duitku_server
from support.paying import Shop


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path) -> Server:
    return Server(services_for(db, database_url, settings_for(tmp_path)))


@pytest.fixture(scope="module")
def gateway() -> Iterator[Duitku]:
    with duitku_server() as running:
        yield running


@pytest.fixture
def patience_s() -> float:
    return 10


@pytest.fixture
def shop(gateway: Duitku, db: Database, database_url: str, tmp_path: Path, patience_s: float) -> Shop:
    gateway.trouble = ""
    settings = settings_for(tmp_path, payments=gateway.settings(timeout_s=patience_s))
    return Shop(gateway, Server(services_for(db, database_url, settings)))
