"""Jobs and batches as values; each field is a column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Self
from uuid import UUID

from sqlalchemy import RowMapping

from lumiku.engine.options import Tier

JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled", "expired"]
BatchStatus = Literal["pending", "processing", "completed", "partial", "failed", "cancelled", "expired"]
PricingType = Literal["credits", "subscription", "free"]


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that was checked and stored.

    Attributes:
        key: in storage.
        name: as its owner calls it, safe to show and to write to a file system.
        type: jpeg, png, ...
        size_bytes: of the file.
        width, height: in pixels, upright.
        sha256: of the file, 32 bytes.
    """

    key: str
    name: str
    type: str
    size_bytes: int
    width: int
    height: int
    sha256: bytes = field(repr=False)


class _Row:
    """What a job and a batch have in common: fields that are columns, `status` among them."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    status: JobStatus | BatchStatus

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """From a row of its table."""
        return cls(**{name: row[name] for name in cls.__slots__})

    @property
    def active(self) -> bool:
        """Whether it, or anything of it, waits or runs."""
        return self.status in ("pending", "processing")


@dataclass(frozen=True, slots=True)
class Job(_Row):
    """One picture; see the table for what the columns mean."""

    id: UUID
    user_id: UUID
    batch_id: UUID | None
    position: int | None
    tier: Tier
    status: JobStatus
    attempt: int
    original_name: str
    source_key: str | None
    source_type: str | None
    source_bytes: int | None
    width: int | None
    height: int | None
    result_key: str | None
    output_type: str | None
    output_bytes: int | None
    matte_key: str | None
    first_matte_key: str | None
    thumbnail_key: str | None
    shared_key: str | None
    shared_until: datetime | None
    options: Mapping[str, Any]
    metadata: Mapping[str, Any]
    pricing_type: PricingType
    price: int
    credits_used: int
    hold_id: UUID | None
    usage_id: UUID | None
    error_code: str | None
    error_message: str | None
    processing_ms: int | None
    queue_job_id: int | None
    queued_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    cancel_requested_at: datetime | None
    source_expired_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def files(self) -> list[str]:
        """Keys of everything stored for this job alone."""
        background = None if self.batch_id else self.options.get("background_image_key")
        mattes = (self.matte_key, self.first_matte_key)
        keys = (self.source_key, self.result_key, *mattes, self.thumbnail_key, self.shared_key, background)
        return [key for key in keys if key is not None]


@dataclass(frozen=True, slots=True)
class Batch(_Row):
    """Many pictures priced together; see the table for what the columns mean."""

    id: UUID
    user_id: UUID
    name: str
    tier: Tier
    status: BatchStatus
    total_images: int
    processed_images: int
    failed_images: int
    cancelled_images: int
    pricing: Mapping[str, Any]
    options: Mapping[str, Any]
    queued_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def percentage(self) -> int:
        """How much of it has ended, one way or another; 100 only when all has."""
        done = self.processed_images + self.failed_images + self.cancelled_images
        return done * 100 // self.total_images
