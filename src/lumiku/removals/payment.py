"""How one submission is paid: reserved here when it is queued, taken or given back when each picture ends.

On an open server nothing costs anything. Else a plan's quota pays first, if it is asked to, and credits pay
for the rest, with the discount of the whole submission.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.repository import keep_account
from lumiku.core.errors import InvalidInput
from lumiku.core.ids import new_id
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.holds import capture, hold_many, release, release_open
from lumiku.credits.ledger import lock_account
from lumiku.pricing.quote import Quote, quote
from lumiku.pricing.shares import shares
from lumiku.removals.errors import PriceChanged, QueueFull
from lumiku.removals.model import PricingType
from lumiku.removals.settings import Rules
from lumiku.removals.tables import OUTSTANDING
from lumiku.subscriptions.quota import (
    Taken,
    is_premium,
    read_quota,
    refuse_beyond,
    release_quota,
    reserve_quota,
)

Payment = Literal["auto", "credits", "subscription"]
PAYMENTS: Final[tuple[Payment, ...]] = get_args(Payment)

_FULL_RETRY_S = 60
_LOCK_ACCOUNT = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:user_id AS text), 7))")
_OUTSTANDING = text(
    f"SELECT count(*) FROM background_removal_jobs WHERE user_id = :user_id AND {OUTSTANDING}"  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Share:
    """What pays for one picture.

    Attributes:
        pricing_type: as in its row.
        price: credits held for it.
        hold_id: of those credits; None where it costs none.
        usage_id: the day whose quota pays for it; None where none does.
    """

    pricing_type: PricingType
    price: int = 0
    hold_id: UUID | None = None
    usage_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be paid, and by what.

    Attributes:
        tier: of all pictures.
        payment: auto (quota first, the rest in credits), credits, or subscription (quota alone).
        most: credits that it may cost, as somebody was told; None: what it costs.
    """

    tier: str
    payment: Payment = "auto"
    most: int | None = None


def check_payment(given: object) -> Payment:
    """The word, if it is one of the three.

    Raises:
        InvalidInput: it is not.
    """
    for each in PAYMENTS:
        if given == each:
            return each
    raise InvalidInput(f"payment must be one of {', '.join(PAYMENTS)}", field="payment")


async def reserve_order(
    tx: AsyncConnection,
    user_id: UUID,
    job_ids: Sequence[UUID],
    wish: Wish,
    *,
    rules: Rules,
    now: datetime,
) -> tuple[list[Share], Quote]:
    """Reserve what an order of pictures costs, all or none, if the account may have so many more outstanding.

    Args:
        tx: the transaction that also queues them; the account stays locked until its end, so twins cannot
            both find the last free place, or the last of a quota.
        user_id: who pays.
        job_ids: the pictures; the first ones get the quota.
        wish: their tier, and what is to pay.
        rules: prices, plans, the cap, and whether anything costs anything.
        now: when the hold begins.

    Returns:
        For each picture, in order, what pays for it; and the price: its credits are those that are held.

    Raises:
        TierNotAllowed, QuotaExceeded: only quota is to pay, and it does not.
        PriceChanged: it costs more than `wish.most`.
        InsufficientCredits: fewer credits are free.
        QueueFull: too much work of this account is waiting.
        InvalidToken: the account was deleted meanwhile.
    """
    count = len(job_ids)
    plain = quote(count, wish.tier, rules.pricing)  # raises before anything is reserved
    await keep_account(tx, user_id)
    if rules.server.open:
        return await _reserve_free(tx, user_id, job_ids, rules), plain
    taken = await _take(tx, user_id, count, wish, rules=rules, now=now)
    quoted = quote(count, wish.tier, rules.pricing, quota_images=taken.number)
    if wish.most is not None and quoted.final_credits > wish.most:
        raise PriceChanged(
            f"this costs {quoted.final_credits} credits by now, and {wish.most} were agreed to",
            required=quoted.final_credits,
            agreed=wish.most,
        )
    ends = now + timedelta(hours=rules.removals.hold_hours)
    try:
        paid = await _pay(tx, user_id, job_ids, taken, shares_of(quoted), expires_at=ends)
    except InsufficientCredits as short:
        raise await _beyond_quota(tx, user_id, short, wish, taken, rules=rules, now=now) from None
    await _check_outstanding(tx, user_id, count, rules)
    return paid, quoted


async def reserve_again(
    tx: AsyncConnection, user_id: UUID, prices: Mapping[UUID, int], wish: Wish, *, rules: Rules, now: datetime
) -> list[Share]:
    """Reserve what pictures cost that are tried again, all or none.

    Args:
        tx, user_id, rules, now: as for `reserve_order`.
        prices: of each picture in credits, where no quota pays; the first ones get the quota.
        wish: their tier, and what is to pay, as when they were asked for first.

    Returns:
        For each picture, in order, what pays for it.

    Raises:
        TierNotAllowed, QuotaExceeded, InsufficientCredits, QueueFull, InvalidToken: as for `reserve_order`.
    """
    await keep_account(tx, user_id)
    job_ids, count = list(prices), len(prices)
    if rules.server.open:
        return await _reserve_free(tx, user_id, job_ids, rules)
    taken = await _take(tx, user_id, count, wish, rules=rules, now=now)
    ends, rest = now + timedelta(hours=rules.removals.hold_hours), list(prices.values())[taken.number :]
    try:
        paid = await _pay(tx, user_id, job_ids, taken, rest, expires_at=ends)
    except InsufficientCredits as short:
        raise await _beyond_quota(tx, user_id, short, wish, taken, rules=rules, now=now) from None
    await _check_outstanding(tx, user_id, count, rules)
    return paid


async def quote_for(
    tx: AsyncConnection, user_id: UUID, image_count: int, wish: Wish, *, rules: Rules, now: datetime
) -> Quote:
    """What an order costs if it is submitted now: the same price as `reserve_order` would reserve.

    Raises:
        InvalidInput: the count or the tier makes no sense.
        TierNotAllowed, QuotaExceeded: only quota is to pay, and it does not.
    """
    plain = quote(image_count, wish.tier, rules.pricing)
    if rules.server.open or wish.payment == "credits":
        return plain
    left = await read_quota(tx, user_id, settings=rules.subscriptions, now=now)
    by_quota = 0 if left is None else min(image_count, left.left_for(wish.tier))
    if wish.payment == "subscription":
        refuse_beyond(left, image_count, wish.tier, now)
    return quote(image_count, wish.tier, rules.pricing, quota_images=by_quota)


async def take_payment(tx: AsyncConnection, job: RowMapping) -> None:
    """A picture came out: what was reserved for it is paid.

    Raises:
        HoldEnded: its credits were given back meanwhile.
    """
    if job["hold_id"] is not None:
        await capture(tx, job["hold_id"])


async def give_payment_back(tx: AsyncConnection, job: RowMapping) -> None:
    """A picture did not come out: what was reserved for it is free again."""
    if job["usage_id"] is not None:
        await release_quota(tx, {(job["usage_id"], is_premium(job["tier"])): 1})
    if job["hold_id"] is not None:
        await release(tx, job["hold_id"])


async def give_payments_back(tx: AsyncConnection, jobs: Iterable[RowMapping]) -> None:
    """The same for pictures that were cancelled together; holds that have ended are left as they are."""
    rows = list(jobs)
    days = Counter((job["usage_id"], is_premium(job["tier"])) for job in rows if job["usage_id"] is not None)
    await release_quota(tx, days)
    await release_open(tx, [job["hold_id"] for job in rows if job["hold_id"] is not None])


def shares_of(quoted: Quote) -> list[int]:
    """The price of each picture of an order that credits pay for; together the price of the order."""
    return shares(quoted.final_credits, quoted.credit_images) if quoted.credit_images else []


async def _reserve_free(
    tx: AsyncConnection, user_id: UUID, job_ids: Sequence[UUID], rules: Rules
) -> list[Share]:
    await tx.execute(_LOCK_ACCOUNT, {"user_id": user_id})
    await _check_outstanding(tx, user_id, len(job_ids), rules)
    return [Share("free") for _ in job_ids]


async def _take(
    tx: AsyncConnection, user_id: UUID, count: int, wish: Wish, *, rules: Rules, now: datetime
) -> Taken:
    if wish.payment == "credits":
        return Taken()
    all_or_none = wish.payment == "subscription"
    return await reserve_quota(
        tx, user_id, count, wish.tier, settings=rules.subscriptions, now=now, all_or_none=all_or_none
    )


async def _pay(
    tx: AsyncConnection,
    user_id: UUID,
    job_ids: Sequence[UUID],
    taken: Taken,
    prices: Sequence[int],
    *,
    expires_at: datetime,
) -> list[Share]:
    """The first pictures by what was taken of a quota, the others by a hold each."""
    paid = [Share("subscription", usage_id=taken.usage_id) for _ in range(taken.number)]
    if prices:
        # A job that is tried again needs another hold, so the reference has a part of its own.
        rest = zip(prices, job_ids[taken.number :], strict=True)
        wanted = [(price, f"job:{job_id}:{new_id()}") for price, job_id in rest]
        holds = await hold_many(tx, user_id, wanted, expires_at)
        paid += [Share("credits", hold.amount, hold.id) for hold in holds]
    else:
        await lock_account(tx, user_id)  # as a hold does: twins count what is outstanding one after the other
    return paid


async def _beyond_quota(
    tx: AsyncConnection,
    user_id: UUID,
    short: InsufficientCredits,
    wish: Wish,
    taken: Taken,
    *,
    rules: Rules,
    now: datetime,
) -> InsufficientCredits:
    """The same refusal; where a plan would have paid, with how many it pays for, and when for more."""
    left = None
    if wish.payment == "auto":
        left = await read_quota(tx, user_id, settings=rules.subscriptions, now=now)
    if left is None or wish.tier not in left.tiers:
        return short
    resets_at = left.resets_at.isoformat()
    return InsufficientCredits(
        short.required, short.available, quotaImages=taken.number, quotaResetsAt=resets_at
    )


async def _check_outstanding(tx: AsyncConnection, user_id: UUID, more: int, rules: Rules) -> None:
    outstanding = int((await tx.execute(_OUTSTANDING, {"user_id": user_id})).scalar_one())
    if outstanding + more > rules.removals.max_outstanding:
        raise QueueFull(
            "too many pictures of this account are waiting; try again when some are done",
            _FULL_RETRY_S,
            outstanding=outstanding,
            limit=rules.removals.max_outstanding,
        )
