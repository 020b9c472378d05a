"""A process that moves credits until it is killed, and notes on disk what it was told was done.

`python -m support.ledger_worker URL NOTES USER...`: a line of the notes is a kind and what it names.
"""

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.clock import utc_now
from lumiku.core.db import Database, DatabaseUnavailable
from lumiku.core.idempotency import Answer, IdempotencyConflict, once
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.errors import HoldEnded, InsufficientCredits
from lumiku.credits.holds import capture, hold, hold_many, release, release_expired
from lumiku.credits.ledger import grant, refund

CLIENTS = 6


async def main(url: str, notes: Path, users: list[UUID]) -> None:
    db = Database(url, DatabaseSettings(pool_size=CLIENTS, connect_timeout_s=2))
    with notes.open("a", buffering=1) as lines:  # a line reaches the system at once; only we are killed

        def note(kind: str, name: object) -> None:
            lines.write(f"{kind} {name}\n")

        await asyncio.gather(*(client(db, note, users) for _ in range(CLIENTS)))


async def client(db: Database, note: Callable[[str, object], None], users: list[UUID]) -> None:
    while True:
        user_id = random.choice(users)
        try:
            await random.choice([one_job, one_job, one_batch, one_request, one_gift, one_sweep])(
                db, note, user_id
            )
        except InsufficientCredits:
            mark = f"gift:{uuid4()}"
            await surely(db, lambda tx: grant(tx, user_id, 500, mark, kind="grant"))  # noqa: B023


async def surely(db: Database, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    """Again until it is known to be done, as a client with a key or a retried job does."""
    while True:
        try:
            async with db.transaction() as tx:
                return await work(tx)
        except DatabaseUnavailable:
            await asyncio.sleep(0.1)


async def one_job(db: Database, note: Callable[[str, object], None], user_id: UUID) -> None:
    mark, later = f"job:{uuid4()}", utc_now() + timedelta(days=1)
    made = await surely(db, lambda tx: hold(tx, user_id, random.Random(mark).randint(1, 25), mark, later))
    note("hold", mark)
    if random.random() < 0.3:
        await surely(db, lambda tx: release(tx, made.id))
        note("released", made.id)
        return
    entry = await surely(db, lambda tx: capture(tx, made.id))
    note("captured", made.id)
    if random.random() < 0.2:
        await surely(db, lambda tx: refund(tx, entry.id, 1, f"refund:{made.id}"))
        note("entry", f"refund:{made.id}")


async def one_batch(db: Database, note: Callable[[str, object], None], user_id: UUID) -> None:
    """Holds that expire at once, so that sweeps and captures race for them."""
    mark = uuid4()
    wanted = [(3, f"item:{mark}:{number}") for number in range(5)]
    holds = await surely(db, lambda tx: hold_many(tx, user_id, wanted, utc_now()))
    for made in holds:
        try:
            await surely(db, lambda tx, made=made: capture(tx, made.id))  # type: ignore[misc]
            note("captured", made.id)
        except HoldEnded:
            note("released", made.id)


async def one_request(db: Database, note: Callable[[str, object], None], user_id: UUID) -> None:
    """Twins with one idempotency key, of which one may charge."""
    key = str(uuid4())

    async def run(tx: AsyncConnection) -> Answer:
        made = await hold(tx, user_id, 8, f"request:{uuid4()}", utc_now() + timedelta(days=1))
        return Answer(202, {}, {"key": key, "hold": str(made.id)})

    async def ask() -> Any:
        while True:
            try:
                request = {"account": str(user_id), "route": "POST /remove", "key": key}
                hashed = sha256(key.encode()).digest()
                done = await once(db, **request, request_hash=hashed, run=run, now=utc_now())
                return done.answer.body["hold"]
            except (DatabaseUnavailable, IdempotencyConflict):
                await asyncio.sleep(0.1)

    first, second = await asyncio.gather(ask(), ask())
    note("same" if first == second else "DIFFERENT", first)


async def one_gift(db: Database, note: Callable[[str, object], None], user_id: UUID) -> None:
    mark = f"gift:{uuid4()}"
    await surely(db, lambda tx: grant(tx, user_id, 40, mark, kind="grant"))
    note("entry", mark)


async def one_sweep(db: Database, note: Callable[[str, object], None], user_id: UUID) -> None:
    try:
        await release_expired(db, utc_now())
    except DatabaseUnavailable:
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), [UUID(user) for user in sys.argv[3:]]))
