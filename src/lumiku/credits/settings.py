"""Settings of the ledger."""

from pydantic import BaseModel, ConfigDict, Field


class CreditsSettings(BaseModel):
    """What accounts start with, and how long credits stay reserved."""

    model_config = ConfigDict(frozen=True)

    welcome_bonus: int = Field(
        default=100, ge=0, le=1_000_000, description="Credits that a new account starts with."
    )
    hold_s: int = Field(
        default=86_400,
        ge=60,
        description="How long credits stay reserved for work that neither finishes nor fails.",
    )
