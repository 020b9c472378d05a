"""The audit names each invariant that the owner breaks by hand, and nothing in a ledger that holds."""

import asyncio

import psycopg
import pytest

from lumiku.core.db import Database
from lumiku.credits.audit import INVARIANTS, audit
from lumiku.credits.holds import capture, hold, release
from lumiku.credits.ledger import adjust, refund
from support.credits import LATER, new_account, unique

# As somebody with all rights and bad intentions, or a restore gone wrong, would leave it.
UNLOCK = """
ALTER TABLE credit_entries DISABLE TRIGGER USER;
ALTER TABLE credit_accounts DROP CONSTRAINT ck_credit_accounts_balance,
    DROP CONSTRAINT ck_credit_accounts_held;
ALTER TABLE credit_holds DROP CONSTRAINT ck_credit_holds_ended, DROP CONSTRAINT ck_credit_holds_amount,
    DROP CONSTRAINT uq_credit_holds_reference, DROP CONSTRAINT fk_credit_holds_user_id;
ALTER TABLE credit_entries DROP CONSTRAINT ck_credit_entries_sign, DROP CONSTRAINT ck_credit_entries_hold,
    DROP CONSTRAINT ck_credit_entries_refund, DROP CONSTRAINT uq_credit_entries_reference,
    DROP CONSTRAINT fk_credit_entries_user_id, DROP CONSTRAINT ck_credit_entries_balance_after;
"""
LAST = "id = (SELECT max(id) FROM credit_entries)"
CAPTURED = "status = 'captured'"

# One act for every invariant; some break others as well, and every invariant named must be among those told.
BREAKS = {
    "balance is the sum of entries": ["UPDATE credit_accounts SET balance = balance + 1"],
    "held is the sum of open holds": ["UPDATE credit_accounts SET held = held + 1"],
    "nothing is negative and no more is held than owned": [
        "UPDATE credit_accounts SET held = -1",
        "UPDATE credit_accounts SET held = balance + 1",
        "UPDATE credit_accounts SET balance = -1",
        "UPDATE credit_holds SET amount = 0 WHERE status = 'released'",
    ],
    "each entry starts from the balance that the one before left": [
        f"UPDATE credit_entries SET balance_after = balance_after + 1 WHERE {LAST}",
        f"DELETE FROM credit_entries WHERE kind = 'adjust' AND NOT {LAST}",
    ],
    "a captured hold has one entry of its amount": [
        f"UPDATE credit_holds SET amount = amount + 1 WHERE {CAPTURED}",
        "UPDATE credit_holds SET status = 'captured', ended_at = now() WHERE status = 'open'",
    ],
    "a hold that was not captured has no entry": [
        f"UPDATE credit_holds SET status = 'released' WHERE {CAPTURED}"
    ],
    "a hold is open, or ended at a time": [f"UPDATE credit_holds SET ended_at = NULL WHERE {CAPTURED}"],
    "captures take, all others but adjustments give": [
        "UPDATE credit_entries SET kind = 'grant', hold_id = NULL WHERE kind = 'capture'",
        "UPDATE credit_entries SET refunds_entry_id = NULL WHERE kind = 'refund'",
    ],
    "refunds give back captures of the same account, not more than was paid": [
        "UPDATE credit_entries SET amount = 9 WHERE kind = 'refund'",
        "UPDATE credit_entries SET refunds_entry_id = 1 WHERE kind = 'refund'",
    ],
    "a reference has one entry and one hold": [
        "UPDATE credit_entries SET reference = 'same'",
        "UPDATE credit_holds SET reference = 'same'",
    ],
    "entries and holds belong to accounts": [
        f"UPDATE credit_entries SET user_id = gen_random_uuid() WHERE {LAST}",
        "UPDATE credit_holds SET user_id = gen_random_uuid() WHERE status = 'released'",
    ],
}


async def _busy_ledger(db: Database) -> None:
    """Two accounts with one of everything."""
    for _ in range(2):
        user_id = await new_account(db, 100)
        async with db.transaction() as tx:
            paid = await capture(tx, (await hold(tx, user_id, 8, unique(), LATER)).id)
            await release(tx, (await hold(tx, user_id, 15, unique(), LATER)).id)
            await hold(tx, user_id, 25, unique(), LATER)
            await adjust(tx, user_id, -3, unique(), actor_id=None, note="test")
            await refund(tx, paid.id, 5, unique())


async def test_a_ledger_that_holds_has_no_violation_and_neither_has_an_empty_one(db: Database) -> None:
    assert await audit(db) == []
    await _busy_ledger(db)
    assert await audit(db) == []


async def test_every_invariant_is_broken_below() -> None:
    assert set(BREAKS) == set(INVARIANTS)


@pytest.mark.parametrize(
    ("invariant", "act"), [(invariant, act) for invariant, acts in BREAKS.items() for act in acts]
)
async def test_what_the_owner_breaks_by_hand_is_named(
    db: Database, owner_url: str, invariant: str, act: str
) -> None:
    await _busy_ledger(db)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(UNLOCK)
        assert await audit(db) == []
        assert owner.execute(act).rowcount > 0
    violations = await audit(db)
    assert invariant in {violation.invariant for violation in violations}


async def test_an_audit_during_work_sees_no_halves(db: Database) -> None:
    user_id, done = await new_account(db, 1000), asyncio.Event()

    async def work() -> None:
        for _ in range(40):
            async with db.transaction() as tx:
                first, second = [await hold(tx, user_id, 1, unique(), LATER) for _ in range(2)]
                await capture(tx, first.id)
                await release(tx, second.id)

    async def watch() -> int:
        audits = 0
        while not done.is_set():
            assert await audit(db) == []
            audits += 1
        return audits

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(work() for _ in range(4)))
    done.set()
    assert await watching > 0
