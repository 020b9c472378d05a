"""For administrators: revenue, plans, credits and margins."""

from lumiku.api.access import admin
from lumiku.api.business import Business, TierNumbers, read_business
from lumiku.api.deps import Given
from lumiku.api.limits import STATUS
from lumiku.api.period import Period, days_of, first_day
from lumiku.api.route import new_router
from lumiku.api.schemas.admin import CreditFlow, RevenueAnswer, RevenueBody, TierMargin

router = new_router("administration")


@router.get("/api/admin/revenue", dependencies=[admin, STATUS])
async def read_revenue(services: Given, period: Period = "30d") -> RevenueAnswer:
    """Money and credits over the last days, and what is owed now."""
    now = services.clock()
    since = first_day(days_of(period), now)
    async with services.db.transaction() as tx:
        read = await read_business(tx, services.settings, since, now)
    paid = read.payments
    revenue = sum(paid.paid.values())
    return RevenueAnswer(
        revenue=RevenueBody(
            since=since,
            currency="IDR",
            revenue=revenue,
            refunded=paid.refunded,
            net=revenue - paid.refunded,
            by_kind=dict(paid.paid),
            invoices=dict(paid.by_status),
            attention=paid.attention,
            active_subscriptions=dict(read.subscriptions),
            mrr=read.mrr_idr,
            credits=_credits(read),
            tiers={tier: _tier(numbers) for tier, numbers in read.tiers.items()},
            target_margin_percent=services.settings.payments.target_margin_percent,
        )
    )


def _credits(read: Business) -> CreditFlow:
    return CreditFlow(
        sold=read.payments.credits_sold,
        taken_back=read.payments.credits_taken_back,
        used=read.credits_used,
        given_back=read.credits_given_back,
        outstanding=read.credits_outstanding,
        value_idr=round(read.credit_value_idr, 4),
        liability_idr=read.liability_idr,
    )


def _tier(numbers: TierNumbers) -> TierMargin:
    return TierMargin(
        images=numbers.images,
        credits=numbers.credits,
        value_idr=numbers.value_idr,
        cost_idr=numbers.cost_idr,
        margin_percent=None if numbers.margin is None else round(numbers.margin * 100, 2),
    )
