"""An account made by an administrator."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lumiku.accounts.address import mail_address
from lumiku.accounts.audit import record
from lumiku.accounts.errors import AddressTaken
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.model import Language, Role, User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.register import display_name, insert_user
from lumiku.accounts.repository import find_user
from lumiku.core.db import Database


@dataclass(frozen=True)
class NewUser:
    """Without a password, a link sets it."""

    email: str
    name: str = ""
    role: Role = "user"
    language: Language = "en"
    password: str | None = field(default=None, repr=False)


async def create_user(
    db: Database,
    wanted: NewUser,
    *,
    passwords: Passwords,
    hooks: Hooks,
    actor_id: UUID | None,
    now: datetime,
) -> User:
    """The new account, with its welcome bonus.

    Raises:
        AddressTaken: there is an account with this address.
        BadAddress, BadPassword, BadProfile: what was given cannot be.
    """
    email = mail_address(wanted.email)
    name = display_name(wanted.name)
    hashed = None
    if wanted.password is not None:
        hashed = await passwords.hash(passwords.check(wanted.password, email=email))
    async with db.transaction() as tx:
        user_id = await insert_user(
            tx,
            email=email,
            name=name,
            language=wanted.language,
            hashed=hashed,
            now=now,
            hooks=hooks,
            role=wanted.role,
        )
        if user_id is None:
            raise AddressTaken("there is an account with this address")
        await record(tx, "account.created", actor_id=actor_id, subject_id=user_id, role=wanted.role)
        return await find_user(tx, user_id)
