"""Runs all jobs of a command, tells what becomes of them, and knows the command's exit code."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from lumiku.cli import exits
from lumiku.cli.cutter import CannotRun
from lumiku.cli.flags import RunFlags
from lumiku.cli.naming import Job
from lumiku.cli.progress import make_teller
from lumiku.cli.runner import Work, leave_at_once, run_jobs


@dataclass(frozen=True, slots=True)
class Conducted:
    """How it went.

    Attributes:
        code: the command's exit code.
        cut_short: some jobs were not begun or given up.
    """

    code: int
    cut_short: bool


def conduct(
    jobs: Iterable[Job | None], work: Work, stop: threading.Event, flags: RunFlags, total: int | None
) -> Conducted:
    """Do every job; `total` is None for a watched folder, which only a signal ends: that is no failure there.

    Raises:
        LumikuError: no picture can come out, whichever it is.
    """
    teller = make_teller(total, as_json=flags.json, quiet=flags.quiet)
    try:
        with teller:
            ending = run_jobs(jobs, work, teller, stop, workers=flags.jobs, fail_fast=flags.fail_fast)
    except CannotRun as problem:
        raise problem.cause from problem
    teller.sum_up(interrupted=ending.cut_short)
    code = exits.SOME_FAILED if teller.failures else exits.FINE
    if ending.signum and total is not None:
        code = 128 + ending.signum
    if ending.stuck:
        leave_at_once(code)
    return Conducted(code, ending.cut_short)
