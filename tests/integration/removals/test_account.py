"""What removals do when a person wants to know everything, or to go."""

import json

import pytest
from sqlalchemy import select

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.page import Page
from lumiku.core.settings import ServerSettings
from lumiku.removals.account import erase_removals, export_removals
from lumiku.removals.cancel import cancel_batch
from lumiku.removals.declare_batch import Declared, declare_batch
from lumiku.removals.errors import WorkRunning
from lumiku.removals.process import Parts, process
from lumiku.removals.read import find_file, list_batches, list_jobs
from lumiku.removals.submit_batch import BatchOrder
from lumiku.removals.tables import background_removal_jobs as jobs
from support.credits import new_account
from support.submissions import RULES, Customer, TestRules, assert_sound, stored_source


async def test_an_account_that_goes_takes_its_pictures_and_their_names_along(
    db: Database, parts: Parts
) -> None:
    who, other = Customer(db, await new_account(db, 100)), Customer(db, await new_account(db, 100))
    job = await who.submit(await stored_source(parts.storage))
    await process(parts, job.id, interactive=True)
    kept = await other.submit()
    batch, _ = await who.submit_batch(2)
    async with db.transaction() as tx:
        order = BatchOrder("basic", {}, "x")
        await declare_batch(tx, who.id, [Declared("secret.png")], order, rules=RULES, now=utc_now())
        with pytest.raises(WorkRunning):
            await erase_removals(tx, who.id)
        told = await export_removals(tx, who.id)
        await cancel_batch(tx, who.id, batch.id, now=utc_now())
        await erase_removals(tx, who.id)
    assert len(told["jobs"]) == 4
    assert len(told["batches"]) == 2
    assert "secret.png" in json.dumps(told, default=str)
    async with db.transaction() as tx:
        assert (await list_jobs(tx, who.id, Page())).total == 0
        assert (await list_batches(tx, who.id, Page())).total == 0
        assert await find_file(tx, str(job.source_key)) is None
        assert set((await tx.execute(select(jobs.c.original_name).filter_by(user_id=who.id))).scalars()) == {
            ""
        }
        assert [each.id for each in (await list_jobs(tx, other.id, Page())).items] == [kept.id]
        assert await export_removals(tx, who.id) == {"jobs": [], "batches": []}
    await assert_sound(db)


async def test_free_work_counts_as_running_too(db: Database) -> None:
    who = Customer(db, await new_account(db), TestRules(server=ServerSettings(open=True)))
    await who.submit()
    async with db.transaction() as tx:
        with pytest.raises(WorkRunning):
            await erase_removals(tx, who.id)
