"""The daily cleanup: what is old expires, files that nobody needs go, and rows that lack a file are named."""

from collections.abc import AsyncIterator
from datetime import datetime

from lumiku.core.db import Database
from lumiku.removals.expire import expire
from lumiku.removals.findings import Finding
from lumiku.removals.reconcile import Reconciliation
from lumiku.removals.settings import RetentionSettings
from lumiku.storage.base import Storage


async def cleanup(
    db: Database,
    storage: Storage,
    settings: RetentionSettings,
    now: datetime,
    *,
    dry_run: bool = False,
    any_orphans: bool = False,
) -> AsyncIterator[Finding]:
    """Clean up once, telling each thing when it is done; ended anywhere, the next one does the rest.

    Args:
        db: as the application's role.
        storage: of the same server.
        settings: how long what is kept.
        now: aware.
        dry_run: change nothing; tells what a real run would do.
        any_orphans: delete files that no row names even where they are suspiciously many.

    Raises:
        DatabaseUnavailable, StorageUnavailable: what was done so far stays done.
    """
    async for found in expire(db, settings, now, dry_run=dry_run):
        yield found
    reconciliation = Reconciliation(db, storage, settings, now, dry_run=dry_run)
    async for found in reconciliation.sweep(any_number=any_orphans):
        yield found
    async for found in reconciliation.missing():
        yield found
