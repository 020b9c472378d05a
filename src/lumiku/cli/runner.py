"""Runs jobs in a few threads, a bounded number ahead, and ends cleanly whatever happens."""

import os
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from lumiku.cli import signals
from lumiku.cli.errors import Stopped
from lumiku.cli.naming import Job
from lumiku.cli.progress import Teller
from lumiku.cli.report import Report

Work = Callable[[Job], Report]

_POLL_S = 1.0
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended.

    Attributes:
        signum: the signal that ended it, if one did.
        cut_short: some jobs were not begun or given up.
        stuck: some thread still had not let go.
    """

    signum: int | None = None
    cut_short: bool = False
    stuck: bool = False


def run_jobs(
    jobs: Iterable[Job | None],
    work: Work,
    teller: Teller,
    stop: threading.Event,
    *,
    workers: int,
    fail_fast: bool = False,
) -> Ending:
    """Do every job, and tell each one's end as it comes.

    Reading and writing one picture overlap with the model's work on another. At most twice as many jobs as
    workers are held at any time.

    Args:
        jobs: what is to do; None means that nothing is to do at this moment.
        work: does one; an exception from it ends the whole run.
        teller: hears of each end.
        stop: set when what is in work should be given up at its next step.
        workers: threads.
        fail_fast: end at the first failure.

    Returns:
        How it ended.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix="picture")
    pending: set[Future[Report]] = set()
    signum: int | None = None
    try:
        for job in jobs:
            if job is not None:
                pending.add(pool.submit(work, job))
            pending = _collect(pending, teller, at_most=workers * 2)
            if fail_fast and teller.failures:
                break
        else:
            while pending and not (fail_fast and teller.failures):
                pending = _collect(pending, teller, at_most=len(pending) - 1)
    except signals.Interrupted as signal:
        signum = signal.signum
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        running = {future for future in pending if not future.cancelled()}
        finished, stuck = wait(running, timeout=_GRACE_S)
        _tell(finished, teller)
    return Ending(signum, signum is not None or bool(fail_fast and teller.failures), bool(stuck))


def leave_at_once(code: int) -> None:
    """End the process without waiting for threads that do not let go."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _collect(pending: set[Future[Report]], teller: Teller, *, at_most: int) -> set[Future[Report]]:
    """Tell what is done, and wait while more than `at_most` are not."""
    while True:
        signals.check()
        full = len(pending) > at_most
        done, pending = wait(pending, timeout=_POLL_S if full else 0, return_when=FIRST_COMPLETED)
        _tell(done, teller)
        if len(pending) <= at_most:
            return pending


def _tell(futures: set[Future[Report]], teller: Teller) -> None:
    for future in futures:
        report = future.result()
        if not isinstance(report.error, Stopped):
            teller.add(report)
