"""A process that submits pictures on its own, for tests of quota over several processes."""

import asyncio
from datetime import datetime
from uuid import UUID

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from support.submissions import Customer, TestRules


def submit_many(url: str, user_id: UUID, count: int, now: datetime) -> list[str]:
    """Submit so many at once; gives what paid for each."""

    async def run() -> list[str]:
        settings = DatabaseSettings(pool_size=count, pool_timeout_s=60, lock_timeout_s=60)
        db = Database(url, settings)
        who = Customer(db, user_id, TestRules(), clock=lambda: now)
        try:
            jobs = await asyncio.gather(*(who.submit(tier="basic") for _ in range(count)))
        finally:
            await db.close()
        return [job.pricing_type for job in jobs]

    return asyncio.run(run())
