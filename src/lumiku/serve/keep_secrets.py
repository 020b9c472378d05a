"""The secrets at a start: made for a new database, and never quietly anew for one that was used."""

import asyncio
from pathlib import Path

from sqlalchemy import func, select

from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.core.secrets import has_secrets, load_or_create_secrets
from lumiku.core.settings import DatabaseSettings
from lumiku.serve.errors import SecretsLost


def keep_secrets(url: str, folder: Path) -> None:
    """Make the secrets of a data folder, unless they are there.

    Args:
        url: of the database, as the application's role.
        folder: the data folder.

    Raises:
        SecretsLost: they are not there, and the database has accounts.
        SecretsUnusable: they are damaged or open to others.
    """
    if not has_secrets(folder) and asyncio.run(_has_accounts(url)):
        raise SecretsLost(
            "secrets.json is not in the data folder, and the database has accounts: put it back from a backup"
            " or from another machine of this server. If it is lost, `lumiku user rotate-signing-key` makes a"
            " new one: everybody logs in again, links end, and webhooks get new signing secrets"
        )
    load_or_create_secrets(folder)


async def _has_accounts(url: str) -> bool:
    db = Database(url, DatabaseSettings(pool_size=1))
    try:
        async with db.transaction() as tx:
            if (await tx.execute(select(func.to_regclass("users")))).scalar_one() is None:
                return False  # a role by itself, before the first migration
            return (await tx.execute(select(users.c.id).limit(1))).first() is not None
    finally:
        await db.close()
