"""Who is asking: from a header or cookie to a Caller, by the rows as they are now."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table, update

from lumiku.accounts.errors import InvalidToken
from lumiku.accounts.model import SCOPES, USER_SCOPES, Caller, Role, SessionKind
from lumiku.accounts.tables import api_keys, sessions
from lumiku.accounts.tokens import read_token
from lumiku.core.db import Database
from lumiku.core.errors import Unauthorized
from lumiku.core.secrets import Secrets, token_hash

KEY_PREFIX: Final = "lmk_"
_USE_NOTED_EVERY: Final = timedelta(minutes=1)

_SESSION: Final = """
SELECT session.user_id, session.csrf_hash, session.last_used_at, person.role
FROM sessions AS session JOIN users AS person ON person.id = session.user_id
WHERE session.id = %(session_id)s AND session.user_id = %(user_id)s AND session.kind = %(kind)s
  AND session.revoked_at IS NULL AND session.expires_at > %(now)s AND person.status = 'active'
"""
_KEY: Final = """
SELECT key.id, key.user_id, key.scopes, key.last_used_at, person.role
FROM api_keys AS key JOIN users AS person ON person.id = key.user_id
WHERE key.key_hash = %(key_hash)s AND key.revoked_at IS NULL AND person.status = 'active'
"""


async def identify(
    db: Database, secrets: Secrets, *, authorization: str | None, cookie: str | None, now: datetime
) -> Caller:
    """Whoever the `Authorization` header proves, or else the session cookie.

    Raises:
        Unauthorized: neither is there, or the header is of another scheme.
        InvalidToken: the token or key is not ours, was revoked, or its account is suspended or gone.
        TokenExpired: the session has reached its end.
    """
    if authorization:
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("the Authorization header must be `Bearer <token or API key>`")
        token = token.strip()
        if token.startswith(KEY_PREFIX):
            return await _by_key(db, token, now)
        return await _by_session(db, secrets, token, "bearer", now)
    if cookie:
        return await _by_session(db, secrets, cookie, "cookie", now)
    raise Unauthorized("log in, or send an API key")


async def _by_session(db: Database, secrets: Secrets, token: str, kind: SessionKind, now: datetime) -> Caller:
    claims = read_token(secrets, token, now=now)
    given = {"session_id": claims.session_id, "user_id": claims.user_id, "kind": kind, "now": now}
    row = await db.one(_SESSION, given)
    if row is None:
        raise InvalidToken("the session is in force no more; log in again")
    await _note_use(db, sessions, claims.session_id, row["last_used_at"], now)
    return Caller(
        user_id=row["user_id"],
        role=row["role"],
        kind="session",
        scopes=scopes_of(row["role"]),
        session_id=claims.session_id,
        csrf_hash=row["csrf_hash"],
    )


async def _by_key(db: Database, key: str, now: datetime) -> Caller:
    row = await db.one(_KEY, {"key_hash": token_hash(key)})
    if row is None:
        raise InvalidToken("the API key is not one of ours, or was revoked")
    await _note_use(db, api_keys, row["id"], row["last_used_at"], now)
    # What the key was given, as far as its owner still has it.
    scopes = frozenset(row["scopes"]) & scopes_of(row["role"])
    return Caller(row["user_id"], row["role"], "api_key", scopes, key_id=row["id"])


def scopes_of(role: Role) -> frozenset[str]:
    """All that a person of this role may do."""
    return frozenset(SCOPES) if role == "admin" else USER_SCOPES


async def _note_use(db: Database, table: Table, row_id: object, last: datetime | None, now: datetime) -> None:
    """The last use, written once a minute at most: a read stays a read, and twins write once."""
    due = now - _USE_NOTED_EVERY
    if last is not None and last > due:
        return
    used = (
        update(table)
        .where(table.c.id == row_id, (table.c.last_used_at.is_(None)) | (table.c.last_used_at <= due))
        .values(last_used_at=now)
    )
    async with db.autocommit() as tx:
        await tx.execute(used)
