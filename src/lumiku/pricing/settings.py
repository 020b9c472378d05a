"""Settings of prices: credits a picture, the steps of the volume discount, and money."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lumiku.engine.options import TIERS, Tier

Credits = Annotated[int, Field(ge=1, le=1_000_000)]
Percent = Annotated[int, Field(ge=0, le=100)]


class PricingSettings(BaseModel):
    """Prices in credits; each discount starts at a number of pictures and holds until the next."""

    model_config = ConfigDict(frozen=True)

    credits: dict[Tier, Credits] = Field(
        default={"basic": 3, "standard": 8, "professional": 15, "industry": 25},
        description="Credits a picture, for every tier.",
    )
    discounts: dict[int, Percent] = Field(
        default={20: 5, 51: 10, 101: 15, 201: 20},
        description="From how many pictures on, how many per cent off.",
    )
    max_images: int = Field(default=500, ge=1, le=100_000, description="The most pictures in one order.")
    idr_per_credit: int = Field(default=100, ge=1, description="Rupiah a credit, in `costInIDR`.")
    idr_per_usd: int = Field(default=15_000, ge=1, description="Rupiah a dollar, in `costInUSD`.")
    currency: str = Field(
        default="Rp", min_length=1, max_length=8, description="The sign in front of prices shown to people."
    )
    currency_per_credit: float = Field(
        default=100, gt=0, description="What a credit is worth in the currency shown."
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.credits) != set(TIERS):
            raise ValueError(f"credits needs a price for each of {', '.join(TIERS)}")
        if any(start < 2 for start in self.discounts):
            raise ValueError("a discount starts at 2 pictures or more")
        return self
