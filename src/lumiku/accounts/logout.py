"""The end of a session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from lumiku.accounts.audit import record
from lumiku.accounts.model import Caller
from lumiku.accounts.tables import sessions
from lumiku.core.db import Database


async def logout(db: Database, caller: Caller, *, now: datetime, session_id: UUID | None = None) -> bool:
    """End the session that asks, or another one of the same person; False where there is none in force.

    Raises:
        NotAllowed: an API key asks; keys are revoked, not logged out.
    """
    own = caller.require_session()
    ended = (
        update(sessions)
        .where(
            sessions.c.id == (session_id or own),
            sessions.c.user_id == caller.user_id,
            sessions.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(sessions.c.id)
    )
    async with db.transaction() as tx:
        row = (await tx.execute(ended)).one_or_none()
        if row is None:
            return False
        await record(
            tx, "session.ended", actor_id=caller.user_id, subject_id=caller.user_id, session=str(row.id)
        )
    return True
