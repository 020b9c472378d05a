"""Somebody forgot a password: a mail with a link goes to the owner of the address, if there is one."""

from sqlalchemy import func, select

from lumiku.accounts.address import mail_address
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.core.ids import new_id


async def request_password_reset(db: Database, email: str, *, hooks: Hooks) -> None:
    """Queue the mail; the same statements run for an address that nobody has.

    Raises:
        BadAddress: not an address at all.
    """
    address = mail_address(email)
    query = select(users.c.id).where(func.lower(users.c.email) == address.lower(), users.c.status == "active")
    async with db.transaction() as tx:
        user_id = (await tx.execute(query)).scalar_one_or_none()
        await hooks.queue_mail(tx, "password_reset", user_id or new_id())
