"""Reading: one's own and nobody else's, in pages, by filters; and whose a stored file is."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import NotFound
from lumiku.core.ids import new_id
from lumiku.core.page import Page
from lumiku.removals.cancel import cancel_batch, cancel_job
from lumiku.removals.compose import find_for_compose
from lumiku.removals.declare_batch import Declared, declare_batch
from lumiku.removals.delete import delete_batch, delete_job
from lumiku.removals.errors import NoSuchBatch, NoSuchJob
from lumiku.removals.process import Parts, process
from lumiku.removals.put_item import check_item, put_item
from lumiku.removals.read import (
    SORTS,
    JobFilter,
    changed_jobs,
    find_batch,
    find_file,
    find_job,
    jobs_of_batch,
    list_batches,
    list_jobs,
)
from lumiku.removals.retry import retry_job
from lumiku.removals.start_batch import start_batch
from lumiku.removals.statistics import AccountStatistics, account_statistics
from lumiku.removals.submit_batch import BatchOrder
from lumiku.storage.errors import BadKey
from lumiku.storage.keys import new_key
from support.credits import new_account
from support.submissions import RULES, Customer, everything, source, stored_source

Touch = Callable[[AsyncConnection, UUID, UUID], Awaitable[object]]


async def _ids(db: Database, user_id: UUID, wanted: JobFilter, page: Page | None = None) -> list[UUID]:
    async with db.transaction() as tx:
        return [job.id for job in (await list_jobs(tx, user_id, page or Page(), wanted)).items]


ON_JOBS: dict[str, Touch] = {
    "find": find_job,
    "cancel": lambda tx, who, it: cancel_job(tx, who, it, now=utc_now()),
    "retry": lambda tx, who, it: retry_job(tx, who, it, rules=RULES, now=utc_now()),
    "delete": lambda tx, who, it: delete_job(tx, who, it, now=utc_now()),
    "compose": find_for_compose,
}
ON_BATCHES: dict[str, Touch] = {
    "find": find_batch,
    "items": jobs_of_batch,
    "check": lambda tx, who, it: check_item(tx, who, it, 0),
    "put": lambda tx, who, it: put_item(tx, who, it, 0, source(9), rules=RULES),
    "start": lambda tx, who, it: start_batch(tx, who, it, rules=RULES, now=utc_now()),
    "cancel": lambda tx, who, it: cancel_batch(tx, who, it, now=utc_now()),
    "delete": lambda tx, who, it: delete_batch(tx, who, it, now=utc_now()),
}


async def _refusal(db: Database, touch: Touch, user_id: UUID, wanted: UUID) -> tuple[type, str]:
    try:
        async with db.transaction() as tx:
            await touch(tx, user_id, wanted)
    except NotFound as error:
        return type(error), error.message
    raise AssertionError("somebody reached what is not theirs")


@pytest.mark.parametrize("verb", ON_JOBS)
async def test_anothers_job_is_as_one_that_never_was(db: Database, verb: str) -> None:
    mine, theirs = Customer(db, await new_account(db, 100)), Customer(db, await new_account(db, 100))
    job = await mine.submit()
    before = await everything(db)
    anothers = await _refusal(db, ON_JOBS[verb], theirs.id, job.id)
    assert anothers == await _refusal(db, ON_JOBS[verb], theirs.id, new_id())
    assert anothers[0] is NoSuchJob
    async with db.transaction() as tx:
        assert await find_job(tx, mine.id, job.id) == job
    assert await everything(db) == before


@pytest.mark.parametrize("verb", ON_BATCHES)
@pytest.mark.parametrize("started", [True, False])
async def test_anothers_batch_is_as_one_that_never_was(db: Database, verb: str, started: bool) -> None:
    mine, theirs = Customer(db, await new_account(db, 100)), Customer(db, await new_account(db, 100))
    if started:
        batch, _ = await mine.submit_batch(2)
    else:
        async with db.transaction() as tx:
            batch, _ = await declare_batch(
                tx, mine.id, [Declared("a.png")], BatchOrder("basic"), rules=RULES, now=utc_now()
            )
    before = await everything(db)
    anothers = await _refusal(db, ON_BATCHES[verb], theirs.id, batch.id)
    assert anothers == await _refusal(db, ON_BATCHES[verb], theirs.id, new_id())
    assert anothers[0] is NoSuchBatch
    async with db.transaction() as tx:
        assert await find_batch(tx, mine.id, batch.id) == batch
        assert await changed_jobs(tx, theirs.id, batch.id, utc_now() - timedelta(days=1)) == []
        assert (await list_jobs(tx, theirs.id, Page(), JobFilter(batch_id=batch.id))).total == 0
        assert (await list_batches(tx, theirs.id, Page())).total == 0
    assert await everything(db) == before


async def test_a_fresh_account_has_empty_lists_and_zeros(db: Database) -> None:
    user_id = await new_account(db)
    async with db.transaction() as tx:
        assert (await list_jobs(tx, user_id, Page())).items == []
        assert (await list_batches(tx, user_id, Page())).items == []
        assert await account_statistics(tx, user_id) == AccountStatistics(0, 0, 0, 0)


async def test_pages_and_sorting_give_every_job_once(db: Database) -> None:
    who = Customer(db, await new_account(db, 1000))
    made = [(await who.submit(source(number))).id for number in range(7)]
    for sort in SORTS:
        wanted = JobFilter(sort=sort)
        paged = [job for number in (1, 2, 3) for job in await _ids(db, who.id, wanted, Page(number, 3))]
        assert sorted(paged) == sorted(made)
        if sort in ("-createdAt", "-name"):
            assert paged == made[::-1]
        if sort in ("createdAt", "name"):
            assert paged == made
    async with db.transaction() as tx:
        listed = await list_jobs(tx, who.id, Page(3, 3))
    assert (len(listed.items), listed.total) == (1, 7)


async def test_filters(db: Database) -> None:
    who = Customer(db, await new_account(db, 1000))
    single = await who.submit(tier="basic")
    batch, _ = await who.submit_batch(2)
    async with db.transaction() as tx:
        items = [job.id for job in (await jobs_of_batch(tx, who.id, batch.id)).items]
        await cancel_job(tx, who.id, items[0], now=utc_now())
    assert await _ids(db, who.id, JobFilter(tier="basic")) == [single.id]
    assert await _ids(db, who.id, JobFilter(status="cancelled")) == [items[0]]
    assert await _ids(db, who.id, JobFilter(single=True)) == [single.id]
    assert sorted(await _ids(db, who.id, JobFilter(single=False))) == sorted(items)
    assert sorted(await _ids(db, who.id, JobFilter(batch_id=batch.id))) == sorted(items)
    async with db.transaction() as tx:
        paged = await jobs_of_batch(tx, who.id, batch.id, Page(2, 1))
    assert ([job.id for job in paged.items], paged.total) == (items[1:], 2)
    hour = timedelta(hours=1)
    assert await _ids(db, who.id, JobFilter(since=utc_now() + hour)) == []
    assert await _ids(db, who.id, JobFilter(until=utc_now() - hour)) == []
    assert len(await _ids(db, who.id, JobFilter(since=utc_now() - hour, until=utc_now() + hour))) == 3


async def test_statistics_count_what_came_out_and_what_it_cost(db: Database, parts: Parts) -> None:
    who = Customer(db, await new_account(db, 1000))
    single = await who.submit(await stored_source(parts.storage))
    sources = [await stored_source(parts.storage) for _ in range(2)]
    batch, _ = await who.submit_sources(sources, BatchOrder("basic"))
    async with db.transaction() as tx:
        items = (await jobs_of_batch(tx, who.id, batch.id)).items
    await process(parts, single.id, interactive=True)
    await process(parts, items[0].id, interactive=False)
    async with db.transaction() as tx:
        assert await account_statistics(tx, who.id) == AccountStatistics(2, 1, 1, 11)
        await delete_job(tx, who.id, single.id, now=utc_now())
        assert await account_statistics(tx, who.id) == AccountStatistics(2, 1, 1, 11)


async def test_whose_a_stored_file_is(db: Database, parts: Parts) -> None:
    who = Customer(db, await new_account(db, 1000))
    job = await who.submit(await stored_source(parts.storage, name="my cat.png"))
    await process(parts, job.id, interactive=True)
    async with db.transaction() as tx:
        done = await find_job(tx, who.id, job.id)
        found = {key: await find_file(tx, key) for key in done.files}
    kinds = {file.kind: file.media_type for file in found.values() if file}
    assert kinds == {"uploads": "image/png", "outputs": "image/png", "thumbnails": "image/webp"}
    assert found[done.matte_key] is None  # mattes are not handed out
    assert {(file.user_id, file.job_id, file.name) for file in found.values() if file} == {
        (who.id, job.id, "my cat.png")
    }
    async with db.transaction() as tx:
        assert await find_file(tx, new_key("outputs", "png", utc_now())) is None
        for key in ("outputs/../../etc/passwd", "outputs/%2e%2e/x", "", "secrets.json"):
            with pytest.raises(BadKey):
                await find_file(tx, key)


@pytest.mark.parametrize(
    ("change", "upload", "output"),
    [("status = 'expired'", True, True), ("source_expired_at = now()", True, False)],
)
async def test_expired_files_say_so_and_deleted_ones_are_unknown(
    db: Database, parts: Parts, change: str, upload: bool, output: bool
) -> None:
    who = Customer(db, await new_account(db, 1000))
    job = await who.submit(await stored_source(parts.storage))
    await process(parts, job.id, interactive=True)
    async with db.transaction() as tx:
        await tx.execute(text(f"UPDATE background_removal_jobs SET {change}"))
        done = await find_job(tx, who.id, job.id)
        source_file = await find_file(tx, done.source_key)
        result_file = await find_file(tx, done.result_key)
        assert (source_file.expired, result_file.expired) == (upload, output)
        await delete_job(tx, who.id, job.id, now=utc_now())
        assert await find_file(tx, done.result_key) is None
