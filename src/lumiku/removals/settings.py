"""The section of the settings for removals (`LUMIKU_REMOVALS__...`), and what else they go by."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from lumiku.core.settings import ServerSettings
from lumiku.pricing.settings import PricingSettings


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


class Rules(Protocol):
    """The sections that removals read; `lumiku.settings.Settings` has them."""

    @property
    def removals(self) -> RemovalsSettings:
        """Limits."""

    @property
    def pricing(self) -> PricingSettings:
        """Prices."""

    @property
    def server(self) -> ServerSettings:
        """Whether the server is open, and so free."""
