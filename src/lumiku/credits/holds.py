"""Holds: credits reserved before work, then captured or released, each exactly once.

Every statement here locks the account's row first and touches holds and entries only afterwards, so
transactions on one account queue up at that row and cannot deadlock. READ COMMITTED has one trap: a statement
that waited at the row sees its balance as it is then, but other tables as they were before the wait. So a
decision rests on the locked row and on conditions that PostgreSQL checks again on the newest version of a row
(`status = 'open'` of the row being updated, the unique index on references), never on a plain read of holds.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, NotFound
from lumiku.core.ids import new_id
from lumiku.credits.errors import HoldEnded, InsufficientCredits, ReferenceTaken
from lumiku.credits.model import Entry, Hold, HoldStatus
from lumiku.credits.references import check_amount, check_reference

_HOLD = text("""
WITH account AS MATERIALIZED (
    SELECT user_id, balance - held AS available
    FROM credit_accounts WHERE user_id = :user_id FOR UPDATE
), existing AS MATERIALIZED (
    SELECT id, user_id, amount, reference, status, expires_at
    FROM credit_holds WHERE reference = ANY (CAST(:references AS varchar[]))
), wanted AS MATERIALIZED (
    SELECT id, amount, reference
    FROM unnest(CAST(:ids AS uuid[]), CAST(:amounts AS integer[]), CAST(:references AS varchar[]))
         AS asked (id, amount, reference)
    WHERE reference NOT IN (SELECT reference FROM existing)
), made AS (
    INSERT INTO credit_holds (id, user_id, amount, reference, expires_at)
    SELECT wanted.id, account.user_id, wanted.amount, wanted.reference, CAST(:expires_at AS timestamptz)
    FROM account CROSS JOIN wanted
    WHERE account.available >= (SELECT sum(amount) FROM wanted)
    ON CONFLICT (reference) DO NOTHING
    RETURNING id, user_id, amount, reference, status, expires_at
), moved AS (
    UPDATE credit_accounts SET held = held + total.amount
    FROM (SELECT user_id, sum(amount) AS amount FROM made GROUP BY user_id) AS total
    WHERE credit_accounts.user_id = total.user_id
)
SELECT account.available, hold.*
FROM account LEFT JOIN (SELECT * FROM made UNION ALL SELECT * FROM existing) AS hold ON true
""")

_END = text("""
WITH account AS MATERIALIZED (
    SELECT user_id FROM credit_accounts
    WHERE user_id IN (SELECT user_id FROM credit_holds WHERE id = ANY (CAST(:ids AS uuid[])))
    ORDER BY user_id FOR UPDATE
), ended AS (
    UPDATE credit_holds SET status = CAST(:status AS varchar), ended_at = clock_timestamp()
    WHERE id = ANY (CAST(:ids AS uuid[])) AND status = 'open' AND user_id IN (SELECT user_id FROM account)
    RETURNING id, user_id, amount
), moved AS (
    UPDATE credit_accounts
    SET held = held - total.amount,
        balance = balance - CASE WHEN CAST(:status AS varchar) = 'captured' THEN total.amount ELSE 0 END
    FROM (SELECT user_id, sum(amount) AS amount FROM ended GROUP BY user_id) AS total
    WHERE credit_accounts.user_id = total.user_id
    RETURNING credit_accounts.user_id, balance
), entry AS (
    INSERT INTO credit_entries (user_id, kind, amount, balance_after, reference, hold_id, created_at)
    SELECT ended.user_id, 'capture', -ended.amount, moved.balance, 'capture:' || ended.id, ended.id,
           clock_timestamp()
    FROM ended JOIN moved USING (user_id) WHERE CAST(:status AS varchar) = 'captured'
    RETURNING *
)
SELECT ended.id AS ended_id, entry.* FROM ended LEFT JOIN entry ON entry.hold_id = ended.id
""")

_ENDING = text("""
SELECT hold.status, entry.*
FROM credit_holds AS hold LEFT JOIN credit_entries AS entry ON entry.hold_id = hold.id
WHERE hold.id = :id
""")

_EXPIRED = text("""
SELECT user_id, array_agg(id) AS ids
FROM (
    SELECT user_id, id FROM credit_holds
    WHERE status = 'open' AND expires_at <= :now ORDER BY expires_at LIMIT 1000
) AS stale
GROUP BY user_id ORDER BY user_id
""")


async def hold(tx: AsyncConnection, user_id: UUID, amount: int, reference: str, expires_at: datetime) -> Hold:
    """Reserve credits for one piece of work; see `hold_many`."""
    return (await hold_many(tx, user_id, [(amount, reference)], expires_at))[0]


async def hold_many(
    tx: AsyncConnection, user_id: UUID, wanted: Sequence[tuple[int, str]], expires_at: datetime
) -> list[Hold]:
    """Reserve credits for several pieces of work, all or none, in one statement.

    A reference that has a hold already (open or ended) gives that hold and reserves nothing.

    Args:
        tx: the caller's transaction; the account stays locked until its end.
        user_id: whose credits.
        wanted: an amount in credits and a reference for each piece of work, such as `job:<id>`.
        expires_at: when `release_expired` may take the credits back.

    Returns:
        The holds, in the order of `wanted`.

    Raises:
        InsufficientCredits: fewer credits are available than the new holds need together.
        ReferenceTaken: a reference has a hold of another account or amount.
        NotFound: there is no such account.
    """
    references = [check_reference(reference) for _, reference in wanted]
    if not references or len(set(references)) < len(references):
        raise InvalidInput("holds need references, each one once")
    parameters = {
        "user_id": user_id,
        "ids": [new_id() for _ in wanted],
        "amounts": [check_amount(amount) for amount, _ in wanted],
        "references": references,
        "expires_at": expires_at,
    }
    # The second run is for twins and refusals alone: the account is locked by then, so it sees all holds.
    for _ in range(2):
        rows = (await tx.execute(_HOLD, parameters)).mappings().all()
        if not rows:
            raise NotFound("there is no such credit account")
        available = rows[0]["available"]
        found = {row["reference"]: row for row in rows if row["id"] is not None}
        if len(found) == len(references):
            break
    else:
        raise InsufficientCredits(
            sum(amount for amount, reference in wanted if reference not in found), available
        )
    if any(
        found[reference]["user_id"] != user_id or found[reference]["amount"] != amount
        for amount, reference in wanted
    ):
        raise ReferenceTaken("this reference belongs to another hold")
    return [Hold(**{name: found[reference][name] for name in Hold.__slots__}) for reference in references]


async def capture(tx: AsyncConnection, hold_id: UUID) -> Entry:
    """Take the held credits for good; capturing again gives the same entry.

    Raises:
        HoldEnded: the hold was released (also by expiry).
        NotFound: there is no such hold.
    """
    end = {"ids": [hold_id], "status": "captured"}
    row = (await tx.execute(_END, end)).mappings().one_or_none() or await _ending(tx, hold_id, "captured")
    return Entry(**{name: row[name] for name in Entry.__slots__})


async def release(tx: AsyncConnection, hold_id: UUID) -> None:
    """Give the held credits back; releasing again changes nothing.

    Raises:
        HoldEnded: the hold was captured.
        NotFound: there is no such hold.
    """
    if not await release_open(tx, [hold_id]):
        await _ending(tx, hold_id, "released")


async def release_open(tx: AsyncConnection, hold_ids: Sequence[UUID]) -> list[UUID]:
    """Give back those of the holds that are open still, and say which; for cancelling what has not run."""
    end = {"ids": list(hold_ids), "status": "released"}
    return list((await tx.execute(_END, end)).scalars())


async def release_expired(db: Database, now: datetime) -> int:
    """Give back open holds whose time is over, an account at a time; gives how many."""
    released = 0
    while True:
        async with db.transaction() as tx:
            accounts = [list(row.ids) for row in await tx.execute(_EXPIRED, {"now": now})]
        for ids in accounts:
            async with db.transaction() as tx:
                released += len(await release_open(tx, ids))
        if sum(map(len, accounts)) < 1000:
            return released


async def _ending(tx: AsyncConnection, hold_id: UUID, expected: HoldStatus) -> RowMapping:
    """How a hold ended that is open no more, if it is the way expected."""
    row = (await tx.execute(_ENDING, {"id": hold_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("there is no such hold")
    if row["status"] != expected:
        raise HoldEnded(f"this hold was {row['status']} already")
    return row
