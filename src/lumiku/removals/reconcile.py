"""Stored files against rows, both ways: files that no row needs go, rows that lack a file are named."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    select,
    union_all,
)

from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.removals.findings import Finding, What
from lumiku.removals.retention import Condition, batch_abandoned, job_due, original_due
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import BACKGROUND_KEY_SQL
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage, Stored
from lumiku.storage.errors import FileMissing
from lumiku.storage.keys import KINDS, Kind, is_key

_AT_ONCE: Final = 500
_REQUESTS: Final = 16  # to the storage, at the same time
_FEW: Final = 20  # orphans of results that are deleted whatever share they are; crashes leave some

_BACKGROUND: Final[ColumnElement[Any]] = literal_column(BACKGROUND_KEY_SQL, Text)
# The columns that name a file of this kind, and whether it is an original. Nothing is kept under `zips`.
_NAMED_BY: Final[dict[Kind, tuple[tuple[ColumnElement[Any], bool], ...]]] = {
    "uploads": ((jobs.c.source_key, True), (_BACKGROUND, True)),
    "outputs": ((jobs.c.result_key, False), (jobs.c.shared_key, False)),
    "mattes": ((jobs.c.matte_key, False), (jobs.c.first_matte_key, False)),
    "thumbnails": ((jobs.c.thumbnail_key, False),),
    "zips": (),
}


class Reconciliation:
    """One look at everything stored and every row that should have a file.

    In a dry run, rows that expiring would have changed count as expired, so that their files are named.
    """

    def __init__(
        self,
        db: Database,
        storage: Storage,
        settings: RetentionSettings,
        now: datetime,
        *,
        dry_run: bool = False,
    ) -> None:
        self._db = db
        self._storage = storage
        self._settings = settings
        self._dry_run = dry_run
        self._young = now - timedelta(hours=settings.orphans_hours)
        due = _due(settings, now) if dry_run else (false(), false())
        result = and_(jobs.c.deleted_at.is_(None), jobs.c.status != "expired", not_(due[0]))
        original = and_(result, jobs.c.source_expired_at.is_(None), not_(due[1]))
        self._kept: dict[bool, Condition] = {False: result, True: original}

    async def sweep(self, *, any_number: bool = False) -> AsyncIterator[Finding]:
        """Delete the files of expired and deleted rows, old ones that no row has ever named, and half ones.

        Args:
            any_number: delete the latter even where the results among them are more than `orphans_share` of
                all files. Pictures that came in count for nothing: an upload that was killed leaves up to 500
                of them and no result, and what belongs to another database has results.
        """
        listed = results = 0
        orphans: list[str] = []
        for kind in KINDS:
            async for chunk in self._listed(kind):
                listed += len(chunk)
                named = await self._named(kind, [stored.key for stored in chunk])
                past = [stored.key for stored in chunk if named.get(stored.key) is False]
                async for found in self._delete(past, "file-deleted"):
                    yield found
                unnamed = [
                    stored.key
                    for stored in chunk
                    if stored.key not in named and stored.stored_at < self._young
                ]
                orphans += unnamed
                results += 0 if kind == "uploads" else len(unnamed)
        if any_number or results <= max(_FEW, listed * self._settings.orphans_share):
            async for found in self._delete(orphans, "orphan-deleted"):
                yield found
        else:
            for key in orphans:
                yield Finding("orphan-kept", key)
        for key in await self._storage.drop_unfinished(self._young, dry_run=self._dry_run):
            yield Finding("unfinished-deleted", key)

    async def missing(self) -> AsyncIterator[Finding]:
        """Name the rows that should have a file and have it not."""
        last = UUID(int=0)
        while rows := await self._keeping(after=last):
            last = rows[-1].id
            files = [(row.id, key) for row in rows for key in _keys(row)]
            there = await self._are_there([key for _, key in files])
            gone = [file for file, is_there in zip(files, there, strict=True) if not is_there]
            if not gone:
                continue
            # Expired or deleted in the meantime, perhaps: at fault are rows that want it still.
            again = await self._keeping(after=UUID(int=rows[0].id.int - 1))
            wanted = {(row.id, key) for row in again for key in _keys(row)}
            for job_id, key in gone:
                if (job_id, key) in wanted:
                    yield Finding("file-missing", key, str(job_id))

    async def _listed(self, kind: Kind) -> AsyncIterator[list[Stored]]:
        chunk: list[Stored] = []
        async for stored in self._storage.list(kind):
            if not is_key(stored.key):
                continue  # nobody's but the one's who put it there
            chunk.append(stored)
            if len(chunk) == _AT_ONCE:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    async def _named(self, kind: Kind, keys: Sequence[str]) -> dict[str, bool]:
        """The keys that a row names, and whether one of these keeps its file."""
        if not _NAMED_BY[kind]:
            return {}
        wanted = any_(literal(list(keys), ARRAY(Text)))
        naming: list[Select[Any]] = [
            select(column.label("key"), self._kept[is_original].label("kept")).where(column == wanted)
            for column, is_original in _NAMED_BY[kind]
        ]
        rows = union_all(*naming).subquery()
        async with self._db.transaction() as tx:
            found = await tx.execute(select(rows.c.key, func.bool_or(rows.c.kept)).group_by(rows.c.key))
            return {row[0]: row[1] for row in found}

    async def _delete(self, keys: Sequence[str], what: What) -> AsyncIterator[Finding]:
        """Delete what can be; what cannot stays an orphan, so the next cleanup comes upon it again."""
        for begin in range(0, len(keys), _REQUESTS):
            some = keys[begin : begin + _REQUESTS]
            outcomes: list[BaseException | None] = [None] * len(some)
            if not self._dry_run:
                deletions = (self._storage.delete([key]) for key in some)
                outcomes = await asyncio.gather(*deletions, return_exceptions=True)
            for key, outcome in zip(some, outcomes, strict=True):
                if outcome is not None and not isinstance(outcome, LumikuError):
                    raise outcome
                yield Finding(what if outcome is None else "not-deleted", key)

    async def _keeping(self, *, after: UUID) -> Sequence[Row[Any]]:
        """The next rows that keep files, with the keys of these."""
        wanted = (
            select(
                jobs.c.id,
                self._kept[True].label("keeps_original"),
                jobs.c.source_key,
                _BACKGROUND.label("background_key"),
                jobs.c.result_key,
                jobs.c.matte_key,
                jobs.c.first_matte_key,
                jobs.c.thumbnail_key,
                jobs.c.shared_key,
            )
            .where(jobs.c.id > after, self._kept[False])
            .order_by(jobs.c.id)
            .limit(_AT_ONCE)
        )
        async with self._db.transaction() as tx:
            return (await tx.execute(wanted)).all()

    async def _are_there(self, keys: Sequence[str]) -> list[bool]:
        free = asyncio.Semaphore(_REQUESTS)

        async def is_there(key: str) -> bool:
            async with free:
                try:
                    await self._storage.head(key)
                except FileMissing:
                    return False
                return True

        return list(await asyncio.gather(*(is_there(key) for key in keys)))


def _due(settings: RetentionSettings, now: datetime) -> tuple[Condition, Condition]:
    """Jobs that expiring would expire, and originals that it would."""
    abandoned = and_(
        jobs.c.status == "pending",
        exists().where(batches.c.id == jobs.c.batch_id, batch_abandoned(settings, now)),
    )
    return job_due(settings, now) | abandoned, original_due(settings, now)


def _keys(row: Row[Any]) -> list[str]:
    originals = (row.source_key, row.background_key) if row.keeps_original else ()
    results = (row.result_key, row.matte_key, row.first_matte_key, row.thumbnail_key, row.shared_key)
    return [key for key in (*originals, *results) if key is not None]
