"""The record of security acts; it can be added to and read, never changed."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.tables import audit_log
from lumiku.core.ids import new_id


async def record(
    tx: AsyncConnection, action: str, *, actor_id: UUID | None, subject_id: UUID | None, **details: object
) -> None:
    """One act, in the transaction that does it; `actor_id` is None for the command line and schedules.

    Details are ids, names of scopes and the like: no secret and no address, for they outlive the account.
    """
    await tx.execute(
        insert(audit_log).values(
            id=new_id(), action=action, actor_id=actor_id, subject_id=subject_id, details=details
        )
    )
