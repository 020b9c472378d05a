"""Reading one's own jobs and batches; another's are as if they were not there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.expression import ColumnCollection

from lumiku.core.page import Listed, Page
from lumiku.removals.errors import NoSuchBatch, NoSuchJob
from lumiku.removals.model import Batch, BatchStatus, Job, JobStatus
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.keys import Kind, kind_of

Sort = Literal["-createdAt", "createdAt", "-completedAt", "completedAt", "-name", "name"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
_SORTED_BY: Final = {
    "createdAt": jobs.c.created_at,
    "completedAt": jobs.c.completed_at,
    "name": jobs.c.original_name,
}
_BATCHES_SORTED_BY: Final = {
    "createdAt": batches.c.created_at,
    "completedAt": batches.c.completed_at,
    "name": batches.c.name,
}
_KEY_COLUMNS: Final = {
    "uploads": (jobs.c.source_key,),
    "outputs": (jobs.c.result_key, jobs.c.shared_key),
    "thumbnails": (jobs.c.thumbnail_key,),
}


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs; what is None does not matter.

    Attributes:
        status, tier: of the job.
        batch_id: items of this batch.
        single: True: no items of batches; False: those only.
        since, until: when it was made; `until` is not included.
        sort: by what; with "-", the largest or latest first.
    """

    status: JobStatus | None = None
    tier: str | None = None
    batch_id: UUID | None = None
    single: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: Sort = "-createdAt"


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """Which batches; what is None does not matter.

    Attributes:
        status, tier: of the batch.
        since, until: when it was made; `until` is not included.
        sort: by what; with "-", the largest or latest first.
    """

    status: BatchStatus | None = None
    tier: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: Sort = "-createdAt"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a job.

    Attributes:
        user_id: whose it is.
        job_id: which job's.
        kind: what of the job's.
        name: of the picture that the job was given.
        media_type: of the file.
        expired: its time is over, so it may be gone.
        shared: a composition that its owner shows to others, and may stop showing.
    """

    user_id: UUID
    job_id: UUID
    kind: Kind
    name: str
    media_type: str
    expired: bool
    shared: bool


async def find_job(tx: AsyncConnection, user_id: UUID, job_id: UUID) -> Job:
    """A job of this account. Raises NoSuchJob."""
    wanted = select(jobs).where(jobs.c.id == job_id, jobs.c.user_id == user_id, jobs.c.deleted_at.is_(None))
    row = (await tx.execute(wanted)).mappings().one_or_none()
    if row is None:
        raise NoSuchJob
    return Job.of(row)


async def find_batch(tx: AsyncConnection, user_id: UUID, batch_id: UUID, *, lock: bool = False) -> Batch:
    """A batch of this account, locked before any of its jobs where it is to change. Raises NoSuchBatch."""
    wanted = select(batches).where(
        batches.c.id == batch_id, batches.c.user_id == user_id, batches.c.deleted_at.is_(None)
    )
    row = (await tx.execute(wanted.with_for_update() if lock else wanted)).mappings().one_or_none()
    if row is None:
        raise NoSuchBatch
    return Batch.of(row)


async def list_jobs(
    tx: AsyncConnection, user_id: UUID, page: Page, wanted: JobFilter | None = None
) -> Listed[Job]:
    """A page of the account's jobs. Items of a batch that was not started show only when it is asked for."""
    wanted = wanted or JobFilter()
    where = and_(jobs.c.user_id == user_id, jobs.c.deleted_at.is_(None), *_conditions(wanted))
    order = _order(wanted.sort, _SORTED_BY, jobs.c.id)
    found = select(jobs).where(where).order_by(*order).limit(page.limit).offset(page.offset)
    rows = (await tx.execute(found)).mappings().all()
    total = (await tx.execute(select(func.count()).select_from(jobs).where(where))).scalar_one()
    return Listed([Job.of(row) for row in rows], total)


async def jobs_of_batch(
    tx: AsyncConnection, user_id: UUID, batch_id: UUID, page: Page | None = None
) -> Listed[Job]:
    """The jobs of a batch by their places; without a page, all of them.

    Raises:
        NoSuchBatch: it is not this account's.
    """
    await find_batch(tx, user_id, batch_id)
    where = and_(jobs.c.batch_id == batch_id, jobs.c.deleted_at.is_(None))
    found = select(jobs).where(where).order_by(jobs.c.position)
    if page is not None:
        found = found.limit(page.limit).offset(page.offset)
    rows = (await tx.execute(found)).mappings().all()
    total = (await tx.execute(select(func.count()).select_from(jobs).where(where))).scalar_one()
    return Listed([Job.of(row) for row in rows], total)


async def list_batches(
    tx: AsyncConnection, user_id: UUID, page: Page, wanted: BatchFilter | None = None
) -> Listed[Batch]:
    """A page of the account's batches."""
    wanted = wanted or BatchFilter()
    conditions = _conditions_of_both(wanted, batches.c)
    where = and_(batches.c.user_id == user_id, batches.c.deleted_at.is_(None), *conditions)
    order = _order(wanted.sort, _BATCHES_SORTED_BY, batches.c.id)
    found = select(batches).where(where).order_by(*order).limit(page.limit).offset(page.offset)
    rows = (await tx.execute(found)).mappings().all()
    total = (await tx.execute(select(func.count()).select_from(batches).where(where))).scalar_one()
    return Listed([Batch.of(row) for row in rows], total)


async def owner_of_batch(tx: AsyncConnection, batch_id: UUID) -> UUID:
    """Whose batch it is, for links that work for whoever has them. Raises NoSuchBatch."""
    wanted = select(batches.c.user_id).where(batches.c.id == batch_id, batches.c.deleted_at.is_(None))
    owner: UUID | None = (await tx.execute(wanted)).scalar_one_or_none()
    if owner is None:
        raise NoSuchBatch
    return owner


async def changed_jobs(tx: AsyncConnection, user_id: UUID, batch_id: UUID, since: datetime) -> list[Job]:
    """The jobs of a batch that have changed at this time or later."""
    found = select(jobs).where(
        jobs.c.batch_id == batch_id,
        jobs.c.user_id == user_id,
        jobs.c.deleted_at.is_(None),
        jobs.c.updated_at >= since,
    )
    return [Job.of(row) for row in (await tx.execute(found)).mappings()]


async def jobs_by_id(tx: AsyncConnection, user_id: UUID, ids: Collection[UUID]) -> list[Job]:
    """Those of these jobs that are the account's and not deleted."""
    wanted = select(jobs).where(jobs.c.id.in_(ids), jobs.c.user_id == user_id, jobs.c.deleted_at.is_(None))
    return [Job.of(row) for row in (await tx.execute(wanted)).mappings()]


async def batches_by_id(tx: AsyncConnection, user_id: UUID, ids: Collection[UUID]) -> list[Batch]:
    """Those of these batches that are the account's and not deleted."""
    wanted = select(batches).where(
        batches.c.id.in_(ids), batches.c.user_id == user_id, batches.c.deleted_at.is_(None)
    )
    return [Batch.of(row) for row in (await tx.execute(wanted)).mappings()]


async def find_file(tx: AsyncConnection, key: str) -> File | None:
    """What a key of storage belongs to; None where no job has it, or it is no key.

    Raises:
        BadKey: it has not the form of a key.
    """
    kind = kind_of(key)
    columns = _KEY_COLUMNS.get(kind)
    if columns is None:
        return None
    wanted = select(jobs).where(or_(*(column == key for column in columns)), jobs.c.deleted_at.is_(None))
    row = (await tx.execute(wanted)).mappings().first()
    if row is None:
        return None
    types = {"uploads": f"image/{row['source_type']}", "thumbnails": "image/webp"}
    media_type = types.get(kind, row["output_type"] or "application/octet-stream")
    expired = row["status"] == "expired" or (kind == "uploads" and row["source_expired_at"] is not None)
    shared = row["shared_key"] == key
    return File(row["user_id"], row["id"], kind, row["original_name"], media_type, expired, shared)


def _order(
    sort: Sort, columns: Mapping[str, ColumnElement[Any]], tie: ColumnElement[UUID]
) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """By the column asked for, what has no value last; and always in one order."""
    column = columns[sort.lstrip("-")]
    if sort.startswith("-"):
        return column.desc().nulls_last(), tie.desc()
    return column.asc().nulls_last(), tie.asc()


def _conditions_of_both(
    wanted: JobFilter | BatchFilter, columns: ColumnCollection[str, Any]
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(columns.status == wanted.status)
    if wanted.tier is not None:
        conditions.append(columns.tier == wanted.tier)
    if wanted.since is not None:
        conditions.append(columns.created_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(columns.created_at < wanted.until)
    return conditions


def _conditions(wanted: JobFilter) -> list[ColumnElement[bool]]:
    conditions = _conditions_of_both(wanted, jobs.c)
    if wanted.batch_id is None:
        conditions.append(or_(jobs.c.queued_at.is_not(None), jobs.c.batch_id.is_(None)))
    else:
        conditions.append(jobs.c.batch_id == wanted.batch_id)
    if wanted.single is not None:
        conditions.append(jobs.c.batch_id.is_(None) if wanted.single else jobs.c.batch_id.is_not(None))
    return conditions
