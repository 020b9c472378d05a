"""Another address for an account: asked for by its owner and proven by a mail, or set by an administrator."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lumiku.accounts.address import mail_address
from lumiku.accounts.audit import record
from lumiku.accounts.claims import NewClaim, claim_address, drop_claims
from lumiku.accounts.confirm import confirm_password
from lumiku.accounts.errors import AddressFixed
from lumiku.accounts.give_address import give_address
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.model import Caller, User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.repository import find_user
from lumiku.accounts.settings import AccountsSettings
from lumiku.core.db import Database


@dataclass(frozen=True)
class AddressChange:
    """The new address, and the password again."""

    email: str
    password: str = field(repr=False)


async def change_address(
    db: Database,
    caller: Caller,
    wanted: AddressChange,
    *,
    passwords: Passwords,
    settings: AccountsSettings,
    hooks: Hooks,
    now: datetime,
) -> None:
    """Mail a link to the new address, and word of it to the old one; nothing changes before it is opened.

    Whether the new address has an account is told to nobody but its owner.

    Raises:
        NotAllowed: an API key asks.
        AddressFixed: this server sends no mail.
        BadAddress: not an address at all.
        BadPassword: the password is wrong.
        LockedOut: too many wrong passwords.
    """
    caller.require_session()
    if not hooks.confirms_addresses:
        raise AddressFixed("this server confirms no addresses by mail; ask the administrator to change yours")
    email = mail_address(wanted.email)
    await confirm_password(
        db, caller.user_id, wanted.password, passwords=passwords, settings=settings, now=now
    )
    async with db.transaction() as tx:
        user = await find_user(tx, caller.user_id)
        claim = NewClaim(email, language=user.language, user_id=user.id)
        claim_id = await claim_address(tx, claim, settings=settings, now=now)
        await hooks.queue_mail(tx, "address_claimed", claim_id)
        await hooks.queue_mail(tx, "address_changing", user.id)
        await record(tx, "address.change_asked", actor_id=user.id, subject_id=user.id)


async def set_address(db: Database, user_id: UUID, email: str, *, actor_id: UUID | None) -> User:
    """The person with the new address, which the administrator vouches for; open links end.

    Raises:
        UserNotFound: no such account.
        BadAddress: not an address at all.
        AddressTaken: another account has it.
    """
    email = mail_address(email)
    async with db.transaction() as tx:
        await find_user(tx, user_id, lock=True)
        await give_address(tx, user_id, email)
        await drop_claims(tx, email)
        await record(tx, "address.changed", actor_id=actor_id, subject_id=user_id)
        return await find_user(tx, user_id)
