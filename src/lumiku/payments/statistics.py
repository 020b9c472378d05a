"""Payments in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.events import unhandled
from lumiku.payments.tables import payment_events, payment_invoices

_COLUMNS = payment_invoices.c


@dataclass(frozen=True, slots=True)
class PaymentCounts:
    """Payments since the time asked for, and how invoices stand now.

    Attributes:
        paid: whole rupiah that came in, by kind of invoice.
        refunded: whole rupiah given back.
        credits_sold: in packages.
        credits_taken_back: by refunds.
        attention: payments that nothing was delivered for, and nobody has marked handled.
        by_status: invoices, of all times.
    """

    paid: Mapping[str, int]
    refunded: int
    credits_sold: int
    credits_taken_back: int
    attention: int
    by_status: Mapping[str, int]


async def count_payments(tx: AsyncConnection, since: datetime) -> PaymentCounts:
    """Count over all accounts."""
    sums = func.sum(_COLUMNS.amount), func.sum(_COLUMNS.credits)
    paid = select(_COLUMNS.kind, *sums).where(_COLUMNS.paid_at >= since).group_by(_COLUMNS.kind)
    rows = (await tx.execute(paid)).all()
    back = func.coalesce(func.sum(_COLUMNS.refunded_amount), 0)
    taken = func.coalesce(func.sum(_COLUMNS.refunded_credits), 0)
    refunded = (await tx.execute(select(back, taken).where(_COLUMNS.refunded_at >= since))).one()
    attention = select(func.count()).where(unhandled(), payment_events.c.created_at >= since)
    states = select(_COLUMNS.status, func.count()).group_by(_COLUMNS.status)
    return PaymentCounts(
        paid={row[0]: int(row[1]) for row in rows},
        refunded=int(refunded[0]),
        credits_sold=sum(int(row[2]) for row in rows),
        credits_taken_back=int(refunded[1]),
        attention=await tx.scalar(attention) or 0,
        by_status={row[0]: row[1] for row in await tx.execute(states)},
    )


async def paid_by_day(tx: AsyncConnection, since: datetime) -> dict[date, int]:
    """By the day in UTC: whole rupiah that came in."""
    day = cast(func.timezone("UTC", _COLUMNS.paid_at), Date)
    sums = select(day, func.sum(_COLUMNS.amount)).where(_COLUMNS.paid_at >= since).group_by(day)
    return {row[0]: int(row[1]) for row in await tx.execute(sums)}


async def credit_value_idr(tx: AsyncConnection, otherwise: float) -> float:
    """What a credit was sold for on average, refunds left out; `otherwise` where none was ever sold."""
    amount = func.sum(_COLUMNS.amount - func.coalesce(_COLUMNS.refunded_amount, 0))
    credits_ = func.sum(_COLUMNS.credits - func.coalesce(_COLUMNS.refunded_credits, 0))
    sold = select(amount, credits_).where(_COLUMNS.paid_at.is_not(None), _COLUMNS.kind == "package")
    row = (await tx.execute(sold)).one()
    return float(row[0]) / float(row[1]) if row[1] else otherwise


@dataclass(frozen=True, slots=True)
class Waiting:
    """Invoices of one kind: how many, and the oldest of them."""

    count: int
    since: datetime | None


async def undelivered(tx: AsyncConnection) -> Waiting:
    """Those that money came in for, nothing was delivered for, and that nobody has marked handled."""
    counted = func.count(payment_events.c.invoice_id.distinct()), func.min(payment_events.c.created_at)
    return Waiting(*(await tx.execute(select(*counted).where(unhandled()))).one())


async def waiting_by_hand(tx: AsyncConnection, before: datetime) -> Waiting:
    """Those made before then that an administrator has still to confirm or to withdraw."""
    counted = select(func.count(), func.min(_COLUMNS.created_at)).where(
        _COLUMNS.status == "pending", _COLUMNS.gateway == "manual", _COLUMNS.created_at <= before
    )
    return Waiting(*(await tx.execute(counted)).one())


async def claimed(tx: AsyncConnection, before: datetime) -> Waiting:
    """Unpaid ones that a callback called paid before then, which their gateway has not confirmed."""
    said = exists().where(payment_events.c.invoice_id == _COLUMNS.id, payment_events.c.verdict == "claimed")
    counted = select(func.count(), func.min(_COLUMNS.watched_at)).where(
        _COLUMNS.status.in_(("pending", "expired", "cancelled")), _COLUMNS.watched_at <= before, said
    )
    return Waiting(*(await tx.execute(counted)).one())
