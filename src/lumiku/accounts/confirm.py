"""The password again, before something that a stolen session must not be able to do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from lumiku.accounts.errors import BadPassword
from lumiku.accounts.lockout import begin_attempt, forget_failures
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.repository import find_user
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database


async def confirm_password(
    db: Database,
    user_id: UUID,
    password: str,
    *,
    passwords: Passwords,
    settings: AccountsSettings,
    now: datetime,
) -> str:
    """The stored hash that the password fits; guesses count as failed logins do.

    Raises:
        BadPassword: it is not the password.
        LockedOut: too many guesses.
    """
    async with db.transaction() as tx:
        user = await find_user(tx, user_id)
        await begin_attempt(tx, user.email, settings=settings, now=now)
        stored = select(users.c.password_hash).where(users.c.id == user_id)
        hashed: str | None = (await tx.execute(stored)).scalar_one()
    if not await passwords.verify(password, hashed) or hashed is None:
        raise BadPassword("the current password is wrong", field="currentPassword", reason="WRONG_PASSWORD")
    async with db.transaction() as tx:
        await forget_failures(tx, user.email)
    return hashed
