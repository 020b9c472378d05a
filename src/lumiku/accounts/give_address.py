"""Giving an account another address, which no other account may have."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.errors import AddressTaken
from lumiku.accounts.links import drop_links
from lumiku.accounts.tables import users


async def give_address(
    tx: AsyncConnection, user_id: UUID, email: str, *conditions: ColumnElement[bool]
) -> bool:
    """Give it, if the account fulfils the conditions; whether it does. Links mailed to the old one end.

    Raises:
        AddressTaken: another account has it.
    """
    taken = select(users.c.id).where(func.lower(users.c.email) == email.lower(), users.c.id != user_id)
    if (await tx.execute(taken)).one_or_none() is not None:
        raise AddressTaken("there is an account with this address")
    given = update(users).where(users.c.id == user_id, *conditions).values(email=email).returning(users.c.id)
    try:
        async with tx.begin_nested():
            done = (await tx.execute(given)).one_or_none() is not None
    except IntegrityError as error:  # somebody registered it at this very moment
        raise AddressTaken("there is an account with this address") from error
    if done:
        await drop_links(tx, user_id)
    return done
