"""Rate limits on a real PostgreSQL: against a model of a bucket, and exact over processes."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from random import Random

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ratelimit import Decision, RateLimit, forget_idle, take

NOW = utc_now().replace(microsecond=0)
SINGLE = RateLimit("single", per_period=30, period_s=60, burst=10)

WORKER = """
import asyncio, sys
from lumiku.core.db import Database
from lumiku.core.ratelimit import RateLimit, take
from lumiku.core.settings import DatabaseSettings

async def main():
    db = Database(sys.argv[1], DatabaseSettings())
    rule = RateLimit("exact", per_period=40, period_s=86400 * 40, burst=40)
    sys.stdin.readline()
    decisions = await asyncio.gather(*(take(db, rule, "somebody") for _ in range(50)))
    print(sum(decision.allowed for decision in decisions))
    await db.close()

asyncio.run(main())
"""


async def test_a_burst_passes_and_then_one_every_interval(db: Database) -> None:
    first = [await take(db, SINGLE, "a", now=NOW) for _ in range(11)]
    assert [decision.allowed for decision in first] == [True] * 10 + [False]
    assert [decision.remaining for decision in first] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert first[0] == Decision(allowed=True, limit=30, remaining=9, reset_s=2, retry_after_s=0)
    assert first[-1] == Decision(allowed=False, limit=30, remaining=0, reset_s=20, retry_after_s=2)
    assert not (await take(db, SINGLE, "a", now=NOW + timedelta(seconds=1.9))).allowed
    assert (await take(db, SINGLE, "a", now=NOW + timedelta(seconds=2))).allowed
    assert not (await take(db, SINGLE, "a", now=NOW + timedelta(seconds=2.1))).allowed


async def test_subjects_and_rules_are_counted_apart(db: Database) -> None:
    once = RateLimit("once", per_period=1, period_s=60, burst=1)
    other = RateLimit("other", per_period=1, period_s=60, burst=1)
    assert (await take(db, once, "a", now=NOW)).allowed
    assert not (await take(db, once, "a", now=NOW)).allowed
    assert (await take(db, once, "b", now=NOW)).allowed
    assert (await take(db, other, "a", now=NOW)).allowed
    long = "x" * 500
    assert (await take(db, once, long, now=NOW)).allowed
    assert not (await take(db, once, long, now=NOW)).allowed
    assert (await take(db, once, long + "y", now=NOW)).allowed


async def test_who_waits_as_told_is_let_through(db: Database) -> None:
    rule = RateLimit("waits", per_period=7, period_s=60, burst=3)
    now = NOW
    for _ in range(20):
        decision = await take(db, rule, "a", now=now)
        if not decision.allowed:
            now += timedelta(seconds=decision.retry_after_s)
            assert (await take(db, rule, "a", now=now)).allowed


async def test_decisions_are_those_of_a_leaking_bucket(db: Database) -> None:
    """An independent model: a bucket of `burst` tokens that fills by one an interval."""
    random = Random(7)
    rule = RateLimit("model", per_period=6, period_s=60, burst=4)
    tokens, now = 4.0, NOW
    for _ in range(300):
        pause = random.choice([0, 0, 1, 3, 7, 10, 30])
        now += timedelta(seconds=pause)
        tokens = min(4.0, tokens + pause / 10)
        allowed = tokens >= 1 - 1e-9
        tokens -= allowed
        decision = await take(db, rule, "a", now=now)
        assert decision.allowed == allowed
        assert decision.remaining == int(tokens + 1e-6)


async def test_a_clock_that_goes_back_gives_nothing_away(db: Database) -> None:
    for _ in range(10):
        await take(db, SINGLE, "a", now=NOW)
    assert not (await take(db, SINGLE, "a", now=NOW - timedelta(seconds=30))).allowed


async def test_the_databases_clock_counts_where_none_is_given(db: Database) -> None:
    rule = RateLimit("clock", per_period=1, period_s=3600, burst=1)
    assert (await take(db, rule, "a")).allowed
    refused = await take(db, rule, "a")
    assert not refused.allowed
    assert 3500 < refused.retry_after_s <= 3600


async def test_idle_rows_are_forgotten_and_busy_ones_kept(db: Database) -> None:
    await take(db, SINGLE, "idle", now=NOW - timedelta(days=1))
    rule = RateLimit("busy", per_period=1, period_s=86400, burst=1)
    await take(db, rule, "a")
    assert await forget_idle(db) == 1
    assert not (await take(db, rule, "a")).allowed


async def test_four_processes_together_let_exactly_the_burst_through(database_url: str) -> None:
    command = [sys.executable, "-c", WORKER, database_url]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    outputs = await asyncio.gather(
        *(asyncio.to_thread(worker.communicate, "go\n", 120) for worker in workers)
    )
    assert sum(int(output) for output, _ in outputs) == 40
