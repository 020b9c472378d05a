"""Turns between accounts, as the queue itself hands the jobs out."""

from collections import Counter
from uuid import UUID

import pytest
from procrastinate.sql import queries
from sqlalchemy import text

from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.queue import fairness
from lumiku.queue.fairness import (
    STEP,
    WEIGHTS,
    give_back,
    priorities,
    priority_of,
    queue_removals,
    shift_clocks,
)
from lumiku.queue.names import REMOVE, REMOVE_NOW

INT4 = range(-(2**31), 2**31)


class Bench:
    """Accounts that queue, and a worker that takes."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._owners: dict[str, str] = {}
        self._accounts: dict[str, UUID] = {}

    async def queue(self, owner: str, count: int, *, interactive: bool = False, tier: str = "basic") -> None:
        job_ids = [new_id() for _ in range(count)]
        self._owners |= {str(job_id): owner for job_id in job_ids}
        async with self._db.transaction() as tx:
            account = self.account(owner)
            await queue_removals(tx, account, job_ids, interactive=interactive, tier=tier)

    def account(self, owner: str) -> UUID:
        return self._accounts.setdefault(owner, new_id())

    async def take(self, count: int, *queues: str) -> list[str]:
        """Whose jobs come next; they leave the queue."""
        taken = []
        async with self._db.transaction() as tx:
            fetch = text("SELECT id, args->>'job_id' AS job FROM procrastinate_fetch_job_v2(:queues, NULL)")
            assert "procrastinate_fetch_job_v2" in queries["fetch_job"]  # what the workers call
            for _ in range(count):
                row = (await tx.execute(fetch, {"queues": list(queues or (REMOVE.queue,))})).one()
                if row.id is None:
                    break
                await tx.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": row.id})
                taken.append(self._owners[row.job])
        return taken


@pytest.fixture
def bench(db: Database) -> Bench:
    return Bench(db)


async def test_ten_accounts_with_equal_backlog_get_equal_shares_at_any_time(bench: Bench) -> None:
    owners = [f"account {number}" for number in range(10)]
    for owner in owners:  # one after the other, each all at once
        await bench.queue(owner, 50)
    served: Counter[str] = Counter()
    for _ in range(10):
        served.update(await bench.take(50))
        assert max(served.values()) - min(served[owner] for owner in owners) <= 1
    assert set(served.values()) == {50}


async def test_a_newcomer_shares_at_once_and_does_not_catch_up_on_the_past(bench: Bench) -> None:
    await bench.queue("early", 500)
    assert set(await bench.take(300)) == {"early"}
    await bench.queue("late", 100)
    served = Counter(await bench.take(100))
    assert abs(served["early"] - served["late"]) <= 1


async def test_who_queues_one_by_one_gets_no_more_than_who_queues_at_once(bench: Bench) -> None:
    await bench.queue("at once", 60)
    for _ in range(60):
        await bench.queue("one by one", 1)
    served = Counter(await bench.take(60))
    assert abs(served["at once"] - served["one by one"]) <= 1


async def test_the_idle_save_up_nothing(bench: Bench) -> None:
    await bench.queue("idle", 1)
    await bench.queue("busy", 100)
    await bench.take(60)
    await bench.queue("idle", 100)
    served = Counter(await bench.take(40))
    assert abs(served["idle"] - served["busy"]) <= 1


async def test_what_a_past_cost_is_forgotten_when_nothing_waits(bench: Bench) -> None:
    await bench.queue("greedy", 300)
    await bench.take(300)
    await bench.queue("other", 50)
    await bench.queue("greedy", 50)
    served = Counter(await bench.take(50))
    assert abs(served["greedy"] - served["other"]) <= 1


async def test_shares_follow_the_tiers_weights(bench: Bench) -> None:
    for tier in WEIGHTS:
        await bench.queue(tier, 200, tier=tier)
    served = Counter(await bench.take(200))
    for tier, weight in WEIGHTS.items():
        assert abs(served[tier] - 200 * weight / sum(WEIGHTS.values())) <= 2


async def test_of_those_that_come_together_the_best_tier_goes_first(bench: Bench) -> None:
    for tier in WEIGHTS:
        await bench.queue(tier, 1, tier=tier)
    assert await bench.take(4) == ["industry", "professional", "standard", "basic"]


async def test_what_somebody_waits_for_goes_before_a_batch_of_another_and_of_ones_own(bench: Bench) -> None:
    await bench.queue("batch", 500)
    await bench.queue("single", 1, interactive=True)
    await bench.queue("batch", 1, interactive=True)
    assert await bench.take(9, REMOVE_NOW.queue) == ["single", "batch"]
    await bench.queue("single", 1, interactive=True)
    assert await bench.take(2, REMOVE_NOW.queue, REMOVE.queue) == ["single", "batch"]  # also in one queue


async def test_turns_given_back_are_had_again(db: Database, bench: Bench) -> None:
    await bench.queue("cancelled", 200)
    async with db.transaction() as tx:
        await tx.execute(text("DELETE FROM procrastinate_jobs"))  # as cancelling does
    await bench.queue("other", 100)
    async with db.transaction() as tx:
        await give_back(tx, bench.account("cancelled"), 200, interactive=False, tier="basic")
    await bench.queue("cancelled", 100)
    assert Counter(await bench.take(100))["cancelled"] >= 49


async def test_work_that_waits_for_its_time_does_not_hold_the_clock(db: Database, bench: Bench) -> None:
    await bench.queue("failing", 1)
    async with db.transaction() as tx:
        await tx.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
    await bench.queue("busy", 300)
    await bench.take(200)
    await bench.queue("late", 100)
    served = Counter(await bench.take(60))
    assert abs(served["late"] - served["busy"]) <= 1


async def test_a_shift_of_the_clock_changes_no_order(
    db: Database, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await shift_clocks(db) == 0
    await bench.queue("past", 400)
    await bench.queue("now", 5, interactive=True)
    await bench.take(300)
    await bench.queue("present", 100)
    await bench.take(37)
    order = "SELECT id FROM procrastinate_jobs ORDER BY priority DESC, id"
    async with db.transaction() as tx:
        before = list((await tx.execute(text(order))).scalars())
    monkeypatch.setattr(fairness, "_SHIFT_FROM", 1000)
    assert await shift_clocks(db) == 1  # the interactive clock has not come as far
    assert await shift_clocks(db) == 0
    async with db.transaction() as tx:
        assert list((await tx.execute(text(order))).scalars()) == before
        tags = (await tx.execute(text("SELECT max(tag) FROM queue_fairness"))).scalar_one()
        assert tags <= 100 * STEP
    await bench.queue("future", 100)
    served = Counter(await bench.take(90))
    assert max(served.values()) - min(served.values()) <= 1
    assert len(served) == 3


async def test_priorities_stay_inside_an_int4_to_the_end_of_virtual_time(db: Database) -> None:
    account = new_id()
    for interactive in (True, False):
        for tier in WEIGHTS:
            for tag in (0, 2**28 - 2, 2**28, 2**40):
                assert priority_of(tag, interactive=interactive, tier=tier) in INT4
        async with db.transaction() as tx:
            far = "INSERT INTO queue_fairness VALUES (:account, :interactive, 1000000000000)"
            await tx.execute(text(far), {"account": account, "interactive": interactive})
            last = await priorities(tx, account, 500, interactive=interactive, tier="basic")
            await tx.execute(text("SELECT CAST(:last AS int4)"), {"last": last[-1]})
    async with db.transaction() as tx:  # those at the end of the range can still be queued
        await queue_removals(tx, account, [new_id()], interactive=False, tier="basic")
