"""Queued with the transaction, or not at all; heartbeats; counted rescues."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.queue import heartbeat
from lumiku.queue.enqueue import enqueue, enqueue_many
from lumiku.queue.names import AUDIT_LEDGER, QUEUES, SEND_MAIL
from lumiku.queue.purge import forget_finished
from lumiku.queue.rescue import MOST_RESCUES, Rescued, forget_rescues, rescue_stalled
from lumiku.queue.tables import worker_heartbeats


async def jobs(db: Database) -> list[tuple[object, ...]]:
    async with db.transaction() as tx:
        query = "SELECT task_name, queue_name, args, status::text FROM procrastinate_jobs ORDER BY id"
        return [tuple(row) for row in await tx.execute(text(query))]


async def dying_job(db: Database) -> int:
    """A job in the hands of a worker that has not beaten for a minute."""
    async with db.transaction() as tx:
        job = await enqueue(tx, SEND_MAIL, {"key": "k"})
    await take(db, job)
    return job


async def take(db: Database, job: int, *, silent_s: int = 60) -> None:
    async with db.transaction() as tx:
        silent = {"silent": timedelta(seconds=silent_s), "job": job}
        worker = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - :silent) RETURNING id"
        await tx.execute(
            text(
                f"WITH worker AS ({worker}) UPDATE procrastinate_jobs SET status = 'doing',"
                " worker_id = (SELECT id FROM worker) WHERE id = :job"
            ),
            silent,
        )


async def test_a_job_is_there_when_the_transaction_commits(db: Database) -> None:
    async with db.transaction() as tx:
        number = await enqueue(tx, SEND_MAIL, {"key": "1"}, priority=3)
    assert number > 0
    assert await jobs(db) == [("send_mail", "mail", {"key": "1"}, "todo")]


async def test_and_never_was_when_it_does_not(db: Database) -> None:
    async def failing() -> None:
        async with db.transaction() as tx:
            await enqueue(tx, SEND_MAIL, {"key": "1"})
            raise LookupError

    with pytest.raises(LookupError):
        await failing()
    assert await jobs(db) == []


async def test_many_keep_their_order(db: Database) -> None:
    async with db.transaction() as tx:
        numbers = await enqueue_many(tx, SEND_MAIL, [{"key": str(each)} for each in range(50)])
        assert await enqueue_many(tx, SEND_MAIL, []) == []
    assert numbers == sorted(numbers)
    assert [row[2] for row in await jobs(db)] == [{"key": str(each)} for each in range(50)]


async def test_later_and_locked(db: Database) -> None:
    at = utc_now() + timedelta(hours=1)
    async with db.transaction() as tx:
        await enqueue(tx, AUDIT_LEDGER, {}, at=at, lock="one")
        row = (await tx.execute(text("SELECT scheduled_at, lock FROM procrastinate_jobs"))).one()
    assert tuple(row) == (at, "one")


async def test_a_job_is_taken_from_a_dead_worker_until_it_is_plain_that_it_kills_them(db: Database) -> None:
    job = await dying_job(db)
    for _ in range(MOST_RESCUES - 1):
        assert await rescue_stalled(db) == [Rescued(job, "send_mail", {"key": "k"}, given_up=False)]
        assert [row[3] for row in await jobs(db)] == ["todo"]
        await take(db, job)
    assert [each.given_up for each in await rescue_stalled(db)] == [True]
    assert [row[3] for row in await jobs(db)] == ["failed"]
    assert await rescue_stalled(db) == []


async def test_a_living_workers_job_is_left_alone(db: Database) -> None:
    async with db.transaction() as tx:
        job = await enqueue(tx, SEND_MAIL, {"key": "k"})
    await take(db, job, silent_s=1)
    assert await rescue_stalled(db) == []
    assert [row[3] for row in await jobs(db)] == ["doing"]


async def test_one_rescuer_at_a_time_counts_a_death_once(db: Database, database_url: str) -> None:
    await dying_job(db)
    async with db.transaction() as tx:  # another one is at it
        await tx.execute(text("SELECT pg_advisory_xact_lock(7021873310925)"))
        assert await rescue_stalled(db) == []
    assert len(await rescue_stalled(db)) == 1


async def test_living_workers_and_the_queues_that_nobody_serves(db: Database) -> None:
    worker = new_id()
    async with db.transaction() as tx:
        assert await heartbeat.missing_queues(tx) == set(QUEUES)
        await heartbeat.beat(tx, worker, ("mail",))
        await heartbeat.beat(tx, worker, ("mail",))
    async with db.transaction() as tx:
        assert [each.queues for each in await heartbeat.living_workers(tx)] == [("mail",)]
        assert await heartbeat.missing_queues(tx) == set(QUEUES) - {"mail"}
        await tx.execute(update(worker_heartbeats).values(seen_at=utc_now() - timedelta(seconds=60)))
        assert await heartbeat.living_workers(tx) == []
        assert await heartbeat.forget_dead(tx) == 0
        await tx.execute(update(worker_heartbeats).values(seen_at=utc_now() - timedelta(hours=2)))
        assert await heartbeat.forget_dead(tx) == 1


async def test_old_ended_jobs_are_forgotten_with_their_counts(db: Database) -> None:
    old, recent = await dying_job(db), await dying_job(db)
    await rescue_stalled(db)
    async with db.transaction() as tx:
        await tx.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
        await tx.execute(
            text("UPDATE procrastinate_events SET at = at - interval '40 days' WHERE job_id = :old"),
            {"old": old},
        )
        assert await forget_finished(tx) == 1
        assert await forget_rescues(tx) == 1
        left = await tx.execute(text("SELECT job_id FROM queue_rescues"))
        assert left.scalars().all() == [recent]
