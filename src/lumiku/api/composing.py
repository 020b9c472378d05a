"""Whose picture is composed next in this process: memory has room for few, and no account takes it all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

_AT_ONCE: Final = 2  # each is in memory several times
_ANSWERS: Final = 4  # of an account on their way, each on the disk until it has arrived
_LARGE_PIXELS: Final = 16_000_000  # 50 megapixels take over a gigabyte


class Composing:
    """Two at once, of one account one at a time, and of large ones one at a time."""

    def __init__(self) -> None:
        """Nothing is composed yet."""
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._large = asyncio.Semaphore(1)
        self._accounts: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self._answers: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def answer(self, user_id: UUID) -> AsyncIterator[None]:
        """Wait until few enough of the account's compositions are still being taken by its programs."""
        async with self._answers.setdefault(user_id, asyncio.Semaphore(_ANSWERS)):
            yield

    @asynccontextmanager
    async def turn(self, user_id: UUID, pixels: int) -> AsyncIterator[None]:
        """Wait for a place, which is taken last; `pixels` is what the canvas has at most."""
        own = self._accounts.setdefault(user_id, asyncio.Lock())
        async with own:
            if pixels <= _LARGE_PIXELS:
                async with self._places:
                    yield
            else:
                async with self._large, self._places:
                    yield
