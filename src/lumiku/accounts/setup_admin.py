"""The first administrator: a link on the first start, instead of a default password."""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update

from lumiku.accounts.address import mail_address
from lumiku.accounts.audit import record
from lumiku.accounts.errors import AddressTaken
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.links import drop_links, link_owner, make_link, use_link
from lumiku.accounts.model import SETUP_ADDRESS, User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.register import insert_user
from lumiku.accounts.repository import USER_COLUMNS, user_of
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database

_LOCK: Final = 0x41444D4E


_ABLE: Final = (
    "SELECT id FROM users WHERE role = 'admin' AND status = 'active' AND password_hash IS NOT NULL LIMIT 1"
)


async def has_admin(db: Database) -> bool:
    """Whether somebody can administer, so that no link makes an administrator any more."""
    return await db.one(_ABLE, {}) is not None


async def admin_setup_link(
    db: Database, *, settings: AccountsSettings, hooks: Hooks, now: datetime
) -> str | None:
    """The token of a link by which somebody becomes the administrator; None where there is one already.

    Each call makes a new link and ends the one before; two starts at once make one account.
    """
    able = select(users.c.id).where(
        users.c.role == "admin", users.c.status == "active", users.c.password_hash.is_not(None)
    )
    async with db.transaction() as tx:
        await tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if (await tx.execute(able.limit(1))).one_or_none() is not None:
            return None
        waiting = select(users.c.id).where(func.lower(users.c.email) == SETUP_ADDRESS)
        user_id = (await tx.execute(waiting)).scalar_one_or_none() or await insert_user(
            tx, email=SETUP_ADDRESS, name="", language="en", hashed=None, now=now, hooks=hooks, role="admin"
        )
        if user_id is None:  # cannot be under the lock
            return None
        await drop_links(tx, user_id)
        return await make_link(tx, user_id, "admin_setup", settings=settings, now=now)


async def setup_admin(
    db: Database, token: str, email: str, password: str, *, passwords: Passwords, now: datetime
) -> User:
    """The administrator, who logs in next.

    Raises:
        LinkUnusable: the link was used, has expired, or was never ours.
        AddressTaken: there is an account with this address: promote it by the command line instead.
        BadAddress, BadPassword: what was given cannot be; the link still works.
    """
    address = mail_address(email)
    checked = passwords.check(password, email=address)
    async with db.transaction() as tx:
        await link_owner(tx, token, "admin_setup", now=now)
    hashed = await passwords.hash(checked)
    async with db.transaction() as tx:
        user_id = await use_link(tx, token, "admin_setup", now=now)
        # The owner of the link knows the server's log; to tell them an address is taken gives nothing away.
        taken = select(users.c.id).where(func.lower(users.c.email) == address.lower())
        if (await tx.execute(taken)).one_or_none() is not None:
            raise AddressTaken("there is an account with this address; promote it by `lumiku user promote`")
        named = (
            update(users)
            .where(users.c.id == user_id, users.c.status == "active")
            .values(email=address, password_hash=hashed)
            .returning(*USER_COLUMNS)
        )
        user = user_of((await tx.execute(named)).mappings().one())
        await drop_links(tx, user.id)
        await record(tx, "admin.set_up", actor_id=user.id, subject_id=user.id)
    return user
