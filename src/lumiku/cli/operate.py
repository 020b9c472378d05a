"""What those who run the server do in somebody else's place: in the owner's name, and in the audit log."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from lumiku.core.db import Database

Result = TypeVar("Result")


async def in_owners_place(
    db: "Database",
    kind: Literal["job", "batch"],
    number: UUID,
    action: str,
    act: "Callable[[AsyncConnection, UUID], Awaitable[Result]]",
) -> Result:
    """Do `act` with the owner of a job or batch, and note it as `<kind>.<action>`, in one transaction.

    Raises:
        NotFound: there is no such job or batch.
    """
    from lumiku.accounts.audit import record
    from lumiku.removals.overview import any_batch, any_job

    find = any_job if kind == "job" else any_batch
    async with db.transaction() as tx:
        owner = (await find(tx, number))["user_id"]
        done = await act(tx, owner)
        await record(tx, f"{kind}.{action}", actor_id=None, subject_id=owner, **{kind: str(number)})
        return done
