"""A person goes: what identifies them is erased, and the ledger's rows stay under an id that names nobody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update

from lumiku.accounts.admins import keep_an_admin
from lumiku.accounts.audit import record
from lumiku.accounts.claims import drop_claims
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.links import drop_links
from lumiku.accounts.lockout import forget_failures
from lumiku.accounts.repository import find_user
from lumiku.accounts.tables import api_keys, sessions, users
from lumiku.core.db import Database


async def delete_account(
    db: Database, user_id: UUID, *, hooks: Hooks, actor_id: UUID | None, now: datetime
) -> None:
    """Erase address, name, password, sessions, keys and links; sessions and keys end at once.

    A route asks for the password first (`confirm_password`).

    Raises:
        UserNotFound: no such account.
        LastAdmin: nobody would be left to administer.
        Conflict: work of theirs still holds credits; cancel it or wait.
    """
    async with db.transaction() as tx:
        await keep_an_admin(tx, but=user_id)
        user = await find_user(tx, user_id, lock=True)
        await hooks.deleting(tx, user_id)
        for table in (sessions, api_keys):
            await tx.execute(delete(table).where(table.c.user_id == user_id))
        await drop_links(tx, user_id)
        await drop_claims(tx, user.email)
        await forget_failures(tx, user.email)
        await tx.execute(
            update(users)
            .where(users.c.id == user_id)
            .values(
                email=f"deleted-{user_id.hex}@invalid",
                name="",
                password_hash=None,
                role="user",
                status="deleted",
                deleted_at=now,
            )
        )
        await record(tx, "account.deleted", actor_id=actor_id, subject_id=user_id)
