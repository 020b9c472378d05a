"""Threads that share one picture's work."""

import threading

import pytest

from lumiku.engine.steps.workers import both, map_threads


@pytest.mark.parametrize("threads", [0, 1, 2, 5])
def test_results_come_in_the_order_of_the_items(threads: int) -> None:
    assert map_threads(lambda item: item * item, range(100), threads) == [item * item for item in range(100)]


def test_nothing_to_do_gives_nothing() -> None:
    assert map_threads(str, []) == []


def test_the_first_failure_is_raised() -> None:
    def fail(item: int) -> int:
        if item == 7:
            raise ValueError(str(item))
        return item

    with pytest.raises(ValueError, match="7"):
        map_threads(fail, range(50), 2)


def test_one_thread_is_the_callers_own() -> None:
    names = map_threads(lambda _: threading.current_thread(), range(4), 1)
    assert set(names) == {threading.current_thread()}


def test_work_inside_work_ends() -> None:
    assert map_threads(lambda item: sum(map_threads(int, range(item), 2)), range(20), 2)[-1] == 171


@pytest.mark.parametrize("threads", [0, 1, 2])
def test_both_are_done(threads: int) -> None:
    assert both(lambda: "first", lambda: 2, threads) == ("first", 2)


def test_one_thread_does_both_in_the_callers() -> None:
    me = threading.get_ident()
    assert both(threading.get_ident, threading.get_ident, 1) == (me, me)


@pytest.mark.parametrize("failing", [0, 1])
def test_what_either_raised_is_raised(failing: int) -> None:
    def fail() -> None:
        raise ValueError("mine")

    parts = [lambda: None, lambda: None]
    parts[failing] = fail
    with pytest.raises(ValueError, match="mine"):
        both(*parts)
