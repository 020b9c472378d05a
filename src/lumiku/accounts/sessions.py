"""Sessions: begun by a login, named by a token, ended by a row."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.model import SessionKind, User
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import sessions
from lumiku.accounts.tokens import Claims, sign_token
from lumiku.core.ids import new_id
from lumiku.core.secrets import Secrets, new_token, token_hash


@dataclass(frozen=True)
class Client:
    """What asked for the session, for the person to recognise it."""

    user_agent: str = ""
    address: str | None = None


@dataclass(frozen=True)
class Login:
    """A session that has begun: the one time that its token is seen."""

    user: User
    session_id: UUID
    expires_at: datetime
    token: str = field(repr=False)
    csrf_token: str | None = field(default=None, repr=False)  # of browsers' sessions


@dataclass(frozen=True)
class Session:
    """A session as its owner sees it."""

    id: UUID
    kind: SessionKind
    user_agent: str
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


async def start_session(
    tx: AsyncConnection,
    user: User,
    kind: SessionKind,
    client: Client,
    *,
    secrets: Secrets,
    settings: AccountsSettings,
    now: datetime,
) -> Login:
    """A row, and the token that names it."""
    ttl_s = settings.cookie_ttl_s if kind == "cookie" else settings.bearer_ttl_s
    expires_at = now + timedelta(seconds=ttl_s)
    csrf_token = new_token() if kind == "cookie" else None
    session_id = new_id()
    await tx.execute(
        insert(sessions).values(
            id=session_id,
            user_id=user.id,
            kind=kind,
            csrf_hash=None if csrf_token is None else token_hash(csrf_token),
            user_agent=_printable(client.user_agent),
            address=_address(client.address),
            last_used_at=now,
            expires_at=expires_at,
        )
    )
    token = sign_token(secrets, Claims(user.id, session_id), issued_at=now, expires_at=expires_at)
    return Login(user, session_id, expires_at, token, csrf_token)


async def revoke_session(tx: AsyncConnection, user_id: UUID, session_id: UUID, *, now: datetime) -> bool:
    """End one of a person's; False where it is over, or another's."""
    ended = (
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.user_id == user_id)
        .where(sessions.c.revoked_at.is_(None), sessions.c.expires_at > now)
        .values(revoked_at=now)
        .returning(sessions.c.id)
    )
    return (await tx.execute(ended)).one_or_none() is not None


async def revoke_sessions(
    tx: AsyncConnection, user_id: UUID, *, now: datetime, but: UUID | None = None
) -> int:
    """End all sessions of a person, but perhaps the one that asks; gives how many."""
    ended = (
        update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(sessions.c.id)
    )
    if but is not None:
        ended = ended.where(sessions.c.id != but)
    return len((await tx.execute(ended)).all())


async def sessions_of(tx: AsyncConnection, user_id: UUID, *, now: datetime) -> list[Session]:
    """The sessions in force, the newest first."""
    query = (
        select(
            sessions.c.id,
            sessions.c.kind,
            sessions.c.user_agent,
            sessions.c.address,
            sessions.c.created_at,
            sessions.c.last_used_at,
            sessions.c.expires_at,
        )
        .where(
            sessions.c.user_id == user_id,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
        .order_by(sessions.c.id.desc())
    )
    return [
        Session(row.id, row.kind, row.user_agent, row.address and str(row.address), *row[4:])
        for row in await tx.execute(query)
    ]


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:300]


def _address(text: str | None) -> str | None:
    try:
        return None if text is None else str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None  # a test client's or a proxy's name
