"""Whether a task that failed is tried again, and when."""

import asyncio
import random
from typing import Final

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from lumiku.core.errors import LumikuError, TooManyRequests, Unavailable
from lumiku.queue.names import TaskName

_FIRST_S: Final = 5


class Retry(BaseRetryStrategy):
    """Passing failures are tried again, later and later; lasting ones are not.

    Passing are Unavailable, TooManyRequests, and anything nobody foresaw. A job that was running when the
    worker had to stop goes back into the queue at once, whatever its record.
    """

    def __init__(self, task: TaskName) -> None:
        self._task = task

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None: never."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, LumikuError) and not isinstance(exception, Unavailable | TooManyRequests):
            return None
        if job.attempts >= self._task.retries:
            return None
        wait_s = min(_FIRST_S * 2**job.attempts, self._task.longest_pause_s)
        if isinstance(exception, TooManyRequests):
            wait_s = max(wait_s, exception.retry_after_s)
        return RetryDecision(retry_in={"seconds": wait_s, "milliseconds": random.randrange(1000)})  # noqa: S311
