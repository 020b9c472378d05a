"""An address is proven by its mailed link and the password: now there is an account with it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.audit import record
from lumiku.accounts.claims import Claim, claim_of_link, drop_claims, lock_address
from lumiku.accounts.errors import AddressTaken, BadPassword, LinkUnusable
from lumiku.accounts.give_address import give_address
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.lockout import begin_attempt, forget_failures
from lumiku.accounts.model import User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.register import insert_user
from lumiku.accounts.repository import find_user
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database


async def confirm_address(
    db: Database,
    token: str,
    password: str,
    *,
    passwords: Passwords,
    settings: AccountsSettings,
    hooks: Hooks,
    now: datetime,
) -> User:
    """The new account with its welcome bonus, or the old one with its new address; the person logs in next.

    The link alone is not enough: it may have been sent because a stranger typed somebody's address, and
    whoever opens it must not give that stranger an account in their name.

    Raises:
        LinkUnusable: used, expired, never ours, or the address has got an account meanwhile.
        BadPassword: not the one chosen when registering, or not the account's; the link still works.
        LockedOut: too many wrong ones.
        HashingBusy: too many passwords are being hashed.
    """
    async with db.transaction() as tx:
        claim = await claim_of_link(tx, token, now=now)
        address, hashed = await _proof(tx, claim)
        await begin_attempt(tx, address, settings=settings, now=now)
    if not await passwords.verify(password, hashed):
        raise BadPassword(
            "this is not the password that goes with the link", field="password", reason="WRONG_PASSWORD"
        )
    async with db.transaction() as tx:
        await lock_address(tx, claim.email)
        if claim.user_id is not None:
            await find_user(tx, claim.user_id, lock=True)  # before the claim, as those who drop claims do
        await claim_of_link(tx, token, now=now, lock=True)
        if claim.user_id is None:
            user_id = await _new_account(tx, claim, hooks=hooks, now=now)
        else:
            user_id = await _move(tx, claim, claim.user_id, only_if=hashed)
        await drop_claims(tx, claim.email)
        await forget_failures(tx, address)
        return await find_user(tx, user_id)


async def _proof(tx: AsyncConnection, claim: Claim) -> tuple[str, str | None]:
    """The address whose failures count, and the hash that the password has to fit."""
    if claim.user_id is None:
        return claim.email, claim.hashed
    query = select(users.c.email, users.c.password_hash).where(
        users.c.id == claim.user_id, users.c.status == "active"
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        raise LinkUnusable("the account is not in use")
    return row.email, row.password_hash


async def _new_account(tx: AsyncConnection, claim: Claim, *, hooks: Hooks, now: datetime) -> UUID:
    made = await insert_user(
        tx,
        email=claim.email,
        name=claim.name,
        language=claim.language,
        hashed=claim.hashed,
        now=now,
        hooks=hooks,
    )
    if made is None:
        raise _taken()
    await record(tx, "account.registered", actor_id=made, subject_id=made)
    return made


async def _move(tx: AsyncConnection, claim: Claim, user_id: UUID, *, only_if: str | None) -> UUID:
    unchanged = users.c.status == "active", users.c.password_hash == only_if
    try:
        moved = await give_address(tx, user_id, claim.email, *unchanged)
    except AddressTaken as error:
        raise _taken() from error
    if not moved:
        raise LinkUnusable("the account changed meanwhile")
    await record(tx, "address.changed", actor_id=user_id, subject_id=user_id)
    return user_id


def _taken() -> LinkUnusable:
    """To whoever reads the address's mail, that gives nothing away."""
    return LinkUnusable("there is an account with this address by now; log in")
