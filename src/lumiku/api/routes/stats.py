"""What an account has done so far, for its dashboard."""

from lumiku.api.access import user
from lumiku.api.deps import CurrentCaller, Given
from lumiku.api.limits import STATUS
from lumiku.api.route import new_router
from lumiku.api.schemas.removals import StatsAnswer
from lumiku.api.schemas.subscriptions import QuotaBody
from lumiku.credits.ledger import balance
from lumiku.removals.statistics import account_statistics
from lumiku.subscriptions.read import see

router = new_router("jobs")


@router.get("/api/background-remover/stats", dependencies=[user("removals:read"), STATUS])
async def read_stats(caller: CurrentCaller, services: Given) -> StatsAnswer:
    """Pictures that came out, batches started, credits; pictures that were deleted since count on."""
    async with services.db.transaction() as tx:
        done = await account_statistics(tx, caller.user_id)
        owned = await balance(tx, caller.user_id)
        seen = await see(tx, caller.user_id, settings=services.settings.subscriptions, now=services.clock())
    return StatsAnswer(
        total_processed=done.total_processed,
        total_single_removals=done.total_single_removals,
        total_batches=done.total_batches,
        credits_spent=done.credits_spent,
        credit_balance=owned.balance,
        credits_held=owned.held,
        has_subscription=seen is not None and seen.quota is not None,
        plan=seen.plan if seen is not None and seen.quota is not None else None,
        quota=None if seen is None else QuotaBody.of(seen.quota),
    )
