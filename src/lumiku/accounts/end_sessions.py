"""Sessions of a person end: one by themselves, all by them or an administrator."""

from datetime import datetime
from uuid import UUID

from lumiku.accounts.audit import record
from lumiku.accounts.errors import SessionNotFound
from lumiku.accounts.keys import revoke_all_keys
from lumiku.accounts.links import drop_links
from lumiku.accounts.repository import find_user
from lumiku.accounts.sessions import revoke_session, revoke_sessions
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


async def end_session(db: Database, user_id: UUID, session_id: UUID, *, now: datetime) -> None:
    """The next request of that session is refused.

    Raises:
        SessionNotFound: the person has no such session in force.
    """
    async with db.transaction() as tx:
        if not await revoke_session(tx, user_id, session_id, now=now):
            raise SessionNotFound("there is no such session")
        await record(tx, "session.ended", actor_id=user_id, subject_id=user_id, session=str(session_id))
