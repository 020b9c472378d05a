"""Everything that is kept about a person, as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lumiku.accounts.audit import record
from lumiku.accounts.claims import addresses_claimed_by
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.keys import keys_of
from lumiku.accounts.repository import find_user
from lumiku.accounts.sessions import sessions_of
from lumiku.accounts.tables import audit_log
from lumiku.core.db import Database


async def export_account(
    db: Database, user_id: UUID, *, hooks: Hooks, actor_id: UUID | None, now: datetime
) -> dict[str, Any]:
    """The account, its sessions, keys and security acts, and what other packages keep; no secret, no hash.

    Raises:
        UserNotFound: no such account.
    """
    acts = (
        select(audit_log.c.created_at, audit_log.c.action, audit_log.c.details)
        .where(audit_log.c.subject_id == user_id)
        .order_by(audit_log.c.id)
    )
    async with db.transaction() as tx:
        user = await find_user(tx, user_id)
        parts: dict[str, Any] = {
            "exportedAt": now,
            "account": asdict(user),
            "sessions": [asdict(session) for session in await sessions_of(tx, user_id, now=now)],
            "newAddresses": await addresses_claimed_by(tx, user_id),
            "keys": [asdict(key) for key in await keys_of(tx, user_id, revoked=True)],
            "securityActs": [dict(row) for row in (await tx.execute(acts)).mappings()],
            **await hooks.export(tx, user_id),
        }
        await record(tx, "account.exported", actor_id=actor_id, subject_id=user_id)
    exported: dict[str, Any] = _plain(parts)
    return exported


def _plain(value: Any) -> Any:
    """The same with camelCase names, and ids and times as text."""
    if isinstance(value, dict):
        return {_camel(str(name)): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
