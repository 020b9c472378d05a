"""Memory is kept while pictures are composed, and given back when that is over."""

import asyncio

import pytest

from lumiku.api import heap
from lumiku.api.heap import Heap, open_heap


class Allocator:
    def __init__(self) -> None:
        self.set: dict[int, int] = {}
        self.trims = 0

    def mallopt(self, what: int, value: int) -> None:
        self.set[what] = value

    def trim(self, _: int) -> None:
        self.trims += 1


def of(allocator: Allocator, threshold_bytes: int = 1000) -> Heap:
    return Heap(allocator.mallopt, allocator.trim, threshold_bytes)


async def test_memory_is_kept_until_a_while_after_the_last_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_KEPT_S", 0.0)
    allocator = Allocator()
    tested = of(allocator)
    with tested.roomy():
        with tested.roomy():
            pass
        await asyncio.sleep(0.01)
        assert allocator.set == {-3: 32 << 20, -1: 512 << 20}
        assert allocator.trims == 0
    await asyncio.sleep(0.01)
    assert allocator.set == {-3: 1000, -1: 128 << 10}
    assert allocator.trims == 1


async def test_who_comes_back_soon_finds_it_kept() -> None:
    allocator = Allocator()
    tested = of(allocator)
    with tested.roomy():
        pass
    allocator.set.clear()
    with tested.roomy():
        pass
    assert not allocator.set
    assert allocator.trims == 0


async def test_a_process_that_was_not_made_frugal_is_left_alone() -> None:
    allocator = Allocator()
    heap = of(allocator, 0)
    with heap.roomy():
        pass
    heap.give_back()
    assert not allocator.set
    assert allocator.trims == 0


async def test_the_process_own_allocator_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "1000000")
    real = open_heap()
    with real.roomy():
        pass
    real.give_back()
