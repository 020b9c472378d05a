"""Grants, refunds and adjustments on a real PostgreSQL: one entry a reference, and entries are for ever."""

import asyncio

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lumiku.accounts.tables import audit_log
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, NotFound
from lumiku.core.ids import new_id
from lumiku.credits.errors import InsufficientCredits, ReferenceTaken, RefundTooLarge
from lumiku.credits.holds import capture, hold
from lumiku.credits.ledger import adjust, balance, grant, open_account, refund, welcome
from lumiku.credits.model import Balance, Entry
from lumiku.credits.tables import credit_entries
from support.credits import LATER, balance_of, new_account, new_user, unique


async def _captured(db: Database, amount: int) -> Entry:
    user_id = await new_account(db, 100)
    async with db.transaction() as tx:
        return await capture(tx, (await hold(tx, user_id, amount, unique(), LATER)).id)


async def test_a_newcomer_is_welcomed_once(db: Database) -> None:
    user_id = await new_user(db)
    for _ in range(2):
        async with db.transaction() as tx:
            await welcome(tx, user_id, 100)
    assert await balance_of(db, user_id) == Balance(100, 0)
    other = await new_user(db)
    async with db.transaction() as tx:
        await welcome(tx, other, 0)
    assert await balance_of(db, other) == Balance(0, 0)


async def test_who_has_no_account_is_not_found(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(NotFound):
            await balance(tx, new_id())
        with pytest.raises(NotFound):
            await grant(tx, new_id(), 1, unique(), kind="grant")
        with pytest.raises(NotFound):
            await refund(tx, 1, 1, unique())


async def test_a_reference_grants_once_and_says_the_same_for_ever(db: Database) -> None:
    user_id, other = await new_account(db), await new_account(db)

    async def pay(who: object = user_id, amount: int = 50, kind: str = "purchase") -> Entry:
        async with db.transaction() as tx:
            return await grant(tx, who, amount, "payment:1", kind=kind)  # type: ignore[arg-type]

    entries = await asyncio.gather(*(pay() for _ in range(10)))
    assert len(set(entries)) == 1
    assert (entries[0].amount, entries[0].balance_after, entries[0].kind) == (50, 50, "purchase")
    for change in ({"amount": 51}, {"kind": "grant"}, {"who": other}):
        with pytest.raises(ReferenceTaken):
            await pay(**change)  # type: ignore[arg-type]
    assert await balance_of(db, user_id) == Balance(50, 0)


async def test_opening_an_account_again_keeps_what_is_in_it(db: Database) -> None:
    user_id = await new_account(db, 7)
    async with db.transaction() as tx:
        await open_account(tx, user_id)
    assert await balance_of(db, user_id) == Balance(7, 0)


async def test_a_capture_is_refunded_in_parts_and_never_beyond(db: Database) -> None:
    paid = await _captured(db, 8)
    async with db.transaction() as tx:
        first = await refund(tx, paid.id, 5, "refund:1", note="blurred")
    assert (first.amount, first.refunds_entry_id, first.balance_after) == (5, paid.id, 97)
    async with db.transaction() as tx:
        assert await refund(tx, paid.id, 5, "refund:1") == first
        with pytest.raises(RefundTooLarge):
            await refund(tx, paid.id, 4, "refund:2")
        with pytest.raises(ReferenceTaken):
            await refund(tx, paid.id, 3, "refund:1")
        await refund(tx, paid.id, 3, "refund:2")
        with pytest.raises(InvalidInput):
            await refund(tx, first.id, 1, "refund:3")
    assert await balance_of(db, paid.user_id) == Balance(100, 0)


async def test_parallel_refunds_do_not_exceed_what_was_paid(db: Database) -> None:
    paid = await _captured(db, 8)

    async def give_back() -> Entry:
        async with db.transaction() as tx:
            return await refund(tx, paid.id, 3, unique("refund"))

    outcomes = await asyncio.gather(*(give_back() for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(outcome, Entry) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, RefundTooLarge) for outcome in outcomes) == 8
    assert await balance_of(db, paid.user_id) == Balance(98, 0)


async def test_an_adjustment_leaves_what_is_held_and_a_line_in_the_audit_log(db: Database) -> None:
    user_id, admin = await new_account(db, 20), await new_user(db)
    async with db.transaction() as tx:
        await hold(tx, user_id, 15, unique(), LATER)
        with pytest.raises(InsufficientCredits) as caught:
            await adjust(tx, user_id, -6, "adjust:1", actor_id=admin, note="typed wrong")
        entry = await adjust(tx, user_id, -5, "adjust:1", actor_id=admin, note="typed wrong")
        assert await adjust(tx, user_id, -5, "adjust:1", actor_id=admin, note="typed wrong") == entry
        for amount, note in ((0, "why"), (1, " "), (1, "x" * 501)):
            with pytest.raises(InvalidInput):
                await adjust(tx, user_id, amount, "adjust:2", actor_id=admin, note=note)
    assert caught.value.details == {"required": 6, "available": 5}
    assert await balance_of(db, user_id) == Balance(15, 15)
    async with db.transaction() as tx:
        rows = (
            await tx.execute(select(audit_log).where(audit_log.c.subject_id == user_id).order_by("id"))
        ).all()
    assert [(row.action, row.actor_id, row.details) for row in rows] == [
        ("credits.granted", None, {"entry_id": entry.id - 1, "amount": 20}),
        ("credits.adjusted", admin, {"entry_id": entry.id, "amount": -5}),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credit_entries SET amount = amount + 1",
        "UPDATE credit_entries SET note = 'x' WHERE false",
        "DELETE FROM credit_entries",
        "TRUNCATE credit_entries",
        (
            "INSERT INTO credit_entries (user_id, kind, amount, balance_after, reference)"
            " SELECT user_id, 'grant', amount, balance_after, reference FROM credit_entries"
            " ON CONFLICT (reference) DO UPDATE SET amount = 1"
        ),
        "ALTER TABLE credit_entries DISABLE TRIGGER ALL",
        "DROP TABLE credit_entries",
        "UPDATE audit_log SET action = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log CASCADE",
    ],
)
async def test_the_applications_role_can_neither_change_nor_delete_entries(
    db: Database, statement: str
) -> None:
    user_id = await new_account(db, 10)
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        async with db.transaction() as tx:
            await tx.execute(text(statement))
    async with db.transaction() as tx:
        rows = await tx.execute(select(credit_entries.c.amount).where(credit_entries.c.user_id == user_id))
        assert rows.scalars().all() == [10]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE credit_entries SET amount = 1", "DELETE FROM credit_entries", "TRUNCATE credit_entries"],
)
async def test_not_even_the_owner_changes_entries_without_taking_the_triggers_off(
    db: Database, owner_url: str, statement: str
) -> None:
    await new_account(db, 10)
    with (
        psycopg.connect(owner_url, autocommit=True) as owner,
        pytest.raises(psycopg.Error, match="append-only"),
    ):
        owner.execute(statement)
