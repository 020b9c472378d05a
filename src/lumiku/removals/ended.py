"""What follows when a job or a batch has ended, in the transaction that ends it: once, or not at all."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.removals.events import announce
from lumiku.removals.report import queue_report
from lumiku.webhooks.events import EventType
from lumiku.webhooks.publish import publish

_OF_JOBS: Final[Mapping[str, EventType]] = {"completed": "removal.completed", "failed": "removal.failed"}


async def job_ended(tx: AsyncConnection, job: RowMapping) -> None:
    """A job is completed, failed or cancelled; `job` is its row as it is now."""
    await announce(tx, user_id=job["user_id"], job_id=job["id"], batch_id=job["batch_id"])
    if job["status"] in _OF_JOBS:
        await publish(tx, job["user_id"], _OF_JOBS[job["status"]], {"job": _job_facts(job)})


async def batch_ended(tx: AsyncConnection, batch: RowMapping) -> None:
    """All jobs of a batch have ended, or it was cancelled; `batch` is its row as it is now."""
    await announce(tx, user_id=batch["user_id"], job_id=None, batch_id=batch["id"])
    cancelled = batch["status"] == "cancelled"
    event: EventType = "batch.cancelled" if cancelled else "batch.completed"
    await publish(tx, batch["user_id"], event, {"batch": _batch_facts(batch)})
    if not cancelled:
        await queue_report(tx, batch)


def _job_facts(job: RowMapping) -> dict[str, Any]:
    """What a receiver needs to know the job and to ask for it; links would have expired at a late try."""
    failed = job["error_code"] is not None
    return {
        "id": str(job["id"]),
        "batchId": None if job["batch_id"] is None else str(job["batch_id"]),
        "position": job["position"],
        "status": job["status"],
        "tier": job["tier"],
        "originalName": job["original_name"],
        "creditsUsed": job["credits_used"],
        "processingTimeMs": job["processing_ms"],
        "error": {"code": job["error_code"], "message": job["error_message"]} if failed else None,
    }


def _batch_facts(batch: RowMapping) -> dict[str, Any]:
    return {
        "id": str(batch["id"]),
        "status": batch["status"],
        "name": batch["name"],
        "tier": batch["tier"],
        "totalImages": batch["total_images"],
        "processedImages": batch["processed_images"],
        "failedImages": batch["failed_images"],
        "cancelledImages": batch["cancelled_images"],
    }
