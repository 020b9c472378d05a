"""The sections of the settings for removals: what an account may ask for, and how long what is kept."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from lumiku.core.settings import ServerSettings
from lumiku.pricing.settings import PricingSettings
from lumiku.subscriptions.settings import SubscriptionsSettings


class RemovalsSettings(BaseModel):
    """What one account may ask for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(default=25_000_000, ge=1, description="Largest picture file, in bytes.")
    max_pixels: int = Field(default=50_000_000, ge=1, description="Largest picture, in pixels.")
    max_batch_bytes: int = Field(default=2_000_000_000, ge=1, description="Largest batch, in bytes.")
    max_outstanding: int = Field(
        default=2_000, ge=1, description="Pictures of an account that may wait or run at the same time."
    )
    max_open_batches: int = Field(
        default=10, ge=1, description="Batches of an account that were declared and not started yet."
    )
    hold_hours: int = Field(
        default=72, ge=1, le=720, description="How long credits stay reserved for work that does not end."
    )


class RetentionSettings(BaseModel):
    """How long files and rows are kept after work has ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    originals_days: int = Field(
        default=7,
        ge=1,
        description="Pictures as they were uploaded; also batches that were declared and never started.",
    )
    results_days: int = Field(
        default=30, ge=1, description="Results, mattes and thumbnails; then the job is expired."
    )
    failed_days: int = Field(default=30, ge=1, description="Jobs that failed or were cancelled.")
    batches_days: int = Field(default=90, ge=1, description="Batches whose jobs have all ended.")
    orphans_hours: int = Field(
        default=24, ge=1, description="Stored files that no job names; younger ones may be about to be named."
    )
    orphans_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Where results without a job are more of all files than this, no file without one is "
        "deleted: the storage or the database is probably another's.",
    )


class Rules(Protocol):
    """The sections that removals read; `lumiku.settings.Settings` has them."""

    @property
    def removals(self) -> RemovalsSettings:
        """Limits."""

    @property
    def pricing(self) -> PricingSettings:
        """Prices."""

    @property
    def subscriptions(self) -> SubscriptionsSettings:
        """Plans."""

    @property
    def server(self) -> ServerSettings:
        """Whether the server is open, and so free."""
