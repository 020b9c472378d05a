"""Prices as the API shows them."""

from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from lumiku.api.schemas.base import AnswerBody, RequestBody
from lumiku.engine.options import TIERS, Tier
from lumiku.removals.payment import PAYMENTS, Payment

PAYMENT_MEANING: Final = (
    "What pays: `auto`, the plan's quota first and credits for the rest; `credits`; `subscription`, the"
    " quota alone."
)
PaymentChoice = Annotated[Payment, Field(description=PAYMENT_MEANING)]


class CalculateRequest(RequestBody):
    """What a price is wanted for. Any other value is a 400, whatever its type."""

    image_count: Annotated[
        Any, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 500}), Field(examples=[51])
    ]
    tier: Annotated[
        Any, WithJsonSchema({"type": "string", "enum": list(TIERS)}), Field(examples=["standard"])
    ]
    payment: Annotated[
        Any,
        WithJsonSchema({"type": "string", "enum": list(PAYMENTS), "default": "auto"}),
        Field(description=PAYMENT_MEANING + " Nobody who is not logged in has a quota.", examples=["auto"]),
    ] = "auto"


class HintBody(AnswerBody):
    """A larger order that costs less."""

    message: str = Field(examples=["Add 1 image and pay less"])
    add_images: int = Field(examples=[1])
    image_count: int = Field(examples=[51])
    final_credits: int = Field(examples=[368])
    saves_credits: int = Field(examples=[12])


class QuoteBody(AnswerBody):
    """The price of an order."""

    image_count: int = Field(examples=[50])
    tier: Tier = Field(examples=["standard"])
    credits_per_image: int = Field(examples=[8])
    quota_images: int = Field(description="Paid by the plan's quota.", examples=[0])
    credit_images: int = Field(description="Paid in credits.", examples=[50])
    base_credits: int = Field(
        description="Of the images paid in credits, before the discount.", examples=[400]
    )
    discount_percent: int = Field(examples=[5])
    discount_credits: int = Field(examples=[20])
    final_credits: int = Field(description="What is charged.", examples=[380])
    cost_idr: int = Field(serialization_alias="costInIDR", examples=[38_000])
    cost_usd: float = Field(serialization_alias="costInUSD", examples=[2.53])
    savings_idr: int = Field(serialization_alias="savingsIDR", examples=[2_000])
    shown_price: str = Field(description="For people, in the server's currency.", examples=["Rp 38,000"])
    hint: HintBody | None


class QuoteAnswer(AnswerBody):
    """One price."""

    pricing: QuoteBody


class TierBody(AnswerBody):
    """What a tier costs."""

    tier: Tier = Field(examples=["basic"])
    credits_per_image: int = Field(examples=[3])
    cost_idr: int = Field(serialization_alias="costInIDR", examples=[300])


class DiscountBody(AnswerBody):
    """A step of the volume discount."""

    from_images: int = Field(examples=[20])
    percent: int = Field(examples=[5])


class PriceListBody(AnswerBody):
    """All prices."""

    tiers: list[TierBody]
    discounts: list[DiscountBody]
    max_images: int = Field(examples=[500])
    currency: str = Field(examples=["Rp"])
    currency_per_credit: float = Field(examples=[100])


class PriceListAnswer(AnswerBody):
    """All prices."""

    pricing: PriceListBody
