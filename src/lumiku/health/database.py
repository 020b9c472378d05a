"""Does PostgreSQL answer?"""

from sqlalchemy import text

from lumiku.core.db import Database
from lumiku.health.check import Check


def database_check(db: Database) -> Check:
    """A round trip through the pool."""

    async def ask() -> str:
        async with db.transaction() as tx:
            await tx.execute(text("SELECT 1"))
        return "answers"

    return Check("database", ask)
