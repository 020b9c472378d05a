"""A new password by a link that was mailed, or made by the administrator; all sessions end."""

from datetime import datetime

from lumiku.accounts.audit import record
from lumiku.accounts.change_password import replace_password
from lumiku.accounts.errors import LinkUnusable
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.links import drop_links, link_owner, use_link
from lumiku.accounts.lockout import forget_failures
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.repository import find_user
from lumiku.accounts.sessions import revoke_sessions
from lumiku.core.db import Database


async def reset_password(
    db: Database, token: str, password: str, *, passwords: Passwords, hooks: Hooks, now: datetime
) -> None:
    """The link is used up with the change; it lifts a lockout, and the person logs in next.

    Raises:
        LinkUnusable: the link was used, has expired, or was never ours.
        BadPassword: the new password is not taken; the link still works.
    """
    async with db.transaction() as tx:
        user = await find_user(tx, await link_owner(tx, token, "password_reset", now=now))
    hashed = await passwords.hash(passwords.check(password, email=user.email))
    async with db.transaction() as tx:
        await use_link(tx, token, "password_reset", now=now)
        if not await replace_password(tx, user, hashed):
            raise LinkUnusable("the account is not in use")
        ended = await revoke_sessions(tx, user.id, now=now)
        await drop_links(tx, user.id)
        await forget_failures(tx, user.email)
        await record(tx, "password.reset", actor_id=user.id, subject_id=user.id, sessions=ended)
        await hooks.queue_mail(tx, "password_changed", user.id)
