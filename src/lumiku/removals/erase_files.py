"""Deleting at once what an erased account had stored."""

from typing import Final
from uuid import UUID

from sqlalchemy import select

from lumiku.core.db import Database
from lumiku.removals.model import Job
from lumiku.removals.options import BACKGROUND_KEY
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage

_AT_ONCE: Final = 200


async def erase_files(db: Database, storage: Storage, user_id: UUID) -> int:
    """Delete the files of all deleted jobs of an account; again, or after a half, it does the rest.

    Returns:
        How many files its rows name, deleted now or earlier.

    Raises:
        DatabaseUnavailable, StorageUnavailable: some are left, for another call or the sweep.
    """
    erased = 0
    last = UUID(int=0)
    while True:
        async with db.transaction() as tx:
            wanted = (
                select(jobs)
                .where(jobs.c.user_id == user_id, jobs.c.deleted_at.is_not(None), jobs.c.id > last)
                .order_by(jobs.c.id)
                .limit(_AT_ONCE)
            )
            rows = (await tx.execute(wanted)).mappings().all()
        if not rows:
            return erased
        last = rows[-1]["id"]
        gone = [Job.of(row) for row in rows]
        files = {key for job in gone for key in job.files}
        # Batches share theirs, and go as a whole here.
        files |= {job.options[BACKGROUND_KEY] for job in gone if BACKGROUND_KEY in job.options}
        await storage.delete(files)
        erased += len(files)
