"""Which failures are tried again, and how long after."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from lumiku.core.errors import InvalidInput, NotFound, TooManyRequests, Unavailable
from lumiku.queue.names import SEND_MAIL
from lumiku.worker.retry import Retry


def wait_s(error: BaseException, attempts: int = 0, retries: int = 3) -> float | None:
    job = Job(id=1, queue="mail", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
    decision = Retry(replace(SEND_MAIL, retries=retries)).get_retry_decision(exception=error, job=job)
    if decision is None or decision.retry_at is None:
        return None
    return (decision.retry_at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize("error", [Unavailable("later"), ConnectionError(), TooManyRequests("slow", 2)])
def test_what_passes_is_tried_again_later_and_later_until_it_is_enough(error: Exception) -> None:
    waits = [wait_s(error, attempts) for attempts in range(4)]
    assert waits[3] is None
    assert waits[:3] == sorted(waits[:3])
    assert 3 < waits[0] < 8


def test_the_server_s_own_word_is_kept() -> None:
    assert wait_s(TooManyRequests("slow", 300)) > 295


@pytest.mark.parametrize("error", [InvalidInput("no"), NotFound("gone")])
def test_what_lasts_is_not(error: Exception) -> None:
    assert wait_s(error) is None


def test_what_was_running_at_a_stop_goes_back_at_once_whatever_its_record() -> None:
    assert wait_s(asyncio.CancelledError(), attempts=50) < 1


def test_a_mail_is_tried_for_a_day_soon_at_first_and_every_half_hour_in_the_end() -> None:
    found = [wait_s(Unavailable("away"), attempts, SEND_MAIL.retries) for attempts in range(100)]
    waits = [each for each in found if each is not None]
    assert found[len(waits) :] == [None] * (100 - len(waits))
    assert sum(waits[:7]) > 300  # greylisting, with tries on both sides of its five minutes
    assert sum(waits[:5]) < 300
    assert max(waits) < 1802
    assert 23 * 3600 < sum(waits) < 25 * 3600
