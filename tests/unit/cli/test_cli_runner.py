"""The pool: bounded ahead, everything told, and a clean end."""

import threading
from collections.abc import Iterator

import pytest

from lumiku.cli import runner, signals
from lumiku.cli.cutter import CannotRun, settle
from lumiku.cli.errors import NoSpace, Stopped
from lumiku.cli.inputs import Source
from lumiku.cli.naming import Job
from lumiku.cli.progress import Teller
from lumiku.cli.report import Report
from lumiku.cli.runner import run_jobs
from lumiku.cli.signals import Interrupted
from lumiku.engine.errors import ModelMissing, UnreadableImage


def job(number: int) -> Job:
    return Job(Source(str(number), "file", str(number)), None)


def done(each: Job) -> Report:
    return Report(each.source.name, "-", "done")


def failed(each: Job) -> Report:
    return Report(each.source.name, "-", "failed", error=UnreadableImage("x"))


def test_every_job_is_done_and_told_once() -> None:
    told: list[str] = []

    class Listener(Teller):
        def show(self, report: Report) -> None:
            told.append(report.input)

    ending = run_jobs(map(job, range(100)), done, Listener(100), threading.Event(), workers=3)
    assert sorted(told, key=int) == [str(i) for i in range(100)]
    assert (ending.signum, ending.cut_short, ending.stuck) == (None, False, False)


def test_no_more_is_held_than_a_few_jobs_a_worker() -> None:
    begun, ended = 0, 0
    widest = 0

    def jobs() -> Iterator[Job]:
        nonlocal begun, widest
        for i in range(200):
            begun += 1
            widest = max(widest, begun - ended)
            yield job(i)

    class Listener(Teller):
        def show(self, report: Report) -> None:
            nonlocal ended
            ended += 1

    run_jobs(jobs(), done, Listener(), threading.Event(), workers=2)
    assert ended == 200
    assert 2 < widest <= 5


def test_the_first_failure_ends_it_where_asked_for() -> None:
    for fail_fast in (True, False):
        teller = Teller()
        ending = run_jobs(
            map(job, range(50)), failed, teller, threading.Event(), workers=1, fail_fast=fail_fast
        )
        assert (len(teller.failures) == 50) is not fail_fast
        assert ending.cut_short is fail_fast


def test_what_concerns_all_pictures_ends_the_run() -> None:
    def work(each: Job) -> Report:
        def act() -> Report:
            raise CannotRun(ModelMissing("Get it."))

        return settle(each, act)

    with pytest.raises(CannotRun):
        run_jobs(map(job, range(50)), work, Teller(), threading.Event(), workers=2)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (UnreadableImage("x"), "UNREADABLE_IMAGE"),
        (NoSpace("x"), "DISK_FULL"),
        (MemoryError(), "IMAGE_TOO_LARGE"),
        (ZeroDivisionError(), "INTERNAL_ERROR"),
    ],
)
def test_what_concerns_one_picture_is_its_report(problem: Exception, code: str) -> None:
    def act() -> Report:
        raise problem

    report = settle(job(1), act)
    assert report.error is not None
    assert report.error.code == code
    assert "\n" not in report.error.message


def test_a_signal_drops_what_is_in_work_at_its_next_step() -> None:
    stop, entered = threading.Event(), threading.Event()
    teller = Teller(3)

    def jobs() -> Iterator[Job]:
        yield job(1)
        entered.wait()
        raise Interrupted(2)

    def work(each: Job) -> Report:
        def act() -> Report:
            entered.set()
            stop.wait()
            raise Stopped("told to")

        return settle(each, act)

    ending = run_jobs(jobs(), work, teller, stop, workers=1)
    assert (ending.signum, ending.cut_short, ending.stuck) == (2, True, False)
    assert teller.counts.total() == 0, "what was dropped is no failure"


def test_a_signal_whose_exception_was_lost_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that comes while a finalizer or a weak reference's callback runs."""
    teller = Teller(1000)

    def jobs() -> Iterator[Job]:
        yield job(1)
        monkeypatch.setattr(signals, "_received", [2])
        yield from map(job, range(999))

    ending = run_jobs(jobs(), done, teller, threading.Event(), workers=1)
    assert (ending.signum, ending.cut_short) == (2, True)
    assert teller.counts.total() < 10


def test_a_thread_that_does_not_let_go_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_GRACE_S", 0.05)
    release, entered = threading.Event(), threading.Event()

    def jobs() -> Iterator[Job]:
        yield job(1)
        entered.wait()
        raise Interrupted(15)

    def work(each: Job) -> Report:
        entered.set()
        release.wait()
        return done(each)

    ending = run_jobs(jobs(), work, Teller(), threading.Event(), workers=1)
    assert (ending.signum, ending.stuck) == (15, True)
    release.set()


def test_an_idle_watch_lets_results_through() -> None:
    told = threading.Event()

    class Listener(Teller):
        def show(self, report: Report) -> None:
            told.set()

    def jobs() -> Iterator[Job | None]:
        yield job(1)
        while not told.is_set():
            yield None

    run_jobs(jobs(), done, Listener(), threading.Event(), workers=1)
    assert told.is_set()
