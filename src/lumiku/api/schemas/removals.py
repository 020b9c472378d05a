"""Jobs and batches as the API shows them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import Field, JsonValue

from lumiku.api.error_codes import FAILURES
from lumiku.api.links import links_of
from lumiku.api.schemas.base import AnswerBody, Pagination
from lumiku.api.schemas.pricing import QuoteBody
from lumiku.api.schemas.subscriptions import QuotaBody
from lumiku.bootstrap import Services
from lumiku.engine.options import Tier
from lumiku.pricing.quote import Quote
from lumiku.removals.model import Batch, BatchStatus, Job, JobStatus, PricingType
from lumiku.removals.orders import quote_of

_SHARED = "/shared/2026/11/24/4f2c.png?filename=removed-cat.png&expires=0&signature=0"
_LINK = "/storage/background-remover/outputs/2026/11/24/4f2c.png?filename=cat.png&expires=0&signature=0"


class JobErrorBody(AnswerBody):
    """Why a picture did not come out."""

    code: str = Field(
        description="`x-extensible-enum` has all there are.",
        examples=["UNKNOWN_FOREGROUND"],
        json_schema_extra={"x-extensible-enum": list[JsonValue](FAILURES)},
    )
    message: str = Field(examples=["no subject was found in the picture"])


class JobMetadataBody(AnswerBody):
    """The files, and how the result was made."""

    width: int | None = Field(description="Of the original, upright.", examples=[1600])
    height: int | None = Field(examples=[1200])
    format: str | None = Field(description="Of the result.", examples=["png"])
    original_format: str | None = Field(examples=["jpeg"])
    original_size: int | None = Field(description="In bytes.", examples=[345_678])
    processed_size: int | None = Field(description="In bytes.", examples=[456_789])
    output_width: int | None = Field(examples=[1600])
    output_height: int | None = Field(examples=[1200])
    pipeline: str | None = Field(description="What the tier ran.", examples=["isnet-int8"])
    executions: list[dict[str, Any]] = Field(description="The models that ran, with version and runtime.")
    confidence: float | None = Field(examples=[0.97])
    box: list[int] | None = Field(description="The subject in the picture, in pixels.")
    timings_ms: dict[str, float] = Field(examples=[{"decode": 11.2, "infer": 210.0}])
    sha256: str | None = Field(description="Of the result.")
    matte_edited: bool = Field(description="Whether its owner has put another matte in the model's place.")


class JobBody(AnswerBody):
    """One picture."""

    id: UUID
    batch_id: UUID | None
    position: int | None = Field(description="In its batch, from 0.")
    status: JobStatus
    tier: Tier
    original_name: str = Field(examples=["cat.jpg"])
    original_url: str | None = Field(description="A signed link, from the root of this server.")
    processed_url: str | None = Field(examples=[_LINK])
    thumbnail_url: str | None
    credits_used: int = Field(description="Paid; nothing before it is completed.", examples=[8])
    credits_held: int = Field(description="Reserved while it is not done.", examples=[0])
    pricing_type: PricingType
    processing_time_ms: int | None = Field(examples=[412])
    metadata: JobMetadataBody
    options: dict[str, Any] = Field(description="What differs from the defaults.")
    error: JobErrorBody | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    files_expire_at: datetime | None = Field(description="When the result is deleted.")
    shared_until: datetime | None = Field(
        description="When the newest link to what is shared of it ends; null where none is in force."
    )

    @classmethod
    def of(cls, job: Job, services: Services) -> "JobBody":
        """With fresh links."""
        links = links_of(job, services)
        error = JobErrorBody(code=job.error_code, message=job.error_message or "") if job.error_code else None
        return cls(
            id=job.id,
            batch_id=job.batch_id,
            position=job.position,
            status=job.status,
            tier=job.tier,
            original_name=job.original_name,
            original_url=links.original,
            processed_url=links.processed,
            thumbnail_url=links.thumbnail,
            credits_used=job.credits_used,
            credits_held=job.price if job.active and job.hold_id else 0,
            pricing_type=job.pricing_type,
            processing_time_ms=job.processing_ms,
            metadata=_metadata(job),
            options=_shown_options(job.options),
            error=error,
            created_at=job.created_at,
            started_at=job.started_at,
            completed_at=job.completed_at,
            files_expire_at=_files_expire_at(job, services.settings.retention.results_days),
            shared_until=_shared_until(job, services.clock()),
        )


class JobAnswer(AnswerBody):
    """One picture."""

    job: JobBody


class JobsAnswer(AnswerBody):
    """A page of pictures."""

    jobs: list[JobBody]
    pagination: Pagination


class BatchBody(AnswerBody):
    """Pictures that were asked for together."""

    id: UUID
    name: str = Field(examples=["Autumn catalogue"])
    status: BatchStatus
    tier: Tier
    total_images: int = Field(examples=[120])
    processed_images: int = Field(examples=[30])
    failed_images: int = Field(examples=[1])
    cancelled_images: int = Field(examples=[0])
    percentage: int = Field(description="Of the images that are done with, rounded down.", examples=[25])
    pricing: QuoteBody
    options: dict[str, Any]
    started: bool = Field(description="False while files are still being put.")
    created_at: datetime
    queued_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, batch: Batch) -> "BatchBody":
        """As it is now."""
        return cls(
            id=batch.id,
            name=batch.name,
            status=batch.status,
            tier=batch.tier,
            total_images=batch.total_images,
            processed_images=batch.processed_images,
            failed_images=batch.failed_images,
            cancelled_images=batch.cancelled_images,
            percentage=batch.percentage,
            pricing=QuoteBody.model_validate(quote_of(batch)),
            options=_shown_options(batch.options),
            started=batch.queued_at is not None,
            created_at=batch.created_at,
            queued_at=batch.queued_at,
            started_at=batch.started_at,
            completed_at=batch.completed_at,
        )


class ItemBody(AnswerBody):
    """One picture of a batch, in short."""

    id: UUID
    position: int
    status: JobStatus
    original_name: str
    uploaded: bool = Field(description="Whether its file is here.")
    size: int | None = Field(description="Of its file, in bytes, once it is here.", examples=[345_678])
    processed_url: str | None
    thumbnail_url: str | None
    error: JobErrorBody | None

    @classmethod
    def of(cls, job: Job, services: Services) -> "ItemBody":
        """With fresh links."""
        links = links_of(job, services)
        return cls(
            id=job.id,
            position=job.position or 0,
            status=job.status,
            original_name=job.original_name,
            uploaded=job.source_bytes is not None,
            size=job.source_bytes,
            processed_url=links.processed,
            thumbnail_url=links.thumbnail,
            error=JobErrorBody(code=job.error_code, message=job.error_message or "")
            if job.error_code
            else None,
        )


class RefusedBody(AnswerBody):
    """A file of a batch that was not taken."""

    index: int = Field(description="Among the files as they were sent, from 0.", examples=[3])
    name: str = Field(examples=["notes.txt"])
    code: str = Field(examples=["INVALID_FILE_TYPE"])
    message: str = Field(examples=["The file is not a picture in a format that Lumiku reads."])


class BatchAnswer(AnswerBody):
    """A batch and its pictures."""

    batch: BatchBody
    items: list[ItemBody]


class NotRetriedBody(AnswerBody):
    """Pictures of a batch that failed and stay as they are, for one reason."""

    code: str = Field(
        description="FILE_EXPIRED: no longer kept; FILE_MISSING: none was sent.", examples=["FILE_EXPIRED"]
    )
    images: int = Field(description="How many.", examples=[3])

    @classmethod
    def of(cls, codes: Sequence[str]) -> "list[NotRetriedBody]":
        """One for each code."""
        return [cls(code=code, images=images) for code, images in sorted(Counter(codes).items())]


class RetriedBatchAnswer(BatchAnswer):
    """A batch that runs again: its pictures that wait again, and how many do not."""

    not_retried: list[NotRetriedBody]


class BatchProgress(AnswerBody):
    """The data of the events `batch` and `end`."""

    batch: BatchBody


class ItemProgress(AnswerBody):
    """The data of the event `item`."""

    item: ItemBody


class NewBatchAnswer(AnswerBody):
    """A batch that was taken on, or declared, and what it costs."""

    batch: BatchBody
    pricing: QuoteBody
    refused: list[RefusedBody] = Field(description="Files left out, where `skipInvalid` was asked for.")

    @classmethod
    def of(cls, batch: Batch, quoted: Quote, refused: list[RefusedBody]) -> "NewBatchAnswer":
        """As it is now."""
        return cls(batch=BatchBody.of(batch), pricing=QuoteBody.model_validate(quoted), refused=refused)


class BatchesAnswer(AnswerBody):
    """A page of batches, the newest first."""

    batches: list[BatchBody]
    pagination: Pagination


class DownloadAnswer(AnswerBody):
    """Where the results of a batch can be had as one file."""

    url: str = Field(description="A signed link, from the root of this server.")
    filename: str = Field(examples=["removed-Autumn catalogue.zip"])
    size_bytes: int = Field(examples=[12_345_678])
    files: int = Field(examples=[119])
    expires_at: datetime


class ShareAnswer(AnswerBody):
    """Where others see a composition."""

    url: str = Field(description="A signed link, from the root of this server.", examples=[_SHARED])
    filename: str = Field(examples=["removed-cat.jpg"])
    size_bytes: int = Field(examples=[345_678])
    expires_at: datetime


class StatsAnswer(AnswerBody):
    """What an account has done so far."""

    total_processed: int = Field(examples=[0])
    total_single_removals: int = Field(examples=[0])
    total_batches: int = Field(examples=[0])
    credits_spent: int = Field(examples=[0])
    credit_balance: int = Field(examples=[100])
    credits_held: int = Field(examples=[0])
    has_subscription: bool = Field(description="Whether a plan can be used now.")
    plan: str | None = Field(examples=["starter"])
    quota: QuotaBody | None


def items_of(jobs: Sequence[Job], services: Services) -> list[ItemBody]:
    """All of them, in their order."""
    return [ItemBody.of(job, services) for job in jobs]


def _files_expire_at(job: Job, days: int) -> datetime | None:
    if job.status != "completed" or job.completed_at is None:
        return None
    return job.completed_at + timedelta(days=days)


def _shared_until(job: Job, now: datetime) -> datetime | None:
    if job.status != "completed" or job.shared_key is None or job.shared_until is None:
        return None
    return job.shared_until if job.shared_until > now else None


def _metadata(job: Job) -> JobMetadataBody:
    facts = dict(job.metadata)
    output = job.result_key.rpartition(".")[2] if job.result_key else None
    return JobMetadataBody(
        width=job.width,
        height=job.height,
        format={"jpg": "jpeg"}.get(output or "", output),
        original_format=job.source_type,
        original_size=job.source_bytes,
        processed_size=job.output_bytes,
        output_width=facts.get("outputWidth"),
        output_height=facts.get("outputHeight"),
        pipeline=facts.get("pipeline"),
        executions=facts.get("executions", []),
        confidence=facts.get("confidence"),
        box=facts.get("box"),
        timings_ms=facts.get("timingsMs", {}),
        sha256=facts.get("sha256"),
        matte_edited=job.first_matte_key is not None,
    )


def _shown_options(options: Any) -> dict[str, Any]:
    """Without keys of stored files."""
    return {name: value for name, value in dict(options).items() if not name.endswith("_key")}
