"""Reading an account's entries: page by page, or as a statement over a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.errors import InvalidInput, LimitExceeded
from lumiku.core.page import Listed, Page
from lumiku.credits.model import Entry, EntryKind
from lumiku.credits.tables import credit_entries, credit_holds

_MAX_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and for a capture the reference of what it paid for, such as `job:<id>`."""

    entry: Entry
    paid_for: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A period of an account: `opening` and the entries' amounts sum to `closing`."""

    start: datetime
    end: datetime
    opening: int
    closing: int
    totals: Mapping[EntryKind, int]
    lines: Sequence[Line]


async def history(tx: AsyncConnection, user_id: UUID, page: Page) -> Listed[Line]:
    """One page of an account's entries, the latest first."""
    count = select(func.count()).where(credit_entries.c.user_id == user_id)
    query = _lines(user_id).order_by(credit_entries.c.id.desc()).limit(page.limit).offset(page.offset)
    total = await tx.scalar(count)
    return Listed(await _read(tx, query), total or 0)


async def statement(tx: AsyncConnection, user_id: UUID, start: datetime, end: datetime) -> Statement:
    """What happened on an account from `start` up to, and not including, `end`.

    Raises:
        InvalidInput: a time without a zone, or a period that ends before it starts.
        LimitExceeded: there are more than 100,000 entries in it.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("a statement's times need a zone")
    if end <= start:
        raise InvalidInput("a statement must end after it starts")
    entries = credit_entries.c
    before = select(func.coalesce(func.sum(entries.amount), 0)).where(
        entries.user_id == user_id, entries.created_at < start
    )
    query = _lines(user_id).where(entries.created_at >= start, entries.created_at < end).order_by(entries.id)
    opening = int(await tx.scalar(before) or 0)
    lines = await _read(tx, query.limit(_MAX_ENTRIES + 1))
    if len(lines) > _MAX_ENTRIES:
        raise LimitExceeded(f"there are more than {_MAX_ENTRIES} entries; ask for a shorter period")
    totals: dict[EntryKind, int] = {}
    for line in lines:
        totals[line.entry.kind] = totals.get(line.entry.kind, 0) + line.entry.amount
    return Statement(start, end, opening, opening + sum(totals.values()), totals, lines)


def _lines(user_id: UUID) -> Select[Any]:
    holds = credit_entries.outerjoin(credit_holds, credit_holds.c.id == credit_entries.c.hold_id)
    query = select(credit_entries, credit_holds.c.reference.label("paid_for")).select_from(holds)
    return query.where(credit_entries.c.user_id == user_id)


async def _read(tx: AsyncConnection, query: Select[Any]) -> list[Line]:
    rows = (await tx.execute(query)).mappings()
    return [Line(Entry(**{name: row[name] for name in Entry.__slots__}), row["paid_for"]) for row in rows]
