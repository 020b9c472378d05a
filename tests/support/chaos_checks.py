"""What must hold of a server that went through anything, once all work has ended; empty where it does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping, select

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.removals.cleanup import cleanup
from lumiku.removals.model import Job
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from support.chaos_load import Promised
from support.removal_api import stored_keys
from support.removals import what_is_wrong

_FLAT_MB = 25.0


async def what_broke(db: Database, storage: Storage, promised: Promised) -> list[str]:
    """Everything that was promised, charged or stored and should not be as it is."""
    wrong = [*promised.wrong, *await what_is_wrong(db, storage)]
    async with db.transaction() as tx:
        job_rows = (await tx.execute(select(jobs))).mappings().all()
        batch_rows = (await tx.execute(select(batches))).mappings().all()
    singles = [row for row in job_rows if row["batch_id"] is None]
    names = {row["id"]: row["original_name"].removesuffix(".png") for row in singles}
    wrong += _lost(promised.jobs, singles, names, promised.deleted)
    names = {row["id"]: row["name"] for row in batch_rows}
    wrong += _lost(promised.batches, batch_rows, names, promised.deleted)
    return wrong + await _strays(db, storage)


def _lost(
    promised: Mapping[str, str], rows: Sequence[RowMapping], names: Mapping[UUID, str], deleted: set[str]
) -> list[str]:
    """What was accepted and is not there, and what is there more than once."""
    by_id = {str(row["id"]): row for row in rows}
    counts = Counter(names.values())
    wrong = [f"{name} was done {count} times" for name, count in counts.items() if count > 1]
    for name, thing in promised.items():
        row = by_id.get(thing)
        if row is None or names[row["id"]] != name:
            wrong.append(f"{name} was accepted, and is lost")
        elif row["deleted_at"] is not None and thing not in deleted:
            wrong.append(f"{name} was deleted by nobody")
    return wrong


async def _strays(db: Database, storage: Storage) -> list[str]:
    """Files that a sweep two days later leaves although no row names them, and the other way round."""
    later = utc_now() + timedelta(days=2)
    found = [each async for each in cleanup(db, storage, RetentionSettings(), later)]
    wrong = [f"{each.what} {each.subject}" for each in found if each.what in {"not-deleted", "file-missing"}]
    wrong += [f"{name} is half a file" for name in await storage.drop_unfinished(later)]
    async with db.transaction() as tx:
        rows = (await tx.execute(select(jobs).where(jobs.c.deleted_at.is_(None)))).mappings().all()
    named = {key for row in rows for key in Job.of(row).files}
    return wrong + [f"{key} is stored for nobody" for key in await stored_keys(storage) - named]


def what_grew(before: Mapping[int, float], after: Mapping[int, float]) -> list[str]:
    """Processes that hold more memory than before, in megabytes by process id, or that are gone."""
    wrong = [f"process {pid} is gone" for pid in before if pid not in after]
    wrong += [
        f"process {pid} grew from {before[pid]:.0f} to {held:.0f} MB"
        for pid, held in after.items()
        if pid in before and held > before[pid] + _FLAT_MB
    ]
    return wrong
