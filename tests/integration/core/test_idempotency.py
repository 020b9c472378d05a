"""One key, one execution: twins, replays, conflicts, failures and expiry on a real PostgreSQL."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.errors import InvalidInput
from lumiku.core.idempotency import Answer, IdempotencyConflict, Replayable, forget_expired, once
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.holds import hold
from lumiku.credits.ledger import grant
from lumiku.credits.model import Balance
from support.credits import LATER, balance_of, new_account, unique

NOW = utc_now()
Run = Callable[[AsyncConnection], Awaitable[Answer]]


def _charging(user_id: UUID, amount: int = 8) -> Run:
    """Work that charges anew each time it runs, and answers something that no other run would."""

    async def run(tx: AsyncConnection) -> Answer:
        made = await hold(tx, user_id, amount, unique(), LATER)
        return Answer(202, {"Location": f"/jobs/{made.id}"}, {"z": str(made.id), "a": [1, 0.5, None, "é"]})

    return run


async def _once(db: Database, user_id: UUID, run: Run, **changes: object) -> Replayable:
    request = {"route": "POST /remove", "key": "key-1", "request_hash": sha256(b"body").digest(), "now": NOW}
    return await once(db, account=str(user_id), run=run, **{**request, **changes})


async def test_twenty_twins_are_one_execution_one_charge_and_equal_answers(db: Database) -> None:
    user_id = await new_account(db, 100)
    answers = await asyncio.gather(*(_once(db, user_id, _charging(user_id)) for _ in range(20)))
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 19
    assert (
        len({json.dumps([given.answer.status, given.answer.headers, given.answer.body]) for given in answers})
        == 1
    )
    assert await balance_of(db, user_id) == Balance(100, 8)


async def test_another_body_is_refused_also_in_parallel(db: Database) -> None:
    user_id = await new_account(db, 100)
    hashes = [sha256(bytes([number])).digest() for number in range(8)]
    outcomes = await asyncio.gather(
        *(_once(db, user_id, _charging(user_id), request_hash=each) for each in hashes),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, IdempotencyConflict)]
    assert (len(refused), refused[0].code) == (7, "IDEMPOTENCY_CONFLICT")
    assert await balance_of(db, user_id) == Balance(100, 8)


async def test_keys_of_another_account_or_route_are_other_keys(db: Database) -> None:
    user_id, other = await new_account(db, 100), await new_account(db, 100)
    await _once(db, user_id, _charging(user_id))
    assert not (await _once(db, user_id, _charging(user_id), route="POST /batch")).replayed
    assert not (await _once(db, other, _charging(other))).replayed
    assert await balance_of(db, user_id) == Balance(100, 16)


async def test_a_refused_request_leaves_nothing_and_may_be_tried_again(db: Database) -> None:
    user_id = await new_account(db, 5)
    with pytest.raises(InsufficientCredits):
        await _once(db, user_id, _charging(user_id))
    async with db.transaction() as tx:
        await grant(tx, user_id, 5, unique(), kind="grant")
    assert not (await _once(db, user_id, _charging(user_id))).replayed
    assert await balance_of(db, user_id) == Balance(10, 8)


async def test_a_twin_of_a_failing_request_runs_itself(db: Database) -> None:
    user_id, started = await new_account(db, 100), asyncio.Event()

    async def fails(tx: AsyncConnection) -> Answer:
        started.set()
        await asyncio.sleep(0.2)
        raise ZeroDivisionError

    first = asyncio.create_task(_once(db, user_id, fails))
    await started.wait()
    assert not (await _once(db, user_id, _charging(user_id))).replayed
    with pytest.raises(ZeroDivisionError):
        await first


async def test_a_twin_that_waits_too_long_is_told_so(db: Database, database_url: str) -> None:
    user_id, started, finish = await new_account(db, 100), asyncio.Event(), asyncio.Event()
    impatient = Database(database_url, DatabaseSettings(lock_timeout_s=0.2))

    async def slow(tx: AsyncConnection) -> Answer:
        started.set()
        await finish.wait()
        return await _charging(user_id)(tx)

    first = asyncio.create_task(_once(db, user_id, slow))
    await started.wait()
    with pytest.raises(IdempotencyConflict, match="still running"):
        await _once(impatient, user_id, _charging(user_id))
    finish.set()
    assert not (await first).replayed
    assert (await _once(impatient, user_id, _charging(user_id))).replayed
    await impatient.close()


async def test_keys_are_kept_a_day_and_then_forgotten(db: Database) -> None:
    user_id = await new_account(db, 100)
    await _once(db, user_id, _charging(user_id))
    almost, over = NOW + timedelta(hours=23, minutes=59), NOW + timedelta(hours=24)
    assert (await _once(db, user_id, _charging(user_id), now=almost)).replayed
    assert await forget_expired(db, almost) == 0
    # Over, but not swept yet: as if it had been.
    again = await _once(db, user_id, _charging(user_id), now=over, request_hash=b"other")
    assert not again.replayed
    assert await forget_expired(db, over) == 0
    assert await forget_expired(db, over + timedelta(hours=24)) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "naïve", "a\tb"])
async def test_a_key_must_be_printable_ascii(db: Database, key: str) -> None:
    user_id = await new_account(db, 100)
    with pytest.raises(InvalidInput):
        await _once(db, user_id, _charging(user_id), key=key)


async def test_the_other_work_of_the_transaction_is_lost_with_the_key(db: Database, owner_url: str) -> None:
    """The connection is killed after the work: neither charge nor key is there."""
    user_id = await new_account(db, 100)

    async def killed(tx: AsyncConnection) -> Answer:
        answer = await _charging(user_id)(tx)
        backend = await tx.exec_driver_sql("SELECT pg_backend_pid()")
        with psycopg.connect(owner_url.replace("owner@", "postgres@"), autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", (backend.scalar_one(),))
        return answer

    with pytest.raises(Exception, match="database"):
        await _once(db, user_id, killed)
    assert await balance_of(db, user_id) == Balance(100, 0)
    assert not (await _once(db, user_id, _charging(user_id))).replayed
