"""A nightly cleanup over many jobs with four files each, half of them due, in a folder.

`python -m benchmarks.cleanup [JOBS]`. The files are a few bytes, for their size does not matter to it.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from lumiku.accounts.tables import users
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.core.settings import DatabaseSettings
from lumiku.migrations.run import migrate, role_of
from lumiku.postgres.server import PostgresServer
from lumiku.postgres.settings import PostgresSettings
from lumiku.removals.cleanup import cleanup
from lumiku.removals.settings import RetentionSettings
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.keys import Kind, new_key
from lumiku.storage.open import open_storage
from lumiku.storage.settings import StorageSettings

FILES: dict[str, tuple[Kind, str]] = {
    "source_key": ("uploads", "jpg"),
    "result_key": ("outputs", "png"),
    "matte_key": ("mattes", "png"),
    "thumbnail_key": ("thumbnails", "webp"),
}
ROWS_AT_ONCE = 1000


async def fill(db: Database, folder: Path, count: int) -> None:
    """Completed jobs of the last 60 days, evenly."""
    user_id, now = new_id(), utc_now()
    async with db.transaction() as tx:
        await tx.execute(insert(users).values(id=user_id, email="bench@example.org"))
    for begin in range(0, count, ROWS_AT_ONCE):
        rows = []
        for number in range(begin, min(begin + ROWS_AT_ONCE, count)):
            ended = now - timedelta(days=60 * (number + 0.5) / count)
            keys = {column: new_key(kind, extension, ended) for column, (kind, extension) in FILES.items()}
            for key in keys.values():
                path = folder / "storage" / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"picture")
            row = {"id": new_id(), "user_id": user_id, "tier": "basic", "status": "completed"}
            rows.append({**row, **keys, "queued_at": ended, "completed_at": ended})
        async with db.transaction() as tx:
            await tx.execute(insert(jobs), rows)


async def measure(url: str, folder: Path, count: int) -> None:
    db = Database(url, DatabaseSettings())
    storage = open_storage(StorageSettings(), folder)
    await fill(db, folder, count)
    for name, dry_run in (("dry run", True), ("cleanup", False), ("cleanup again", False)):
        begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        counts: Counter[str] = Counter()
        async for found in cleanup(db, storage, RetentionSettings(), utc_now(), dry_run=dry_run):
            counts[found.what] += 1
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        told = ", ".join(f"{number} {what}" for what, number in counts.items()) or "nothing"
        print(f"{name}: {time.perf_counter() - begin:.1f} s, {grown:.0f} MiB more at the peak; {told}")
    await db.close()


def main(count: int = 20_000) -> None:
    with tempfile.TemporaryDirectory(prefix="lumiku-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = PostgresServer(folder, PostgresSettings())
        server.start()
        try:
            migrate(server.urls.owner, role_of(server.urls.app))
            asyncio.run(measure(server.urls.app, folder, count))
        finally:
            server.stop()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
