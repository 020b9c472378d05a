"""Turns of those who compose: two at once, of one account one, and of large pictures one."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

from lumiku.api.composing import Composing

ADA, BOB, CYD = (UUID(int=number) for number in (1, 2, 3))
SMALL, LARGE = 12_000_000, 16_000_001


class Waiting:
    """Somebody who wants a turn, and keeps it until told to leave."""

    def __init__(self, composing: Composing, user_id: UUID, pixels: int) -> None:
        self.has_it, self._leave = False, asyncio.Event()
        self._task = asyncio.create_task(self._take(composing, user_id, pixels))

    async def _take(self, composing: Composing, user_id: UUID, pixels: int) -> None:
        async with composing.turn(user_id, pixels):
            self.has_it = True
            await self._leave.wait()

    async def leave(self) -> None:
        self._leave.set()
        await self._task


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def who_has_it(wanted: list[tuple[UUID, int]]) -> list[bool]:
    """For each in order, whether they have a turn while none of those before has left; then all leave."""
    composing = Composing()
    async with AsyncExitStack() as stack:
        waiting = []
        for user_id, pixels in wanted:
            waiting.append(Waiting(composing, user_id, pixels))
            stack.push_async_callback(waiting[-1].leave)
            await settled()
        found = [each.has_it for each in waiting]
        for each in waiting:
            await each.leave()
    assert all(each.has_it for each in waiting)
    return found


async def test_two_accounts_compose_at_once_and_the_third_waits() -> None:
    assert await who_has_it([(ADA, SMALL), (BOB, SMALL), (CYD, SMALL)]) == [True, True, False]


async def test_eight_of_one_account_leave_a_place_for_another() -> None:
    assert await who_has_it([(ADA, SMALL)] * 8 + [(BOB, SMALL)]) == [True] + [False] * 7 + [True]


async def test_of_large_ones_there_is_one_and_a_small_one_beside_it() -> None:
    assert await who_has_it([(ADA, LARGE), (BOB, LARGE), (CYD, SMALL)]) == [True, False, True]


async def test_a_failure_gives_the_place_back() -> None:
    composing = Composing()
    for _ in range(3):
        try:
            async with composing.turn(ADA, LARGE):
                raise ValueError
        except ValueError:
            pass
    async with composing.turn(ADA, LARGE):
        pass
