"""A new password for somebody who knows the old one; all other sessions end."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.confirm import confirm_password
from lumiku.accounts.errors import BadPassword
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.keys import revoke_all_keys
from lumiku.accounts.links import drop_links
from lumiku.accounts.model import Caller, User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.repository import find_user
from lumiku.accounts.sessions import revoke_sessions
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database


@dataclass(frozen=True)
class PasswordChange:
    """The old and the new password, and whether programs' keys go too."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    revoke_keys: bool = False


async def change_password(
    db: Database,
    caller: Caller,
    change: PasswordChange,
    *,
    passwords: Passwords,
    settings: AccountsSettings,
    hooks: Hooks,
    now: datetime,
) -> None:
    """The session that asks stays; every other one, and every link to set a password, ends.

    API keys stay unless asked otherwise: they are not derived from the password, and programs run on them.

    Raises:
        NotAllowed: an API key asks.
        BadPassword: the current one is wrong, or the new one is not taken.
        LockedOut: too many wrong current passwords.
    """
    session_id = caller.require_session()
    async with db.transaction() as tx:
        user = await find_user(tx, caller.user_id)
    new = passwords.check(change.new, email=user.email)
    old_hash = await confirm_password(
        db, user.id, change.current, passwords=passwords, settings=settings, now=now
    )
    new_hash = await passwords.hash(new)
    async with db.transaction() as tx:
        if not await replace_password(tx, user, new_hash, only_if=old_hash):
            raise BadPassword(
                "the password was changed meanwhile", field="currentPassword", reason="PASSWORD_CHANGED"
            )
        ended = await revoke_sessions(tx, user.id, now=now, but=session_id)
        revoked = await revoke_all_keys(tx, user.id, now=now) if change.revoke_keys else 0
        await drop_links(tx, user.id)
        await record(
            tx, "password.changed", actor_id=user.id, subject_id=user.id, sessions=ended, keys=revoked
        )
        await hooks.queue_mail(tx, "password_changed", user.id)


async def replace_password(
    tx: AsyncConnection, user: User, hashed: str, *, only_if: str | None = None
) -> bool:
    """Store the hash; False where the person is not active, or the hash is not `only_if` any more."""
    statement = (
        update(users)
        .where(users.c.id == user.id, users.c.status == "active")
        .values(password_hash=hashed)
        .returning(users.c.id)
    )
    if only_if is not None:
        statement = statement.where(users.c.password_hash == only_if)
    return (await tx.execute(statement)).one_or_none() is not None
