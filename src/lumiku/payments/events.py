"""The record of what was said about an invoice; it can be added to and read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Exists, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.payments.model import Event, EventSource, Proof, Verdict, event_of
from lumiku.payments.tables import payment_events


@dataclass(frozen=True)
class Said:
    """Who says something about an invoice.

    Attributes:
        source: through which way it came.
        actor_id: the person; None: the system, the command line or a gateway.
        note: in words, for the operator.
    """

    source: EventSource
    actor_id: UUID | None = None
    note: str = ""


async def note_event(
    tx: AsyncConnection, invoice_id: UUID, verdict: Verdict, said: Said, about: Proof
) -> None:
    """Add one line, in the transaction that acts on it."""
    await tx.execute(
        insert(payment_events).values(
            invoice_id=invoice_id,
            source=said.source,
            verdict=verdict,
            gateway=about.gateway,
            reference=about.reference or None,
            amount=about.amount or None,
            actor_id=said.actor_id,
            note=said.note[:500],
        )
    )


async def was_said(tx: AsyncConnection, invoice_id: UUID, verdict: Verdict, about: Proof) -> bool:
    """Whether the same was noted before, so that a gateway's repetitions do not fill the table."""
    column = payment_events.c
    query = exists().where(
        column.invoice_id == invoice_id,
        column.verdict == verdict,
        column.gateway == about.gateway,
        column.reference == about.reference,
        column.amount == about.amount,
    )
    return bool(await tx.scalar(select(query)))


def unhandled() -> ColumnElement[bool]:
    """Of a row of `payment_events`: money that nothing was delivered for, and nobody has marked handled."""
    event, later = payment_events.c, payment_events.alias("later").c
    handled = exists().where(
        later.invoice_id == event.invoice_id, later.id > event.id, later.verdict == "handled"
    )
    return event.verdict.in_(("surplus", "other_amount")) & ~handled


def needs_attention(invoice_id: UUID | Column[UUID]) -> Exists:
    """Whether something of that kind was said about an invoice."""
    return exists().where(payment_events.c.invoice_id == invoice_id, unhandled())


async def events_of(tx: AsyncConnection, invoice_id: UUID) -> Sequence[Event]:
    """Everything that was said about one invoice, the oldest first."""
    query = select(payment_events).where(payment_events.c.invoice_id == invoice_id).order_by("id").limit(1000)
    return [event_of(row) for row in (await tx.execute(query)).mappings()]
