"""Turns of downloads: a share for one account, one after the other for those that wait."""

import asyncio
from uuid import UUID, uuid4

from lumiku.api.turns import Turns

ADA, BOB, EVE = uuid4(), uuid4(), uuid4()


class Downloads:
    """Those that were begun, in their order, until they are told to end."""

    def __init__(self, places: int, share: int) -> None:
        self.begun: list[str] = []
        self._turns = Turns(places, share)
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, user_id: UUID, *names: str, soon: bool = False) -> None:
        for name in names:
            self._ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._run(user_id, name, soon))
        await self._settle()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends[name].set()
        await self._settle()

    async def cancel(self, *names: str) -> None:
        for name in names:
            self.tasks[name].cancel()
        await self._settle()

    async def _run(self, user_id: UUID, name: str, soon: bool) -> None:
        async with self._turns.turn(user_id, soon=soon):
            self.begun.append(name)
            await self._ends[name].wait()

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


async def test_one_account_has_its_share_and_no_more() -> None:
    downloads = Downloads(places=3, share=2)
    await downloads.ask(ADA, "a1", "a2", "a3")
    assert downloads.begun == ["a1", "a2"]
    await downloads.ask(BOB, "b1")
    assert downloads.begun == ["a1", "a2", "b1"]
    await downloads.end("a1")
    assert downloads.begun[3:] == ["a3"]
    await downloads.end("a2", "a3", "b1")
    assert all(task.done() for task in downloads.tasks.values())


async def test_those_that_wait_take_turns() -> None:
    downloads = Downloads(places=2, share=2)
    await downloads.ask(ADA, *(f"a{number}" for number in range(6)))
    await downloads.ask(BOB, "b0", "b1")
    await downloads.ask(EVE, "e0")
    for _ in range(6):
        await downloads.end(*downloads.begun)
    assert downloads.begun == ["a0", "a1", "a2", "b0", "e0", "a3", "b1", "a4", "a5"]


async def test_what_is_asked_for_soon_comes_before_the_accounts_own() -> None:
    downloads = Downloads(places=1, share=1)
    await downloads.ask(ADA, "a0", "a1", "a2")
    await downloads.ask(ADA, "now", soon=True)
    await downloads.end("a0")
    assert downloads.begun == ["a0", "now"]


async def test_whoever_gives_up_holds_no_place() -> None:
    downloads = Downloads(places=1, share=1)
    await downloads.ask(ADA, "a0", "a1", "a2")
    await downloads.ask(BOB, "b0")
    await downloads.cancel("a1", "a0")
    assert downloads.begun == ["a0", "a2"]
    downloads.tasks["a2"].cancel()
    await downloads.cancel("b0")  # which is given the place at this moment
    await downloads.ask(EVE, "e0")
    assert downloads.begun[2:] in (["e0"], ["b0", "e0"])
