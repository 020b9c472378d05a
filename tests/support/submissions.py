"""Submissions as the API's side makes them, for tests: pictures, settings, and one call for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, text

from lumiku.core.clock import Clock, utc_now
from lumiku.core.db import Database
from lumiku.core.settings import ServerSettings
from lumiku.credits.audit import audit
from lumiku.credits.tables import credit_accounts, credit_entries, credit_holds
from lumiku.pricing.quote import Quote
from lumiku.pricing.settings import PricingSettings
from lumiku.removals.model import Batch, Job, Source
from lumiku.removals.payment import Payment, Wish
from lumiku.removals.settings import RemovalsSettings
from lumiku.removals.sources import check_and_store
from lumiku.removals.submit import submit
from lumiku.removals.submit_batch import BatchOrder, submit_batch
from lumiku.removals.tables import background_removal_batches, background_removal_jobs
from lumiku.storage.base import Storage
from lumiku.subscriptions.settings import SubscriptionsSettings
from support.removals import red_picture


@dataclass(frozen=True)
class TestRules:
    __test__ = False

    removals: RemovalsSettings = field(default_factory=RemovalsSettings)
    pricing: PricingSettings = field(default_factory=PricingSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    subscriptions: SubscriptionsSettings = field(default_factory=SubscriptionsSettings)


RULES = TestRules()


def source(number: int = 0) -> Source:
    """A picture that passes for a stored one, where nobody looks at the file."""
    key = f"uploads/2026/11/05/{number:043d}.png"
    return Source(key, f"cat {number}.png", "png", 1_000, 80, 60, bytes(32))


@dataclass
class Customer:
    """An account and its submissions, each in a transaction of its own."""

    db: Database
    id: UUID
    rules: TestRules = RULES

    clock: Clock = utc_now

    async def submit(
        self,
        given: Source | None = None,
        tier: str = "standard",
        options: Mapping[str, object] | None = None,
        payment: Payment = "auto",
    ) -> Job:
        wish = Wish(tier, payment)
        async with self.db.transaction() as tx:
            return await submit(
                tx, self.id, given or source(), wish, options or {}, rules=self.rules, now=self.clock()
            )

    async def submit_batch(
        self, count: int, tier: str = "standard", payment: Payment = "auto"
    ) -> tuple[Batch, Quote]:
        order = BatchOrder(tier, payment=payment)
        return await self.submit_sources([source(number) for number in range(count)], order)

    async def submit_sources(self, sources: Sequence[Source], order: BatchOrder) -> tuple[Batch, Quote]:
        async with self.db.transaction() as tx:
            return await submit_batch(tx, self.id, sources, order, rules=self.rules, now=self.clock())


async def stored_source(storage: Storage, data: bytes | None = None, name: str = "cat.png") -> Source:
    return await check_and_store(
        data or red_picture(), name, storage=storage, settings=RULES.removals, now=utc_now()
    )


async def keys_of(storage: Storage) -> set[str]:
    return {stored.key async for stored in storage.list("uploads")}


async def everything(db: Database) -> dict[str, object]:
    """What a refused request must leave as it was: rows, holds, entries, what is held, and the queue."""
    async with db.transaction() as tx:
        counts: dict[str, object] = {}
        tables = (background_removal_jobs, background_removal_batches, credit_holds, credit_entries)
        for table in tables:
            counts[table.name] = (await tx.execute(select(func.count()).select_from(table))).scalar_one()
        sums = select(func.sum(credit_accounts.c.balance), func.sum(credit_accounts.c.held))
        counts["credits"] = tuple((await tx.execute(sums)).one())
        counts["queue"] = await queued(db)
        return counts


async def queued(db: Database) -> int:
    """How many removals wait in the queue."""
    async with db.transaction() as tx:
        waiting = text(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name LIKE 'removals%'"
        )
        return int((await tx.execute(waiting)).scalar_one())


async def queue_order(db: Database) -> list[tuple[str, UUID]]:
    """What the queue will hand out and in which order: the task and its job."""
    async with db.transaction() as tx:
        waiting = text(
            "SELECT task_name, CAST(args->>'job_id' AS uuid) FROM procrastinate_jobs"
            " WHERE status = 'todo' AND queue_name LIKE 'removals%' ORDER BY priority DESC, id"
        )
        return [(row[0], row[1]) for row in await tx.execute(waiting)]


async def assert_sound(db: Database) -> None:
    """Ledger and quota add up; each row that waits, and no other, has its place in the queue and a hold."""
    assert await audit(db) == []
    wrong = text("""
        SELECT job.id, job.status, hold.status, queued.status
        FROM background_removal_jobs AS job
        LEFT JOIN credit_holds AS hold ON hold.id = job.hold_id
        LEFT JOIN procrastinate_jobs AS queued ON queued.id = job.queue_job_id AND queued.status = 'todo'
        WHERE CASE
            WHEN job.status = 'pending' AND job.queued_at IS NOT NULL
                THEN hold.status IS DISTINCT FROM 'open' OR hold.amount <> job.price OR queued.id IS NULL
            WHEN job.status = 'completed' THEN hold.status IS DISTINCT FROM 'captured'
            ELSE hold.status = 'open' OR hold.status = 'captured' OR queued.id IS NOT NULL
        END AND job.pricing_type = 'credits'
    """)
    unequal = text("""
        SELECT usage.id, used, count(job.id) FROM background_remover_subscription_usage AS usage
        LEFT JOIN background_removal_jobs AS job
            ON job.usage_id = usage.id AND job.status IN ('pending', 'processing', 'completed')
        GROUP BY usage.id HAVING used <> count(job.id)
    """)
    async with db.transaction() as tx:
        assert (await tx.execute(wrong)).all() == []
        assert (await tx.execute(unequal)).all() == [], "a day's quota is not what its pictures took"
