"""The plans of the settings, looked up."""

from lumiku.subscriptions.errors import NoSuchPlan
from lumiku.subscriptions.settings import PlanSettings, SubscriptionsSettings


def offered_plans(settings: SubscriptionsSettings) -> dict[str, PlanSettings]:
    """Those that anybody may subscribe to, the cheapest first."""
    plans = settings.plans.items()
    return dict(
        sorted(((name, plan) for name, plan in plans if plan.offered), key=lambda each: each[1].price_idr)
    )


def offered_plan(name: str, settings: SubscriptionsSettings) -> PlanSettings:
    """One of those.

    Raises:
        NoSuchPlan: it is not one.
    """
    offered = offered_plans(settings)
    if name not in offered:
        raise NoSuchPlan(offered)
    return offered[name]
