"""Subscriptions between their rows and their values; whoever changes one has locked its row before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.page import Page
from lumiku.subscriptions.errors import NoSubscription
from lumiku.subscriptions.model import Period, Subscription, Upgrade
from lumiku.subscriptions.tables import background_remover_subscription_periods as periods
from lumiku.subscriptions.tables import background_remover_subscriptions as subscriptions

# Fields of a subscription that are columns of the same name.
_OWN: Final = (
    *("id", "user_id", "plan", "created_at", "anchor_at", "zone", "months", "pending_until"),
    *("cancelled_at", "cancel_reason", "next_plan", "suspended_at", "suspend_reason", "invoiced_until"),
)
_KEPT: Final = frozenset(_OWN) - {"id", "user_id", "created_at"}


@dataclass(frozen=True)
class Kept:
    """What follows from a subscription at the moment when it is kept, for those who look for rows."""

    status: str
    due_at: datetime | None


async def find(tx: AsyncConnection, user_id: UUID) -> Subscription | None:
    """The account's subscription, if it ever had one."""
    return await _load(tx, subscriptions.c.user_id == user_id)


async def find_locked(tx: AsyncConnection, user_id: UUID) -> Subscription | None:
    """The same, locked until the transaction ends; whoever wants an invoice's lock too has it already."""
    return await _load(tx, subscriptions.c.user_id == user_id, lock=True)


async def must_find_locked(tx: AsyncConnection, user_id: UUID) -> Subscription:
    """The same, of an account that must have one. Raises NoSubscription."""
    found = await find_locked(tx, user_id)
    if found is None:
        raise NoSubscription
    return found


async def find_page(tx: AsyncConnection, page: Page) -> Sequence[Subscription]:
    """A page of all of them, the latest first."""
    query = select(subscriptions).order_by(subscriptions.c.id.desc()).limit(page.limit).offset(page.offset)
    rows = (await tx.execute(query)).mappings().all()
    paid = select(periods).where(
        periods.c.subscription_id.in_([row["id"] for row in rows]), periods.c.revoked_at.is_(None)
    )
    months: dict[UUID, list[RowMapping]] = {}
    for month in (await tx.execute(paid.order_by(periods.c.starts_at))).mappings():
        months.setdefault(month["subscription_id"], []).append(month)
    return [_subscription_of(row, months.get(row["id"], ())) for row in rows]


async def begin(tx: AsyncConnection, fresh: Subscription) -> tuple[Subscription, bool]:
    """The account's subscription, locked, and whether there was none, so that it is `fresh`."""
    made = upsert(subscriptions).values(id=fresh.id, user_id=fresh.user_id, plan=fresh.plan, zone=fresh.zone)
    made = made.on_conflict_do_nothing(index_elements=["user_id"])
    is_new = (await tx.execute(made.returning(subscriptions.c.id))).first() is not None
    found = await find_locked(tx, fresh.user_id)
    if found is None:
        raise LookupError("a row that was just made is not there")
    return found, is_new


async def keep(
    tx: AsyncConnection, before: Subscription, after: Subscription, kept: Kept, now: datetime
) -> None:
    """Write what differs; `before` is what was locked."""
    last = after.periods[-1] if after.periods else None
    values: dict[str, Any] = {name: getattr(after, name) for name in _KEPT}
    values |= {
        "status": kept.status,
        "due_at": kept.due_at,
        "period_start": last.starts_at if last else None,
        "period_end": last.ends_at if last else None,
    }
    await tx.execute(update(subscriptions).where(subscriptions.c.id == after.id).values(values))
    known = {period.id: period for period in before.periods}
    for period in after.periods:
        if known.pop(period.id, None) != period:
            row = _row_of(period, after.id)
            written = upsert(periods).values(row)
            await tx.execute(written.on_conflict_do_update(index_elements=["id"], set_=row))
    if known:
        gone = update(periods).where(periods.c.id.in_(known)).values(revoked_at=now)
        await tx.execute(gone)


async def _load(
    tx: AsyncConnection, which: ColumnElement[bool], *, lock: bool = False
) -> Subscription | None:
    query = select(subscriptions).where(which)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    if row is None:
        return None
    paid = select(periods).where(periods.c.subscription_id == row["id"], periods.c.revoked_at.is_(None))
    rows = (await tx.execute(paid.order_by(periods.c.starts_at))).mappings()
    return _subscription_of(row, rows)


def _subscription_of(row: RowMapping, months: Iterable[RowMapping]) -> Subscription:
    own = {name: row[name] for name in _OWN}
    return Subscription(**own, periods=tuple(map(_period_of, months)), told_state=row["status"])


def _period_of(row: RowMapping) -> Period:
    upgrades = tuple(_upgrade_of(each) for each in row["upgrades"])
    own = ("id", "plan", "starts_at", "ends_at", "value_idr", "invoice_id")
    return Period(**{name: row[name] for name in own}, upgrades=upgrades)


def _upgrade_of(kept: Mapping[str, Any]) -> Upgrade:
    return Upgrade(UUID(kept["invoice_id"]), kept["plan"], kept["value_idr"])


def _row_of(period: Period, subscription_id: UUID) -> dict[str, Any]:
    upgrades = [
        {"invoice_id": str(each.invoice_id), "plan": each.plan, "value_idr": each.value_idr}
        for each in period.upgrades
    ]
    return {
        "id": period.id,
        "subscription_id": subscription_id,
        "plan": period.plan,
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
        "value_idr": period.value_idr,
        "invoice_id": period.invoice_id,
        "upgrades": upgrades,
    }
