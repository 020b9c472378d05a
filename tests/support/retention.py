"""Jobs and batches of any age with real files, what a cleanup must make of each, and storages that fail."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select

from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.removals.cleanup import cleanup
from lumiku.removals.findings import Finding
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_batches as batches
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Content, Storage, Stored
from lumiku.storage.errors import StorageUnavailable
from lumiku.storage.keys import KINDS, Kind, new_key

SETTINGS = RetentionSettings()
RUNNING = {"pending", "processing"}
EXTENSIONS: dict[str, tuple[Kind, str]] = {
    "source_key": ("uploads", "jpg"),
    "result_key": ("outputs", "png"),
    "matte_key": ("mattes", "png"),
    "thumbnail_key": ("thumbnails", "webp"),
    "shared_key": ("outputs", "jpg"),
}


@dataclass(frozen=True)
class JobSpec:
    """A job that ended `days` ago, if it has."""

    status: str = "completed"
    days: float = 0
    deleted: bool = False
    original_gone: bool = False


@dataclass(frozen=True)
class BatchSpec:
    """A batch that ended `days` ago, if it has; one that was never started has jobs that wait."""

    status: str
    days: float
    items: tuple[JobSpec, ...]
    started: bool = True


@dataclass
class World:
    """Rows and files made by specs, and what must be left of them after a cleanup at `now`."""

    db: Database
    storage: Storage
    user_id: UUID
    now: datetime
    expected_jobs: dict[UUID, tuple[str, bool]] = field(default_factory=dict)
    expected_batches: dict[UUID, str] = field(default_factory=dict)
    expected_files: set[str] = field(default_factory=set)
    gone_files: set[str] = field(default_factory=set)

    async def single(self, spec: JobSpec) -> UUID:
        return await self._job(spec, None, None, batch_runs=False, abandoned=False)

    async def batch(self, spec: BatchSpec, *, abandoned: bool = False) -> UUID:
        batch_id = new_id()
        ended = None if spec.status in RUNNING else self.now - timedelta(days=spec.days)
        row = {
            "id": batch_id,
            "user_id": self.user_id,
            "tier": "basic",
            "status": spec.status,
            "total_images": len(spec.items),
            "pricing": {},
            "queued_at": self.now - timedelta(days=200) if spec.started else None,
            "completed_at": ended,
            "cancelled_at": ended if spec.status == "cancelled" else None,
        }
        async with self.db.transaction() as tx:
            await tx.execute(insert(batches).values(row))
        for position, item in enumerate(spec.items):
            await self._job(
                item,
                batch_id,
                position,
                batch_runs=spec.status in RUNNING,
                abandoned=abandoned,
                queued=spec.started,
            )
        item_runs = any(item.status in RUNNING for item in spec.items)
        is_over = spec.status not in RUNNING and spec.days > 90 and not item_runs
        self.expected_batches[batch_id] = "expired" if is_over or abandoned else spec.status
        return batch_id

    async def _job(
        self,
        spec: JobSpec,
        batch_id: UUID | None,
        position: int | None,
        *,
        batch_runs: bool,
        abandoned: bool,
        queued: bool = True,
    ) -> UUID:
        job_id = new_id()
        ended = None if spec.status in RUNNING else self.now - timedelta(days=spec.days)
        has_result = spec.status in {"completed", "expired"}
        keys = {
            name: new_key(kind, extension, self.now)
            for name, (kind, extension) in EXTENSIONS.items()
            if name == "source_key" or has_result
        }
        row = {
            "id": job_id,
            "user_id": self.user_id,
            "batch_id": batch_id,
            "position": position,
            "tier": "basic",
            "status": spec.status,
            "completed_at": ended,
            "queued_at": self.now - timedelta(days=200) if queued else None,
            "deleted_at": self.now if spec.deleted else None,
            "source_expired_at": self.now if spec.original_gone else None,
            "error_code": "PROCESSING_FAILED" if spec.status == "failed" else None,
            **keys,
        }
        for key in keys.values():
            await self.storage.put(key, b"file")
        async with self.db.transaction() as tx:
            await tx.execute(insert(jobs).values(row))
        self._expect(job_id, spec, keys, batch_runs=batch_runs, abandoned=abandoned)
        return job_id

    def _expect(
        self, job_id: UUID, spec: JobSpec, keys: dict[str, str], *, batch_runs: bool, abandoned: bool
    ) -> None:
        """Written again from the specification, not from the code."""
        may = not (spec.status in RUNNING or batch_runs or spec.deleted)
        expires = may and spec.status in {"completed", "failed", "cancelled"} and spec.days > 30
        status = "expired" if expires or abandoned else spec.status
        original_over = may and spec.status != "expired" and spec.days > 7 and not expires
        self.expected_jobs[job_id] = (status, spec.original_gone or original_over)
        no_row = status == "expired" or spec.deleted
        for name, key in keys.items():
            is_gone = no_row or (name == "source_key" and (spec.original_gone or original_over))
            (self.gone_files if is_gone else self.expected_files).add(key)

    async def orphan(self, kind: Kind = "outputs") -> str:
        key = new_key(kind, "png", self.now)
        await self.storage.put(key, b"orphan")
        return key

    async def clean(
        self,
        storage: Storage | None = None,
        settings: RetentionSettings = SETTINGS,
        *,
        dry_run: bool = False,
        any_orphans: bool = True,
    ) -> list[Finding]:
        found = cleanup(
            self.db,
            storage or self.storage,
            settings,
            self.now,
            dry_run=dry_run,
            any_orphans=any_orphans,
        )
        return [each async for each in found]

    async def complaints(self) -> list[str]:
        """How rows and files differ from what they should be."""
        rows = await all_rows(self.db, jobs)
        found = {row["id"]: (row["status"], row["source_expired_at"] is not None) for row in rows}
        wrong = [
            f"job {key} is {found.get(key)}, not {value}"
            for key, value in self.expected_jobs.items()
            if found.get(key) != value
        ]
        now = {row["id"]: row["status"] for row in await all_rows(self.db, batches)}
        wrong += [
            f"batch {key} is {now.get(key)}, not {value}"
            for key, value in self.expected_batches.items()
            if now.get(key) != value
        ]
        stored = await all_files(self.storage)
        wrong += [f"{key} is gone" for key in self.expected_files - stored]
        wrong += [f"{key} is there" for key in stored - self.expected_files]
        return wrong


async def all_rows(db: Database, table: Table) -> list[dict[str, Any]]:
    async with db.transaction() as tx:
        rows = await tx.execute(select(table).order_by(table.c.id))
        return [dict(row) for row in rows.mappings()]


async def snapshot(db: Database, storage: Storage) -> object:
    return await all_rows(db, jobs), await all_rows(db, batches), await all_files(storage)


async def all_files(storage: Storage) -> set[str]:
    return {stored.key for kind in KINDS async for stored in storage.list(kind)}


async def one_of_each(world: World) -> None:
    """Everything on either side of every limit."""
    for status in ("completed", "failed", "cancelled"):
        for days in (1, 6.9, 7.1, 29.9, 30.1, 300):
            await world.single(JobSpec(status, days))
    for status in ("pending", "processing"):
        await world.single(JobSpec(status))
    await world.single(JobSpec("completed", 1, deleted=True))
    await world.single(JobSpec("completed", 20, original_gone=True))
    await world.single(JobSpec("expired", 31, original_gone=True))
    for status in ("completed", "partial", "failed", "cancelled"):
        for days in (89, 91):
            await world.batch(BatchSpec(status, days, (JobSpec("completed", days), JobSpec("failed", days))))
    await world.batch(BatchSpec("processing", 0, (JobSpec("completed", 100), JobSpec("pending"))))
    await world.batch(BatchSpec("cancelled", 91, (JobSpec("cancelled", 91), JobSpec("processing"))))


class FailingStorage:
    """A real storage that refuses to "delete", "list" or "head" a key or folder where `refuses` says so."""

    def __init__(self, real: Storage, refuses: Callable[[str, str], bool]) -> None:
        self._real = real
        self._refuses = refuses
        self.refused = 0

    async def put(self, key: str, content: Content) -> int:
        return await self._real.put(key, content)

    async def get(self, key: str) -> bytes:
        return await self._real.get(key)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        async for piece in self._real.stream(key, start, end):
            yield piece

    async def head(self, key: str) -> Stored:
        self._check("head", key)
        return await self._real.head(key)

    async def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._check("delete", key)
            await self._real.delete([key])

    async def list(self, prefix: str) -> AsyncIterator[Stored]:
        self._check("list", prefix)
        async for stored in self._real.list(prefix):
            yield stored

    async def drop_unfinished(self, before: datetime, *, dry_run: bool = False) -> Sequence[str]:
        return await self._real.drop_unfinished(before, dry_run=dry_run)

    async def check(self) -> str:
        return await self._real.check()

    def _check(self, what: str, subject: str) -> None:
        if self._refuses(what, subject):
            self.refused += 1
            raise StorageUnavailable("out of order")
