"""Accounts and what adds to them or corrects them: grants, refunds, adjustments; one entry a reference."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, NotFound
from lumiku.credits.errors import InsufficientCredits, ReferenceTaken, RefundTooLarge
from lumiku.credits.model import Balance, Entry, GrantKind
from lumiku.credits.references import check_amount, check_reference
from lumiku.credits.tables import credit_accounts, credit_entries

# The account's row is locked first, so that entries of one account get their ids and times in order.
_ENTER = text("""
WITH account AS MATERIALIZED (
    SELECT user_id, balance, held FROM credit_accounts WHERE user_id = :user_id FOR UPDATE
), entry AS (
    INSERT INTO credit_entries
        (user_id, kind, amount, balance_after, reference, refunds_entry_id, actor_id, note, created_at)
    SELECT user_id, CAST(:kind AS varchar), CAST(:amount AS bigint), balance + CAST(:amount AS bigint),
           CAST(:reference AS varchar), CAST(:refunds_entry_id AS bigint), CAST(:actor_id AS uuid),
           CAST(:note AS varchar), clock_timestamp()
    FROM account WHERE balance + CAST(:amount AS bigint) >= held
    ON CONFLICT (reference) DO NOTHING
    RETURNING *
), moved AS (
    UPDATE credit_accounts SET balance = credit_accounts.balance + entry.amount
    FROM entry WHERE credit_accounts.user_id = entry.user_id
)
SELECT account.balance, account.held, entry.*
FROM account LEFT JOIN entry ON true
""")

_REFUNDED = text("""
SELECT coalesce(sum(amount), 0) FROM credit_entries
WHERE refunds_entry_id = :entry_id AND reference <> :reference
""")

# A replay must agree in these; who did it and the note may differ.
_DECIDING = ("kind", "amount", "refunds_entry_id")


_BALANCE: Final = "SELECT balance, held FROM credit_accounts WHERE user_id = %(user_id)s"


async def open_account(tx: AsyncConnection, user_id: UUID) -> None:
    """Give a person an empty account; a second time changes nothing."""
    await tx.execute(upsert(credit_accounts).values(user_id=user_id).on_conflict_do_nothing())


async def welcome(tx: AsyncConnection, user_id: UUID, amount: int) -> None:
    """Open the account of somebody new and grant the welcome bonus (0: none), once for ever."""
    await open_account(tx, user_id)
    if amount:
        await grant(tx, user_id, amount, f"welcome:{user_id}", kind="bonus", note="Welcome bonus")


async def lock_account(tx: AsyncConnection, user_id: UUID) -> None:
    """Let nobody else reserve or move this account's credits until the transaction ends."""
    lock = select(credit_accounts.c.user_id).where(credit_accounts.c.user_id == user_id)
    await tx.execute(lock.with_for_update())


async def balance(tx: AsyncConnection, user_id: UUID) -> Balance:
    """What an account holds, as a transaction sees it.

    Raises:
        NotFound: there is no such account.
    """
    query = select(credit_accounts.c.balance, credit_accounts.c.held)
    row = (await tx.execute(query.where(credit_accounts.c.user_id == user_id))).mappings().one_or_none()
    return _balance_of(row)


async def read_balance(db: Database, user_id: UUID) -> Balance:
    """What an account holds now, for showing it.

    Raises:
        NotFound: there is no such account.
    """
    return _balance_of(await db.one(_BALANCE, {"user_id": user_id}))


def _balance_of(row: RowMapping | Mapping[str, Any] | None) -> Balance:
    if row is None:
        raise NotFound("there is no such credit account")
    return Balance(row["balance"], row["held"])


async def grant(
    tx: AsyncConnection,
    user_id: UUID,
    amount: int,
    reference: str,
    *,
    kind: GrantKind,
    actor_id: UUID | None = None,
    note: str = "",
) -> Entry:
    """Add credits; the same reference again gives the entry made then and adds nothing.

    Args:
        tx: the caller's transaction.
        user_id: who gets them.
        amount: credits, at least 1.
        reference: what it is for, unique for ever, such as `payment:<id>`.
        kind: `bonus`, `purchase`, or `grant`, which somebody decided by hand: the audit log gets a line.
        actor_id: the admin who granted it; None is the command line or the system.
        note: shown in the history.

    Raises:
        ReferenceTaken: the reference belongs to an entry that says something else.
        NotFound: there is no such account.
    """
    values = {
        "kind": kind,
        "amount": check_amount(amount),
        "refunds_entry_id": None,
        "actor_id": actor_id,
        "note": note,
    }
    entry, new = await _enter(tx, user_id, reference, values)
    if new and kind == "grant":
        await _record(tx, "credits.granted", entry)
    return entry


async def refund(
    tx: AsyncConnection,
    entry_id: int,
    amount: int,
    reference: str,
    *,
    actor_id: UUID | None = None,
    note: str = "",
) -> Entry:
    """Give back credits that a capture took, or a part of them; replays as `grant` does.

    Raises:
        RefundTooLarge: with the refunds before it, it would exceed what was captured.
        ReferenceTaken: the reference belongs to an entry that says something else.
        NotFound: there is no such entry.
        InvalidInput: the entry is no capture.
    """
    query = select(credit_entries).where(credit_entries.c.id == entry_id)
    captured = (await tx.execute(query)).one_or_none()
    if captured is None:
        raise NotFound("there is no such entry")
    if captured.kind != "capture":
        raise InvalidInput("only captured credits can be refunded")
    lock = select(credit_accounts.c.user_id).where(credit_accounts.c.user_id == captured.user_id)
    await tx.execute(lock.with_for_update())  # from here on no refund can slip in between sum and entry
    refunded = await tx.scalar(_REFUNDED, {"entry_id": entry_id, "reference": reference})
    if refunded + check_amount(amount) > -captured.amount:
        raise RefundTooLarge(
            f"{-captured.amount} credits were captured and {refunded} of them refunded already"
        )
    values = {
        "kind": "refund",
        "amount": amount,
        "refunds_entry_id": entry_id,
        "actor_id": actor_id,
        "note": note,
    }
    entry, _ = await _enter(tx, captured.user_id, reference, values)
    return entry


async def adjust(
    tx: AsyncConnection, user_id: UUID, amount: int, reference: str, *, actor_id: UUID | None, note: str
) -> Entry:
    """Correct a balance by hand, up or down, with a reason; the audit log gets a line too.

    Args:
        tx: the caller's transaction.
        user_id: whose balance.
        amount: credits to add, or, below 0, to take; never more than are available.
        reference: unique for ever; replays as `grant` does.
        actor_id: the admin; None is the command line.
        note: why; it may not be empty.

    Raises:
        InsufficientCredits: more would be taken than is available.
        ReferenceTaken: the reference belongs to an entry that says something else.
        NotFound: there is no such account.
    """
    if not note.strip():
        raise InvalidInput("an adjustment needs a reason")
    check_amount(abs(amount))
    values = {
        "kind": "adjust",
        "amount": amount,
        "refunds_entry_id": None,
        "actor_id": actor_id,
        "note": note,
    }
    entry, new = await _enter(tx, user_id, reference, values)
    if new:
        await _record(tx, "credits.adjusted", entry)
    return entry


async def _record(tx: AsyncConnection, action: str, entry: Entry) -> None:
    about = {"entry_id": entry.id, "amount": entry.amount}
    await record(tx, action, actor_id=entry.actor_id, subject_id=entry.user_id, **about)


async def _enter(
    tx: AsyncConnection, user_id: UUID, reference: str, values: dict[str, Any]
) -> tuple[Entry, bool]:
    """The entry with this reference, and whether it was made now."""
    if len(values["note"]) > 500:
        raise InvalidInput("a note has at most 500 characters")
    parameters = {**values, "user_id": user_id, "reference": check_reference(reference)}
    row = (await tx.execute(_ENTER, parameters)).mappings().one_or_none()
    if row is None:
        raise NotFound("there is no such credit account")
    if row["id"] is not None:
        return Entry(**{name: row[name] for name in Entry.__slots__}), True
    query = select(credit_entries).where(credit_entries.c.reference == reference)
    earlier = (await tx.execute(query)).mappings().one_or_none()
    if earlier is None:
        raise InsufficientCredits(-values["amount"], row["balance"] - row["held"])
    if earlier["user_id"] != user_id or any(earlier[name] != values[name] for name in _DECIDING):
        raise ReferenceTaken("this reference belongs to another entry")
    return Entry(**earlier), False
