"""Settings of webhooks (`LUMIKU_WEBHOOKS__...`)."""

from pydantic import BaseModel, ConfigDict, Field


class WebhooksSettings(BaseModel):
    """Where events may be sent, and for how long that is tried."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_endpoints: int = Field(default=20, ge=1, le=1000, description="Endpoints an account may have.")
    timeout_s: float = Field(
        default=15, gt=0, le=60, description="Time for one sending: name, connection, answer."
    )
    disable_after_s: int = Field(
        default=3 * 86_400,
        ge=60,
        description="An endpoint that took nothing for so long is disabled, and its owner told by mail.",
    )
    keep_s: int = Field(
        default=30 * 86_400, ge=3600, description="How long ended deliveries stay in the list."
    )
    allow_http: bool = Field(default=False, description="Take endpoints without TLS.")
    allow_private_addresses: bool = Field(
        default=False, description="Send to private and loopback addresses; only for a network of your own."
    )
