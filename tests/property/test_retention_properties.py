"""Whatever jobs and batches there are: what is due goes, nothing else is touched, and dry runs agree."""

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings
from support.credits import new_user
from support.database import query
from support.retention import RUNNING, BatchSpec, JobSpec, World, all_rows

NOW = utc_now() + timedelta(days=400)  # whatever is stored today is old
DAYS = st.sampled_from([0, 1, 6.99, 7.01, 15, 29.99, 30.01, 60, 89.99, 90.01, 300])
JOBS = st.builds(
    JobSpec,
    st.sampled_from(["pending", "processing", "completed", "failed", "cancelled", "expired"]),
    DAYS,
    deleted=st.sampled_from([False, False, False, True]),
    original_gone=st.sampled_from([False, False, True]),
).filter(lambda job: not (job.status in RUNNING and (job.deleted or job.original_gone)))
BATCHES = st.builds(
    BatchSpec,
    st.sampled_from(["processing", "completed", "partial", "failed", "cancelled"]),
    DAYS,
    st.lists(JOBS, min_size=1, max_size=4).map(tuple),
)
MAY_CHANGE = {"status", "source_expired_at", "updated_at"}


async def clean_up_once(url: str, folder: Path, singles: list[JobSpec], many: list[BatchSpec]) -> None:
    db = Database(url, DatabaseSettings())
    try:
        world = World(db, open_storage(StorageSettings(), folder), await new_user(db), NOW)
        for single in singles:
            await world.single(single)
        for batch in many:
            await world.batch(batch)
        before = await all_rows(db, jobs) + await all_rows(db, batches)
        dry = await world.clean(dry_run=True)
        assert await all_rows(db, jobs) + await all_rows(db, batches) == before
        assert sorted(map(str, await world.clean())) == sorted(map(str, dry))
        assert await world.complaints() == []
        after = await all_rows(db, jobs) + await all_rows(db, batches)
        for was, is_now in zip(before, after, strict=True):
            changed = {name for name in was if was[name] != is_now[name]}
            assert changed <= MAY_CHANGE
            assert not changed or str(was["id"]) in {found.subject for found in dry}
        assert await world.clean() == []
    finally:
        await db.close()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(JOBS, max_size=8), st.lists(BATCHES, max_size=4))
def test_only_what_is_due_goes(
    database_url: str, owner_url: str, singles: list[JobSpec], many: list[BatchSpec]
) -> None:
    query(owner_url, "TRUNCATE background_removal_jobs, background_removal_batches")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(clean_up_once(database_url, Path(folder), singles, many))
