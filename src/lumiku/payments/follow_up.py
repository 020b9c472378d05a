"""Looking after invoices that nobody reports on: asks their gateways, closes those whose time is over."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, or_, select, text, update

from lumiku.core.db import Database
from lumiku.core.errors import LumikuError, Unavailable
from lumiku.payments.errors import GatewayRefused, GatewayUnavailable, OtherAmount
from lumiku.payments.events import Said, note_event
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.gateways.load import Gateways
from lumiku.payments.measure import count_gateway_failure
from lumiku.payments.model import Invoice, Proof, invoice_of
from lumiku.payments.tables import payment_invoices
from lumiku.payments.take_report import take_report

_AT_ONCE: Final = 50
_FOLLOWED: Final = timedelta(days=8)  # money for an invoice can come in after its own time is over
_FIRST: Final = timedelta(seconds=60)

# The longer ago it was opened, or claimed to be paid, the rarer: every minute after 10 minutes, every two and
# a half hours after a day.
_OFTEN: Final = 10
_COLUMNS = payment_invoices.c
_SINCE: Final = func.coalesce(_COLUMNS.watched_at, _COLUMNS.created_at)
_DUE: Final = text("""
    coalesce(asked_at, watched_at, created_at) <= CAST(:now AS timestamptz) - greatest(
        CAST(:first AS interval), (CAST(:now AS timestamptz) - coalesce(watched_at, created_at)) / :often)
""")


async def ask_gateways(db: Database, gateways: Gateways, fulfil: Fulfilment, now: datetime) -> int:
    """Ask how invoices stand that can be paid at a gateway, and settle those that were.

    The second source of truth, for callbacks that never came, or could not be checked when they came. A
    gateway that is away is asked again next time.

    Returns:
        How many were settled.
    """
    settled = 0
    away: set[str] = set()
    for invoice in await _due(db, tuple(gateways), now):
        if invoice.gateway in away:
            continue
        try:
            report = await gateways[invoice.gateway].status(invoice)
        except GatewayRefused:
            count_gateway_failure(invoice.gateway)
            continue
        except GatewayUnavailable:
            count_gateway_failure(invoice.gateway)
            away.add(invoice.gateway)
            continue
        if report.outcome == "pending":
            continue
        try:
            after = await take_report(db, report, source="status", fulfil=fulfil, now=now)
        except OtherAmount:
            continue  # it is kept for somebody to look at
        except Unavailable:
            raise
        except LumikuError:
            continue  # of this invoice alone, and in the log already; the others are still asked about
        settled += after.status == "paid"
    return settled


async def _due(db: Database, names: tuple[str, ...], now: datetime) -> list[Invoice]:
    """Those to be asked about now; nobody else asks about them until they are due again."""
    due = (
        select(_COLUMNS.id)
        .where(
            _COLUMNS.status.in_(("pending", "expired", "cancelled")),
            or_(_COLUMNS.gateway_reference.is_not(None), _COLUMNS.watched_at.is_not(None)),
            _COLUMNS.gateway.in_(names),
            or_(_COLUMNS.expires_at > now - _FOLLOWED, _COLUMNS.watched_at > now - _FOLLOWED),
            _DUE.bindparams(now=now, first=_FIRST, often=_OFTEN),
        )
        .order_by(_SINCE.desc())  # whoever pays just now is not kept waiting by those who gave up
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    change = update(payment_invoices).where(_COLUMNS.id.in_(due.scalar_subquery())).values(asked_at=now)
    async with db.transaction() as tx:
        rows = await tx.execute(change.returning(payment_invoices))
        return [invoice_of(row) for row in rows.mappings()]


async def expire_invoices(db: Database, now: datetime) -> int:
    """Close invoices that nobody paid in time; gives how many. Money that comes later is still settled."""
    over = (
        select(_COLUMNS.id)
        .where(_COLUMNS.status == "pending", _COLUMNS.expires_at <= now)
        .limit(1000)
        .with_for_update(skip_locked=True)
    )
    change = update(payment_invoices).where(_COLUMNS.id.in_(over.scalar_subquery())).values(status="expired")
    async with db.transaction() as tx:
        rows = (await tx.execute(change.returning(payment_invoices))).mappings()
        expired = [invoice_of(row) for row in rows]
        for invoice in expired:
            await note_event(tx, invoice.id, "expired", Said("schedule"), Proof(invoice.gateway, "", 0))
    return len(expired)
