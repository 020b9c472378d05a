"""API keys: shown once, known by their hash, revoked at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.errors import BadScopes, KeyNotFound, TooManyKeys
from lumiku.accounts.identify import KEY_PREFIX, scopes_of
from lumiku.accounts.model import SCOPES, ApiKey, Caller, NewKey
from lumiku.accounts.repository import find_user
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import api_keys
from lumiku.core.db import Database
from lumiku.core.ids import new_id
from lumiku.core.secrets import new_token, token_hash

_SHOWN_LETTERS: Final = 12  # of the key: the prefix that all have, and 48 of its 256 bits
_COLUMNS: Final = (
    api_keys.c.id,
    api_keys.c.name,
    api_keys.c.prefix,
    api_keys.c.scopes,
    api_keys.c.created_at,
    api_keys.c.last_used_at,
    api_keys.c.revoked_at,
)


async def create_key(
    db: Database,
    caller: Caller,
    name: str,
    scopes: Iterable[str],
    *,
    settings: AccountsSettings,
    now: datetime,
) -> NewKey:
    """A key that may do what the scopes say, and never more than its owner may.

    Raises:
        NotAllowed: an API key asks; keys do not make keys.
        BadScopes: no scope, an unknown one or one that the person does not have, or a name that cannot be.
        TooManyKeys: the account has as many as it may have.
    """
    caller.require_session()
    name = name.strip()
    if not 1 <= len(name) <= 120 or not name.isprintable():
        raise BadScopes(
            "a key's name is one line of 1 to 120 characters", field="name", reason="BAD_KEY_NAME"
        )
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if not wanted or unknown:
        raise BadScopes(
            "name at least one scope, and only known ones",
            field="scopes",
            reason="BAD_SCOPES",
            scopes=sorted(SCOPES),
        )
    if not set(wanted) <= scopes_of(caller.role):
        raise BadScopes(
            "only an administrator's key can have the scope admin", field="scopes", reason="ADMIN_SCOPE"
        )
    key = KEY_PREFIX + new_token()
    row = {
        "id": new_id(),
        "user_id": caller.user_id,
        "name": name,
        "prefix": key[:_SHOWN_LETTERS],
        "key_hash": token_hash(key),
        "scopes": wanted,
        "created_at": now,
    }
    async with db.transaction() as tx:
        await find_user(tx, caller.user_id, lock=True)  # twins wait, so that the count is right
        in_force = select(func.count()).where(
            api_keys.c.user_id == caller.user_id, api_keys.c.revoked_at.is_(None)
        )
        if (await tx.execute(in_force)).scalar_one() >= settings.keys_per_account:
            raise TooManyKeys("revoke a key first", maximum=settings.keys_per_account)
        made = (await tx.execute(insert(api_keys).values(row).returning(*_COLUMNS))).mappings().one()
        await record(
            tx,
            "key.created",
            actor_id=caller.user_id,
            subject_id=caller.user_id,
            key=str(row["id"]),
            scopes=wanted,
        )
    return NewKey(key, _api_key(made))


async def list_keys(db: Database, user_id: UUID) -> list[ApiKey]:
    """The keys in force, the newest first."""
    async with db.transaction() as tx:
        return await keys_of(tx, user_id, revoked=False)


async def keys_of(tx: AsyncConnection, user_id: UUID, *, revoked: bool) -> list[ApiKey]:
    """The keys of a person, with or without those that were revoked."""
    query = select(*_COLUMNS).where(api_keys.c.user_id == user_id).order_by(api_keys.c.id.desc())
    if not revoked:
        query = query.where(api_keys.c.revoked_at.is_(None))
    return [_api_key(row) for row in (await tx.execute(query)).mappings()]


async def revoke_key(db: Database, caller: Caller, key_id: UUID, *, now: datetime) -> None:
    """The next request with the key is refused.

    Raises:
        NotAllowed: an API key asks.
        KeyNotFound: the person has no such key in force.
    """
    caller.require_session()
    revoked = (
        update(api_keys)
        .where(api_keys.c.id == key_id, api_keys.c.user_id == caller.user_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(api_keys.c.id)
    )
    async with db.transaction() as tx:
        if (await tx.execute(revoked)).one_or_none() is None:
            raise KeyNotFound("there is no such key")
        await record(tx, "key.revoked", actor_id=caller.user_id, subject_id=caller.user_id, key=str(key_id))


async def revoke_all_keys(tx: AsyncConnection, user_id: UUID, *, now: datetime) -> int:
    """End all keys of a person; gives how many."""
    revoked = (
        update(api_keys)
        .where(api_keys.c.user_id == user_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(api_keys.c.id)
    )
    return len((await tx.execute(revoked)).all())


def _api_key(row: RowMapping) -> ApiKey:
    return ApiKey(**{**row, "scopes": tuple(row["scopes"])})
