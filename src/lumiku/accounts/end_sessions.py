"""All sessions of a person end, by the person or an administrator."""

from datetime import datetime
from uuid import UUID

from lumiku.accounts.audit import record
from lumiku.accounts.keys import revoke_all_keys
from lumiku.accounts.links import drop_links
from lumiku.accounts.repository import find_user
from lumiku.accounts.sessions import revoke_sessions
from lumiku.core.db import Database


async def end_sessions(
    db: Database,
    user_id: UUID,
    *,
    actor_id: UUID | None,
    now: datetime,
    but: UUID | None = None,
    keys_too: bool = False,
) -> int:
    """End them and all links to set a password, perhaps the API keys too; gives how many proofs ended.

    Raises:
        UserNotFound: no such account.
    """
    async with db.transaction() as tx:
        await find_user(tx, user_id, lock=True)  # so that no login slips in beside
        ended = await revoke_sessions(tx, user_id, now=now, but=but)
        keys = await revoke_all_keys(tx, user_id, now=now) if keys_too else 0
        await drop_links(tx, user_id)
        await record(tx, "sessions.ended", actor_id=actor_id, subject_id=user_id, sessions=ended, keys=keys)
    return ended + keys
