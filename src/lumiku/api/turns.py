"""Whose picture is downloaded or read next: no account has more than its share, and others take turns."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID


class Turns:
    """Places for work of one kind."""

    def __init__(self, places: int, share: int) -> None:
        """All are free; one account has at most `share` of the places."""
        self._free, self._share = places, share
        self._held: Counter[UUID] = Counter()
        self._waiting: dict[UUID, deque[asyncio.Future[None]]] = {}  # who waits longest for a turn is first

    @asynccontextmanager
    async def turn(self, user_id: UUID, *, soon: bool = False) -> AsyncIterator[None]:
        """Wait for a place; `soon`: before all else that the account waits for."""
        mine = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(user_id, deque())
        if soon:
            waiting.appendleft(mine)
        else:
            waiting.append(mine)
        self._give()
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # it came at the same moment
                self._take_back(user_id)
            raise
        try:
            yield
        finally:
            self._take_back(user_id)

    def _take_back(self, user_id: UUID) -> None:
        self._free += 1
        self._held[user_id] -= 1
        if not self._held[user_id]:
            del self._held[user_id]
        self._give()

    def _give(self) -> None:
        while self._free and (user_id := self._next()) is not None:
            given = self._waiting[user_id].popleft()
            if not given.cancelled():
                self._free -= 1
                self._held[user_id] += 1
                given.set_result(None)
                self._waiting[user_id] = self._waiting.pop(user_id)  # behind the others
            if not self._waiting[user_id]:
                del self._waiting[user_id]

    def _next(self) -> UUID | None:
        return next((user_id for user_id in self._waiting if self._held[user_id] < self._share), None)
