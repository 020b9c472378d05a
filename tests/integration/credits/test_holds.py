"""Holds on a real PostgreSQL: reserved once, ended once, never more than there is."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput, NotFound
from lumiku.core.ids import new_id
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.errors import HoldEnded, InsufficientCredits, ReferenceTaken
from lumiku.credits.holds import capture, hold, hold_many, release, release_expired, release_open
from lumiku.credits.ledger import grant
from lumiku.credits.model import Balance, Entry, Hold
from lumiku.credits.tables import credit_entries, credit_holds
from support.credits import LATER, balance_of, new_account, new_user, unique


async def _hold(db: Database, user_id: UUID, amount: int, reference: str | None = None) -> Hold:
    async with db.transaction() as tx:
        return await hold(tx, user_id, amount, reference or unique(), LATER)


async def _capture(db: Database, hold_id: UUID) -> Entry:
    async with db.transaction() as tx:
        return await capture(tx, hold_id)


async def _release(db: Database, hold_id: UUID) -> None:
    async with db.transaction() as tx:
        await release(tx, hold_id)


async def test_a_captured_hold_is_paid_and_a_released_one_is_not(db: Database) -> None:
    user_id = await new_account(db, 100)
    paid, failed = await _hold(db, user_id, 8), await _hold(db, user_id, 15)
    assert await balance_of(db, user_id) == Balance(100, 23)
    entry = await _capture(db, paid.id)
    await _release(db, failed.id)
    assert (entry.kind, entry.amount, entry.balance_after, entry.hold_id) == ("capture", -8, 92, paid.id)
    assert await balance_of(db, user_id) == Balance(92, 0)


async def test_ending_a_hold_again_changes_nothing_and_the_other_ending_is_refused(db: Database) -> None:
    user_id = await new_account(db, 100)
    paid, failed = await _hold(db, user_id, 8), await _hold(db, user_id, 15)
    assert await _capture(db, paid.id) == await _capture(db, paid.id)
    await _release(db, failed.id)
    await _release(db, failed.id)
    with pytest.raises(HoldEnded, match="captured"):
        await _release(db, paid.id)
    with pytest.raises(HoldEnded, match="released"):
        await _capture(db, failed.id)
    assert await balance_of(db, user_id) == Balance(92, 0)


async def test_what_is_not_there_is_not_found(db: Database) -> None:
    with pytest.raises(NotFound):
        await _capture(db, new_id())
    with pytest.raises(NotFound):
        await _release(db, new_id())
    with pytest.raises(NotFound):
        await _hold(db, await new_user(db), 1)


async def test_more_than_is_available_is_refused_with_the_numbers(db: Database) -> None:
    user_id = await new_account(db, 20)
    await _hold(db, user_id, 15)
    with pytest.raises(InsufficientCredits) as caught:
        await _hold(db, user_id, 8)
    assert caught.value.details == {"required": 8, "available": 5}
    assert caught.value.code == "INSUFFICIENT_CREDITS"
    assert (await _hold(db, user_id, 5)).amount == 5


async def test_many_holds_are_made_together_or_not_at_all(db: Database) -> None:
    user_id = await new_account(db, 20)
    wanted = [(7, unique()), (7, unique()), (6, unique())]
    async with db.transaction() as tx:
        with pytest.raises(InsufficientCredits) as caught:
            await hold_many(tx, user_id, [*wanted, (1, unique())], LATER)
        # Also for a caller who goes on after the refusal: nothing of it is in this transaction.
    assert caught.value.details == {"required": 21, "available": 20}
    assert await balance_of(db, user_id) == Balance(20, 0)
    async with db.transaction() as tx:
        holds = await hold_many(tx, user_id, wanted, LATER)
    assert [(made.amount, made.reference) for made in holds] == wanted
    assert await balance_of(db, user_id) == Balance(20, 20)


async def test_the_same_reference_gives_the_hold_that_is_there(db: Database) -> None:
    user_id = await new_account(db, 10)
    first = await _hold(db, user_id, 8, "job:same")
    assert await _hold(db, user_id, 8, "job:same") == first
    await _capture(db, first.id)
    assert (await _hold(db, user_id, 8, "job:same")).status == "captured"
    with pytest.raises(ReferenceTaken):
        await _hold(db, user_id, 2, "job:same")
    with pytest.raises(ReferenceTaken):
        await _hold(db, await new_account(db, 100), 8, "job:same")
    async with db.transaction() as tx:  # one of them new
        again, new = await hold_many(tx, user_id, [(8, "job:same"), (2, "job:new")], LATER)
    assert (again.id, new.amount) == (first.id, 2)
    assert await balance_of(db, user_id) == Balance(2, 2)


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, 10**12])
async def test_an_amount_must_be_a_whole_number_above_zero(db: Database, amount: int) -> None:
    user_id = await new_account(db, 10)
    with pytest.raises(InvalidInput):
        await _hold(db, user_id, amount)
    assert await balance_of(db, user_id) == Balance(10, 0)


@pytest.mark.parametrize("reference", ["", "x" * 201, "a\nb", "capture:1"])
async def test_a_reference_must_be_printable_and_not_the_ledgers_own(db: Database, reference: str) -> None:
    user_id = await new_account(db, 10)
    async with db.transaction() as tx:
        with pytest.raises(InvalidInput):
            await hold(tx, user_id, 1, reference, LATER)
        with pytest.raises(InvalidInput):
            await hold_many(tx, user_id, [(1, "twice"), (1, "twice")], LATER)


async def test_of_fifty_parallel_debits_of_eight_from_ten_exactly_one_succeeds(db: Database) -> None:
    user_id = await new_account(db, 10)
    outcomes = await asyncio.gather(*(_hold(db, user_id, 8) for _ in range(50)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, InsufficientCredits)]
    assert sum(isinstance(outcome, Hold) for outcome in outcomes) == 1
    assert len(refused) == 49
    assert {error.available for error in refused} == {2}


async def test_twins_with_one_reference_make_one_hold_even_where_it_takes_all(database_url: str) -> None:
    db = Database(database_url, DatabaseSettings(pool_size=20))
    for _ in range(10):
        user_id, reference = await new_account(db, 8), unique()
        holds = await asyncio.gather(*(_hold(db, user_id, 8, reference) for _ in range(20)))
        assert len({made.id for made in holds}) == 1
        assert await balance_of(db, user_id) == Balance(8, 8)
    await db.close()


async def test_one_reference_in_two_accounts_at_once_is_one_hold_and_one_refusal(db: Database) -> None:
    for _ in range(10):
        one, two, reference = await new_account(db, 8), await new_account(db, 8), unique()
        outcomes = await asyncio.gather(
            _hold(db, one, 8, reference), _hold(db, two, 8, reference), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Hold", "ReferenceTaken"]
        assert (await balance_of(db, one)).held + (await balance_of(db, two)).held == 8


async def test_parallel_endings_of_one_hold_end_it_once(database_url: str) -> None:
    db = Database(database_url, DatabaseSettings(pool_size=20))
    for _ in range(10):
        user_id = await new_account(db, 30)
        made = await _hold(db, user_id, 8)
        other = await _hold(db, user_id, 8)  # so that a second ending would find enough held
        outcomes = await asyncio.gather(
            *(_capture(db, made.id) for _ in range(10)),
            *(_release(db, made.id) for _ in range(10)),
            return_exceptions=True,
        )
        kinds = {type(outcome).__name__ for outcome in outcomes}
        assert kinds in ({"Entry", "HoldEnded"}, {"NoneType", "HoldEnded"})
        captured = "Entry" in kinds
        assert await balance_of(db, user_id) == Balance(22 if captured else 30, other.amount)
        async with db.transaction() as tx:
            entries = select(func.count()).where(credit_entries.c.hold_id == made.id)
            assert await tx.scalar(entries) == captured
    await db.close()


async def test_mixed_work_on_one_account_neither_deadlocks_nor_loses_a_credit(database_url: str) -> None:
    """Transactions that end several holds, in opposite orders, and grant and hold on the way."""
    db = Database(database_url, DatabaseSettings(pool_size=20))
    user_id = await new_account(db, 1000)
    async with db.transaction() as tx:
        holds = await hold_many(tx, user_id, [(1, unique()) for _ in range(40)], LATER)

    async def work(order: list[Hold], number: int) -> None:
        async with db.transaction() as tx:
            for made in order[number::10]:
                await capture(tx, made.id)
                await hold(tx, user_id, 1, unique(), LATER)
            await grant(tx, user_id, 1, unique(), kind="grant")

    await asyncio.gather(*(work(order, number) for number in range(10) for order in (holds, holds[::-1])))
    assert await balance_of(db, user_id) == Balance(1000 - 40 + 20, 80)
    await db.close()


async def test_open_holds_of_a_batch_are_released_and_captured_ones_stay(db: Database) -> None:
    one, two = await new_account(db, 10), await new_account(db, 10)
    first, second = await _hold(db, one, 3), await _hold(db, one, 4)
    other = await _hold(db, two, 5)
    await _capture(db, first.id)
    async with db.transaction() as tx:
        assert set(await release_open(tx, [first.id, second.id, other.id])) == {second.id, other.id}
        assert await release_open(tx, [first.id, second.id, other.id]) == []
        assert await release_open(tx, []) == []
    assert await balance_of(db, one) == Balance(7, 0)
    assert await balance_of(db, two) == Balance(10, 0)


async def test_expired_holds_are_released_and_others_are_not(db: Database) -> None:
    now = utc_now()
    accounts = [await new_account(db, 10) for _ in range(3)]
    for user_id in accounts:
        async with db.transaction() as tx:
            await hold(tx, user_id, 1, unique(), now - timedelta(seconds=1))
            await hold(tx, user_id, 2, unique(), now + timedelta(seconds=60))
    assert await release_expired(db, now) == 3
    assert await release_expired(db, now) == 0
    assert {await balance_of(db, user_id) for user_id in accounts} == {Balance(10, 2)}


async def test_more_expired_holds_than_one_round_takes(db: Database) -> None:
    user_id, now = await new_account(db, 2100), utc_now()
    async with db.transaction() as tx:
        await hold_many(tx, user_id, [(1, unique()) for _ in range(2100)], now)
    sweeps = await asyncio.gather(release_expired(db, now), release_expired(db, now))
    assert sum(sweeps) == 2100
    async with db.transaction() as tx:
        query = select(func.count()).select_from(credit_holds).where(credit_holds.c.status == "open")
        assert await tx.scalar(query) == 0
    assert await balance_of(db, user_id) == Balance(2100, 0)
