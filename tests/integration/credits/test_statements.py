"""History and statements on a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput
from lumiku.core.page import Page
from lumiku.credits.holds import capture, hold
from lumiku.credits.ledger import grant, refund
from lumiku.credits.statements import history, statement
from support.credits import LATER, new_account, unique


async def test_history_shows_the_latest_first_and_nobody_elses(db: Database) -> None:
    user_id, other = await new_account(db, 100), await new_account(db, 7)
    async with db.transaction() as tx:
        for number in range(5):
            await capture(tx, (await hold(tx, user_id, 1 + number, f"job:{number}", LATER)).id)
        first, second, beyond = [await history(tx, user_id, Page(number, 4)) for number in (1, 2, 3)]
        assert [line.entry.amount for line in (await history(tx, other, Page())).items] == [7]
    assert [line.entry.amount for line in first.items] == [-5, -4, -3, -2]
    assert [line.paid_for for line in first.items] == ["job:4", "job:3", "job:2", "job:1"]
    assert [(line.entry.amount, line.paid_for) for line in second.items] == [(-1, "job:0"), (100, None)]
    assert (first.total, second.total, beyond.total, list(beyond.items)) == (6, 6, 6, [])
    assert [line.entry.balance_after for line in first.items] == [85, 90, 94, 97]


@pytest.mark.parametrize(("number", "limit"), [(0, 20), (-1, 20), (1, 0), (1, 101), (10**9, 20)])
def test_pages_have_bounds(number: int, limit: int) -> None:
    with pytest.raises(InvalidInput):
        Page(number, limit)


async def test_statements_of_neighbouring_periods_join(db: Database) -> None:
    user_id = await new_account(db, 100)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    async with db.transaction() as tx:
        paid = await capture(tx, (await hold(tx, user_id, 8, unique(), LATER)).id)
    await asyncio.sleep(0.01)
    middle = utc_now()
    async with db.transaction() as tx:
        await refund(tx, paid.id, 3, unique())
        await grant(tx, user_id, 50, unique(), kind="purchase")
        first = await statement(tx, user_id, start, middle)
        second = await statement(tx, user_id, middle, utc_now() + timedelta(seconds=60))
        empty = await statement(tx, user_id, start, start + timedelta(days=31))
    assert (first.opening, first.closing, first.totals) == (0, 92, {"grant": 100, "capture": -8})
    assert (second.opening, second.closing, second.totals) == (92, 145, {"refund": 3, "purchase": 50})
    assert [line.entry.amount for line in second.lines] == [3, 50]
    assert (empty.opening, empty.closing, list(empty.lines)) == (0, 0, [])


async def test_a_statement_needs_a_period(db: Database) -> None:
    user_id, now = await new_account(db), utc_now()
    async with db.transaction() as tx:
        with pytest.raises(InvalidInput):
            await statement(tx, user_id, now, now)
        with pytest.raises(InvalidInput):
            await statement(tx, user_id, now.replace(tzinfo=None), now)


async def test_times_of_entries_are_in_the_order_of_their_ids(db: Database) -> None:
    """Also where a transaction began early and got the account late."""
    user_id = await new_account(db, 100)
    async with db.transaction() as early:
        await early.exec_driver_sql("SELECT 1")
        async with db.transaction() as late:
            await grant(late, user_id, 1, unique(), kind="grant")
        await grant(early, user_id, 2, unique(), kind="grant")
    async with db.transaction() as tx:
        lines = (await history(tx, user_id, Page())).items
    assert [line.entry.amount for line in lines] == [2, 1, 100]
    assert lines == sorted(lines, key=lambda line: line.entry.created_at, reverse=True)
