"""Runs parts of one picture's work on several threads, within a bound that the caller sets."""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")
Item = TypeVar("Item")
Result = TypeVar("Result")


def map_threads(work: Callable[[Item], Result], items: Iterable[Item], threads: int = 0) -> list[Result]:
    """Apply `work` to each item, in order, with at most `threads` at once, the caller's thread among them.

    The other threads come from one pool that the whole process shares. The caller takes items too, so a pool
    that is busy for others only makes this slower, never stuck.

    Args:
        work: thread-safe; should release the interpreter's lock for most of its time.
        items: what to work on.
        threads: 0 is one for each core.

    Raises:
        BaseException: what `work` raised first; no further items are begun.
    """
    todo = list(items)
    bound = min(threads or _cores(), _cores(), len(todo))
    if bound <= 1:
        return [work(item) for item in todo]
    results: dict[int, Result] = {}
    queue = iter(range(len(todo)))
    lock = threading.Lock()
    failed = threading.Event()

    def take() -> None:
        while not failed.is_set():
            with lock:
                number = next(queue, None)
            if number is None:
                return
            try:
                results[number] = work(todo[number])
            except BaseException:
                failed.set()
                raise

    pool = _pool()
    others = [pool.submit(take) for _ in range(bound - 1)]
    try:
        take()
    finally:
        # One that has not begun is not needed; one that has must end before the caller's arrays go.
        running = [other for other in others if not other.cancel()]
        for other in running:
            other.exception()
    for other in running:
        other.result()
    return [results[number] for number in range(len(todo))]


def both(first: Callable[[], First], second: Callable[[], Second], threads: int = 0) -> tuple[First, Second]:
    """Do two things at once, the first in the caller's thread; one after the other where a pool is busy.

    Args:
        first: what takes longer.
        second: thread-safe; should release the interpreter's lock for most of its time.
        threads: as for `map_threads`; with 1 nothing is done at once.

    Raises:
        BaseException: what either raised, the first's before the second's.
    """
    if min(threads or _cores(), _cores()) <= 1:
        return first(), second()
    other = _pool().submit(second)
    try:
        mine = first()
    except BaseException:
        if not other.cancel():
            other.exception()
        raise
    return mine, second() if other.cancel() else other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_cores(), thread_name_prefix="lumiku-part")


@cache
def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
