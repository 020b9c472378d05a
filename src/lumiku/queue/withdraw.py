"""Taking back what is queued and was not begun."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WITHDRAW = text("DELETE FROM procrastinate_jobs WHERE id = ANY(CAST(:ids AS bigint[])) AND status = 'todo'")


async def withdraw(tx: AsyncConnection, numbers: Sequence[int]) -> int:
    """Delete the jobs of these numbers that wait; a worker keeps what it has. Gives how many were deleted."""
    return (await tx.execute(_WITHDRAW, {"ids": list(numbers)})).rowcount
