"""A person, and a receiver on loopback."""

from collections.abc import AsyncIterator

import pytest

from lumiku.core.db import Database
from support.people import People
from support.receiver import Receiver, running_receiver
from support.webhooks import Post


@pytest.fixture
async def post(db: Database) -> AsyncIterator[Post]:
    people = People(db)
    yield Post(db, (await people.register("cat@example.com")).id)
    people.passwords.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as running:
        yield running
