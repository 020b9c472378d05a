"""The connection is cut before and after every statement: nothing is half done, and a replay finishes it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.core.idempotency import Answer, once
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.audit import audit
from lumiku.credits.holds import capture, hold, hold_many, release, release_expired
from lumiku.credits.ledger import adjust, grant, refund, welcome
from lumiku.credits.model import Balance
from support.credits import LATER, balance_of, new_account, new_user, unique
from support.cutting_proxy import CuttingProxy, When
from support.database import url_of

PAST = utc_now() - timedelta(days=1)
Act = Callable[[Database], Awaitable[object]]


@dataclass
class Cut:
    """A database behind the proxy, with one connection, and the proxy."""

    db: Database
    proxy: CuttingProxy


@pytest.fixture
async def cut(postgres_socket: str, database_name: str) -> AsyncIterator[Cut]:
    with TemporaryDirectory(prefix="lumiku-cut-") as folder:
        async with CuttingProxy(postgres_socket, Path(folder)) as proxy:
            db = Database(url_of(folder, database_name, "app"), DatabaseSettings(pool_size=1))
            yield Cut(db, proxy)
            await db.close()


async def _holding(db: Database, user_id: UUID, amount: int, expires_at: object = LATER) -> UUID:
    async with db.transaction() as tx:
        return (await hold(tx, user_id, amount, unique(), expires_at)).id  # type: ignore[arg-type]


def _in_transaction(work: Callable[[AsyncConnection], Awaitable[object]]) -> Act:
    async def act(db: Database) -> object:
        async with db.transaction() as tx:
            return await work(tx)

    return act


async def _prepare(db: Database, name: str) -> tuple[UUID, Act, Balance, Balance]:
    """An account, what is done to it, and its balance before and after."""
    if name == "welcome":
        user_id = await new_user(db)
        return user_id, _in_transaction(lambda tx: welcome(tx, user_id, 100)), Balance(0, 0), Balance(100, 0)
    user_id, mark = await new_account(db, 100), unique()
    if name == "idempotent hold":

        async def run(tx: AsyncConnection) -> Answer:
            made = await hold(tx, user_id, 8, unique(), LATER)
            return Answer(202, {}, {"hold": str(made.id)})

        def act(db: Database) -> Awaitable[object]:
            request = {"account": str(user_id), "route": "POST /remove", "key": mark}
            return once(db, **request, request_hash=sha256(b"x").digest(), run=run, now=utc_now())

        return user_id, act, Balance(100, 0), Balance(100, 8)
    if name == "expiry":
        for _ in range(2):
            await _holding(db, user_id, 8, PAST)
        return user_id, lambda db: release_expired(db, utc_now()), Balance(100, 16), Balance(100, 0)
    if name == "refund":
        held = await _holding(db, user_id, 8)
        async with db.transaction() as tx:
            entry = await capture(tx, held)
        act_ = _in_transaction(lambda tx: refund(tx, entry.id, 5, mark))
        return user_id, act_, Balance(92, 0), Balance(97, 0)
    held = await _holding(db, user_id, 8)
    batch = [(3, f"{mark}:{number}") for number in range(4)]
    acts = {
        "hold": (lambda tx: hold(tx, user_id, 15, mark, LATER), Balance(100, 23)),
        "batch": (lambda tx: hold_many(tx, user_id, batch, LATER), Balance(100, 20)),
        "capture": (lambda tx: capture(tx, held), Balance(92, 0)),
        "release": (lambda tx: release(tx, held), Balance(100, 0)),
        "grant": (lambda tx: grant(tx, user_id, 50, mark, kind="purchase"), Balance(150, 8)),
        "adjust": (lambda tx: adjust(tx, user_id, -50, mark, actor_id=None, note="test"), Balance(50, 8)),
    }
    work, after = acts[name]
    return user_id, _in_transaction(work), Balance(100, 8), after


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "name",
    [
        "hold",
        "batch",
        "capture",
        "release",
        "grant",
        "adjust",
        "refund",
        "welcome",
        "expiry",
        "idempotent hold",
    ],
)
async def test_a_cut_at_any_statement_leaves_all_or_nothing(
    db: Database, cut: Cut, name: str, when: When
) -> None:
    failures = lost_answers = 0
    for number in range(1, 40):
        user_id, act, before, after = await _prepare(db, name)
        async with cut.db.transaction() as tx:  # connected, so that only the act's own statements count
            await tx.exec_driver_sql("SELECT 1")
        cut.proxy.arm(number, when)
        try:
            await act(cut.db)
            done = True
        except DatabaseUnavailable:
            done = False
            failures += 1
        assert await audit(db) == []
        if name != "welcome" or done:
            found = await balance_of(db, user_id)
            assert found == after if done else found in (before, after)
            lost_answers += not done and found == after
        if not cut.proxy.has_cut:
            break
        await act(cut.db)  # whatever came of it: done again, it is done once
        assert await balance_of(db, user_id) == after
        assert await audit(db) == []
    else:
        pytest.fail("the act has more statements than any")
    assert failures >= 2  # BEGIN and the statement at least: it was cut, in earnest
    if when == "after" and name != "welcome":
        assert lost_answers  # COMMIT was done and nobody heard of it: the case that replays are for
