"""Finding invoices: one, a page of them, or all of an account for a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.errors import InvalidInput, LimitExceeded
from lumiku.core.page import Listed, Page
from lumiku.payments.errors import InvoiceNotFound
from lumiku.payments.events import needs_attention
from lumiku.payments.model import Invoice, InvoiceStatus, invoice_of, serial_of
from lumiku.payments.tables import payment_invoices

_MAX_INVOICES = 100_000
_COLUMNS = payment_invoices.c


@dataclass(frozen=True)
class Sought:
    """Which invoices; every field narrows, None does not.

    Attributes:
        owner: whose.
        status: in which state.
        attention: those that money came in for, nothing was delivered for, and nobody has marked handled.
    """

    owner: UUID | None = None
    status: InvoiceStatus | None = None
    attention: bool = False


async def find_invoice(tx: AsyncConnection, invoice_id: UUID, *, owner: UUID | None = None) -> Invoice:
    """One invoice.

    Args:
        tx: the caller's transaction.
        invoice_id: which one.
        owner: whose it must be; None: anybody's.

    Raises:
        InvoiceNotFound: there is no such invoice, or it is not the owner's.
    """
    query = select(payment_invoices).where(_COLUMNS.id == invoice_id)
    row = (await tx.execute(query)).mappings().one_or_none()
    if row is None or (owner is not None and row["user_id"] != owner):
        raise InvoiceNotFound("there is no such invoice")
    return invoice_of(row)


async def find_by_name(tx: AsyncConnection, name: str) -> Invoice:
    """One invoice by its number or its id, for the operator.

    Raises:
        InvalidInput: it is neither.
        InvoiceNotFound: there is no such invoice.
    """
    try:
        invoice_id = UUID(name)
    except ValueError:
        query = select(payment_invoices).where(_COLUMNS.serial == serial_of(name))
        row = (await tx.execute(query)).mappings().one_or_none()
        if row is None or (found := invoice_of(row)).number != name.strip().upper():
            raise InvoiceNotFound("there is no such invoice") from None
        return found
    return await find_invoice(tx, invoice_id)


async def list_invoices(tx: AsyncConnection, sought: Sought, page: Page) -> Listed[Invoice]:
    """One page, the newest first."""
    total = await tx.scalar(_narrowed(select(func.count()).select_from(payment_invoices), sought))
    query = _narrowed(select(payment_invoices), sought).order_by(_COLUMNS.serial.desc())
    rows = await tx.execute(query.limit(page.limit).offset(page.offset))
    return Listed([invoice_of(row) for row in rows.mappings()], total or 0)


async def every_invoice(tx: AsyncConnection, owner: UUID) -> Sequence[Invoice]:
    """All invoices of an account, the oldest first.

    Raises:
        LimitExceeded: there are more than 100,000.
    """
    query = _narrowed(select(payment_invoices), Sought(owner)).order_by(_COLUMNS.serial)
    rows = (await tx.execute(query.limit(_MAX_INVOICES + 1))).mappings()
    found = [invoice_of(row) for row in rows]
    if len(found) > _MAX_INVOICES:
        raise LimitExceeded(f"there are more than {_MAX_INVOICES} invoices")
    return found


def _narrowed(query: Select[Any], sought: Sought) -> Select[Any]:
    if sought.owner is not None:
        query = query.where(_COLUMNS.user_id == sought.owner)
    if sought.status is not None:
        query = query.where(_COLUMNS.status == sought.status)
    if sought.attention:
        query = query.where(needs_attention(_COLUMNS.id))
    return query


def status_of(name: str) -> InvoiceStatus:
    """The state of this name.

    Raises:
        InvalidInput: there is none.
    """
    states: tuple[InvoiceStatus, ...] = ("pending", "paid", "expired", "cancelled", "refunded")
    for state in states:
        if state == name:
            return state
    raise InvalidInput(f"a status is one of {', '.join(states)}")
