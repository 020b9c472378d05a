"""The section of the settings for pictures that come from elsewhere (`LUMIKU_INTAKE__...`)."""

from pydantic import BaseModel, ConfigDict, Field


class IntakeSettings(BaseModel):
    """Limits on what is fetched from an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(default=25_000_000, ge=1, description="Largest download, in bytes.")
    timeout_s: float = Field(default=30.0, gt=0, description="Time for one download, redirects included.")
    answer_timeout_s: float = Field(
        default=10.0, gt=0, description="Time within it until an address begins to answer."
    )
    max_redirects: int = Field(default=5, ge=0, le=20, description="Redirects followed, each checked again.")
    allow_private_addresses: bool = Field(
        default=False,
        description="Fetch from private and loopback addresses; only for a machine of your own.",
    )
