"""Public prices: the list, and the price of one order."""

from lumiku.api.access import public
from lumiku.api.deps import Given
from lumiku.api.route import new_router
from lumiku.api.schemas.pricing import (
    CalculateRequest,
    DiscountBody,
    PriceListAnswer,
    PriceListBody,
    QuoteAnswer,
    QuoteBody,
    TierBody,
)
from lumiku.pricing.quote import quote

router = new_router("pricing")


@router.get("/api/background-remover/pricing", dependencies=[public])
async def list_prices(services: Given) -> PriceListAnswer:
    """What each tier costs, and from how many images on there is a discount."""
    prices = services.settings.pricing
    return PriceListAnswer(
        pricing=PriceListBody(
            tiers=[
                TierBody(tier=tier, credits_per_image=each, cost_idr=each * prices.idr_per_credit)
                for tier, each in prices.credits.items()
            ],
            discounts=[
                DiscountBody(from_images=start, percent=percent)
                for start, percent in sorted(prices.discounts.items())
            ],
            max_images=prices.max_images,
            currency=prices.currency,
            currency_per_credit=prices.currency_per_credit,
        )
    )


@router.post("/api/background-remover/pricing/calculate", dependencies=[public])
async def calculate_price(wanted: CalculateRequest, services: Given) -> QuoteAnswer:
    """The price of an order, with a hint where a few images more cost less."""
    priced = quote(wanted.image_count, wanted.tier, services.settings.pricing)
    return QuoteAnswer(pricing=QuoteBody.model_validate(priced))
