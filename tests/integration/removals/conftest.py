"""What processing works with: a real database, a real folder, an engine that does as it is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.removals.process import Parts
from lumiku.storage.base import Storage
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support.raw_server import RawServer
from support.removals import ScriptedEngine


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(StorageSettings(), tmp_path)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def parts(db: Database, storage: Storage, engine: ScriptedEngine) -> Parts:
    return Parts(db, storage, engine, utc_now)


@pytest.fixture
def server() -> Iterator[RawServer]:
    running = RawServer()
    yield running
    running.close()
