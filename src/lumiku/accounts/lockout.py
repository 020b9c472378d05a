"""Ten failed logins in an hour lock an address, whether or not an account has it."""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.address import address_hash
from lumiku.accounts.errors import LockedOut
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import login_failures
from lumiku.core.ids import new_id

_LOCKS = 0x4C4F434B  # a space of its own among advisory locks


async def begin_attempt(
    tx: AsyncConnection, address: str, *, settings: AccountsSettings, now: datetime
) -> int:
    """Count this attempt as failed until it succeeds, so that parallel guesses cannot outrun the count.

    Gives the attempts in the window, with this one.

    Raises:
        LockedOut: there were as many as may be; the password is not even looked at.
    """
    hashed = address_hash(address)
    number = int.from_bytes(hashed[:4], signed=True)
    await tx.execute(select(func.pg_advisory_xact_lock(_LOCKS, number)))
    window = timedelta(seconds=settings.lockout_window_s)
    recent = (
        select(login_failures.c.failed_at)
        .where(login_failures.c.email_hash == hashed, login_failures.c.failed_at > now - window)
        .order_by(login_failures.c.failed_at.desc())
        .limit(settings.lockout_failures)
    )
    times = [row.failed_at for row in await tx.execute(recent)]
    if len(times) >= settings.lockout_failures:
        wait_s = max(1, ceil((times[-1] + window - now).total_seconds()))
        raise LockedOut("too many failed logins for this address; try again later", wait_s)
    await tx.execute(insert(login_failures).values(id=new_id(), email_hash=hashed, failed_at=now))
    return len(times) + 1


async def forget_failures(tx: AsyncConnection, address: str) -> None:
    """After a login or a reset: the person is the right one."""
    await tx.execute(delete(login_failures).where(login_failures.c.email_hash == address_hash(address)))


def locks(attempts: int, settings: AccountsSettings) -> bool:
    """Whether this failure locks the address."""
    return attempts >= settings.lockout_failures
