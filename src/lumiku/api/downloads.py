"""The results of a batch as one ZIP: which files, under which names, and what is missing."""

import json
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.datastructures import Headers
from starlette.responses import Response

from lumiku.api.archives import Archive, Entry
from lumiku.api.files import Content, answer_file, disposition
from lumiku.api.links import saved_as
from lumiku.api.saved_names import DistinctNames, safe_name
from lumiku.bootstrap import Services
from lumiku.core.errors import Conflict
from lumiku.removals.model import Batch, Job
from lumiku.removals.read import find_batch, jobs_of_batch, owner_of_batch
from lumiku.storage.base import Storage
from lumiku.storage.errors import FileExpired

_MANIFEST: Final = "manifest.json"


class NothingReady(Conflict):
    """No picture of the batch is done."""

    code = "NOTHING_READY"


@dataclass(frozen=True)
class Download:
    """An archive and what a browser saves it as."""

    archive: Archive
    filename: str
    files: int
    content: Content


async def download_of(batch: Batch, jobs: Sequence[Job], storage: Storage) -> Download:
    """Lay the archive of a batch out; files that are missing are listed in it, and left out.

    Raises:
        NothingReady: it would hold no picture.
        FileExpired: it held pictures once, and their time is over.
    """
    sizes = await storage.sizes(job.result_key for job in jobs if job.result_key is not None)
    names = DistinctNames(_MANIFEST)
    entries: list[Entry] = []
    lines: list[dict[str, Any]] = []
    for job in jobs:
        key = job.result_key or ""
        name = names.new(saved_as(key, job.original_name)) if _is_present(job, sizes) else None
        lines.append(_line(job, name))
        if name is not None:
            at = job.completed_at or job.created_at
            size = job.output_bytes or 0
            entries.append(Entry(name, job.metadata["crc32"], size, at, key))
    if not entries:
        if not batch.active and any(job.status == "expired" for job in jobs):
            raise FileExpired("the pictures of this batch are no longer kept")
        raise NothingReady("no picture of this batch is ready")
    entries.append(_manifest(batch, lines))
    archive = Archive(entries)
    modified = max(entry.at for entry in entries)

    def read(start: int, end: int) -> AsyncIterator[bytes]:
        return archive.read(storage, start, end)

    return Download(
        archive=archive,
        filename=f"removed-{safe_name(batch.name or 'batch')}.zip",
        files=len(entries) - 1,
        content=Content(archive.size_bytes, archive.etag, modified, read),
    )


async def find_download(batch_id: UUID, user_id: UUID | None, services: Services) -> tuple[Batch, Download]:
    """The archive of a batch; of this person's, where there is one.

    Raises:
        NotFound: there is no such batch.
        NothingReady, FileExpired: as for `download_of`.
    """
    async with services.db.transaction() as tx:
        owner = await owner_of_batch(tx, batch_id) if user_id is None else user_id
        batch = await find_batch(tx, owner, batch_id)
        jobs = (await jobs_of_batch(tx, owner, batch_id)).items
    return batch, await download_of(batch, jobs, services.storage)


def answer_download(download: Download, asked: Headers, *, bodiless: bool) -> Response:
    """The archive, or the part of it that is asked for."""
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": disposition(download.filename, attachment=True),
        "Cache-Control": "private, no-cache",
    }
    return answer_file(download.content, asked, headers, bodiless=bodiless)


def _is_present(job: Job, sizes: Mapping[str, int]) -> bool:
    """Whether its result is there as it was made."""
    if job.status != "completed" or job.result_key is None or "crc32" not in job.metadata:
        return False
    return sizes.get(job.result_key) == job.output_bytes


def _line(job: Job, name: str | None) -> dict[str, Any]:
    error = None
    if job.error_code:
        error = {"code": job.error_code, "message": job.error_message or ""}
    elif name is None and job.status in {"completed", "expired"}:
        code = "FILE_EXPIRED" if job.status == "expired" else "FILE_MISSING"
        error = {"code": code, "message": "the result is no longer stored"}
    return {
        "position": job.position,
        "id": str(job.id),
        "originalName": job.original_name,
        "status": job.status,
        "file": name,
        "sha256": job.metadata.get("sha256") if name else None,
        "sizeBytes": job.output_bytes if name else None,
        "error": error,
    }


def _manifest(batch: Batch, lines: list[dict[str, Any]]) -> Entry:
    told = {"batch": {"id": str(batch.id), "name": batch.name, "tier": batch.tier}, "images": lines}
    content = json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    return Entry(_MANIFEST, zlib.crc32(content), len(content), batch.created_at, content)
