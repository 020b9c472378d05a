"""What subscriptions refuse."""

from collections.abc import Mapping

from lumiku.core.errors import Conflict, Forbidden, InvalidInput, NotFound, TooManyRequests


class NoSuchPlan(InvalidInput):
    """No plan is called so, or it is no longer offered."""

    reason = "NO_SUCH_PLAN"

    def __init__(self, offered: Mapping[str, object]) -> None:
        super().__init__(f"plan must be one of {', '.join(offered)}", field="plan")


class NoSubscription(NotFound):
    """The account has none."""

    def __init__(self) -> None:
        super().__init__("there is no subscription")


class WrongState(Conflict):
    """What was asked for cannot be done with a subscription in its present state."""


class UpgradeFirst(Conflict):
    """A month was upgraded, or upgraded again, with other money; that is given back before this."""

    reason = "UPGRADE_FIRST"


class NothingGiven(Conflict):
    """All months that are left were paid for; a refund takes those back."""

    reason = "NOTHING_GIVEN"

    def __init__(self) -> None:
        super().__init__("all that is left was paid for; refund that")


class TierNotAllowed(Forbidden):
    """No plan in force pays for this tier."""

    code = "TIER_NOT_ALLOWED"


class QuotaExceeded(TooManyRequests):
    """The plan's quota of this day is used up, or would be."""

    code = "QUOTA_EXCEEDED"
