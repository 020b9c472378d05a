"""Debits on one hot account: 64 at once from 4 processes, on the embedded server with its own settings.

`python -m benchmarks.ledger [SECONDS]`. A debit is `async with db.transaction(): hold(...)`, committed to
disk. Every connection first does a dozen on an account of its own, as those of a server that has run for a
moment
have; the audit runs after each measurement. The floor is what one connection commits to disk, one transaction
at a time.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import insert

from lumiku.accounts.tables import users
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.idempotency import Answer, once
from lumiku.core.ids import new_id
from lumiku.core.ratelimit import RateLimit, take
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.audit import audit
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.holds import capture, hold
from lumiku.credits.ledger import balance, grant, open_account
from lumiku.migrations.run import migrate, role_of
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings

PROCESSES, CLIENTS = 4, 16
CREDITS = 900_000_000
DEFAULT_POOL = DatabaseSettings().pool_size


async def one_debit(db: Database, user_id: UUID) -> None:
    async with db.transaction() as tx:
        await hold(tx, user_id, 8, f"job:{new_id()}", utc_now() + timedelta(days=1))


async def one_debit_and_capture(db: Database, user_id: UUID) -> None:
    async with db.transaction() as tx:
        made = await hold(tx, user_id, 8, f"job:{new_id()}", utc_now() + timedelta(days=1))
    async with db.transaction() as tx:
        await capture(tx, made.id)


async def one_debit_with_a_key(db: Database, user_id: UUID) -> None:
    async def run(tx: object) -> Answer:
        made = await hold(tx, user_id, 8, f"job:{new_id()}", utc_now() + timedelta(days=1))  # type: ignore[arg-type]
        return Answer(202, {}, {"job": str(made.id)})

    key = {"account": str(user_id), "route": "POST /remove", "key": str(new_id()), "request_hash": b"x" * 32}
    await once(db, run=run, now=utc_now(), **key)  # type: ignore[arg-type]


async def one_rate_check(db: Database, user_id: UUID) -> None:
    await take(db, RateLimit("bench", 10**6, 60, 10**6), str(user_id))


WORK = {
    "debit (hold)": one_debit,
    "debit with idempotency key": one_debit_with_a_key,
    "hold, then capture": one_debit_and_capture,
    "rate limit, one subject": one_rate_check,
}


async def work(url: str, user_id: UUID, name: str, seconds: float, pool: int) -> None:
    """One process: says ready, waits for the start, prints how it went."""
    db = Database(url, DatabaseSettings(pool_size=pool))
    counts: Counter[str] = Counter()
    latencies: list[float] = []

    async def client() -> None:
        while (began := time.perf_counter()) < end:
            try:
                await WORK[name](db, user_id)
                counts["done"] += 1
                latencies.append(time.perf_counter() - began)
            except InsufficientCredits:
                counts["insufficient"] += 1
            except Exception as error:
                counts[type(error).__name__] += 1

    async def warm_up() -> None:
        own = await hot_account(db, CREDITS)
        for _ in range(12):
            await WORK[name](db, own)

    await asyncio.gather(*(warm_up() for _ in range(CLIENTS)))
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    end = start + seconds
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    elapsed = time.perf_counter() - start
    await db.close()
    print(json.dumps({"counts": counts, "latencies": latencies, "elapsed": elapsed}))


def measure(
    url: str, user_id: UUID, name: str, seconds: float, pool: int
) -> tuple[Counter[str], float, list[float]]:
    """All processes at once; gives what happened, how long it took and each one's time."""
    what = [url, str(user_id), name, str(seconds), str(pool)]
    command = [sys.executable, "-m", "benchmarks.ledger", "--work", *what]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [json.loads(worker.communicate()[0]) for worker in workers]
    elapsed = max(output["elapsed"] for output in outputs)
    counts: Counter[str] = Counter()
    for output in outputs:
        counts.update(output["counts"])
    return counts, elapsed, sorted(time_ for output in outputs for time_ in output["latencies"])


async def hot_account(db: Database, credits_: int) -> UUID:
    user_id = new_id()
    async with db.transaction() as tx:
        await tx.execute(insert(users).values(id=user_id, email=f"{user_id}@example.org"))
        await open_account(tx, user_id)
        await grant(tx, user_id, credits_, f"bench:{user_id}", kind="grant")
    return user_id


async def prepare(url: str) -> UUID:
    db = Database(url, DatabaseSettings())
    user_id = await hot_account(db, CREDITS)
    await db.close()
    return user_id


async def check(url: str, user_id: UUID) -> str:
    db = Database(url, DatabaseSettings())
    violations = await audit(db)
    async with db.transaction() as tx:
        left = await balance(tx, user_id)
    await db.close()
    return f"audit: {len(violations)} violations; balance {left.balance:,}, held {left.held:,}"


def committed_a_second(url: str, seconds: float = 2) -> float:
    """What one plain connection commits: the smallest transaction that reaches the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE floor (n int); INSERT INTO floor VALUES (0)")
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            connection.execute("UPDATE floor SET n = n + 1")
            count += 1
        connection.execute("DROP TABLE floor")
    return count / seconds


def main(seconds: float = 6) -> None:
    with tempfile.TemporaryDirectory(prefix="lumiku-bench-") as folder:
        Path(folder).chmod(0o711)
        server = PostgresServer(Path(folder), PostgresSettings())
        server.start()
        try:
            urls = server.urls
            migrate(urls.owner, role_of(urls.app))
            print(f"floor: {committed_a_second(urls.owner):.0f} updates of one row a second, one connection")
            for name, pool in [*((name, DEFAULT_POOL) for name in WORK), (next(iter(WORK)), CLIENTS)]:
                user_id = asyncio.run(prepare(urls.app))
                counts, elapsed, latencies = measure(urls.app, user_id, name, seconds, pool)
                middle, late = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.95))
                failures = {kind: count for kind, count in counts.items() if kind != "done"}
                print(
                    f"{name}, {pool} connections a process: {counts['done'] / elapsed:.0f}/s "
                    f"({counts['done']} in {elapsed:.1f} s), p50 {middle:.0f} ms, p95 {late:.0f} ms, "
                    f"failures {failures or 'none'}"
                )
                print(f"  {asyncio.run(check(urls.app, user_id))}")
        finally:
            server.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        asyncio.run(work(sys.argv[2], UUID(sys.argv[3]), sys.argv[4], float(sys.argv[5]), int(sys.argv[6])))
    else:
        main(*map(float, sys.argv[1:]))
