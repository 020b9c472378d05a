"""People of a fresh database."""

from collections.abc import AsyncIterator

import pytest

from lumiku.core.db import Database
from support.people import People


@pytest.fixture
async def people(db: Database) -> AsyncIterator[People]:
    made = People(db)
    yield made
    made.passwords.close()
