"""A new account for a stranger, whose answer tells nothing about accounts that are there already."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.address import mail_address
from lumiku.accounts.audit import record
from lumiku.accounts.claims import NewClaim, claim_address
from lumiku.accounts.errors import BadProfile, RegistrationClosed
from lumiku.accounts.hooks import Hooks
from lumiku.accounts.model import Language, Role
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.core.ids import new_id


@dataclass(frozen=True)
class Registration:
    """What somebody fills in."""

    email: str
    password: str = field(repr=False)
    name: str = ""
    language: Language = "en"


@dataclass(frozen=True)
class Registered:
    """The answer, the same whether an account was made or had been there: no id and no token.

    Attributes:
        email, name: as they will be kept.
        confirmation_required: a mail is on its way, and the account is there once its link is opened.
    """

    email: str
    name: str
    confirmation_required: bool


async def register(
    db: Database,
    wanted: Registration,
    *,
    passwords: Passwords,
    settings: AccountsSettings,
    hooks: Hooks,
    now: datetime,
) -> Registered:
    """An account with its welcome bonus, or a mail to the address, which has to be confirmed first.

    Where mail is sent (`hooks.confirms_addresses`) nothing here looks at accounts: whether the address has
    one is found out when the mail is written, and shows in the mail alone. Elsewhere the account is there at
    once; where there was one already, nothing happens.

    Raises:
        RegistrationClosed: only administrators make accounts here.
        BadAddress, BadPassword, BadProfile: what was filled in cannot be.
        HashingBusy: too many passwords are being hashed.
    """
    if not settings.registration_open:
        raise RegistrationClosed("registration is closed; ask the administrator for an account")
    email = mail_address(wanted.email)
    name = display_name(wanted.name)
    hashed = await passwords.hash(passwords.check(wanted.password, email=email))
    async with db.transaction() as tx:
        if hooks.confirms_addresses:
            claim = NewClaim(email, name, wanted.language, hashed)
            claim_id = await claim_address(tx, claim, settings=settings, now=now)
            await hooks.queue_mail(tx, "address_claimed", claim_id)
        else:
            await _make_account(tx, email, name, wanted.language, hashed, hooks=hooks, now=now)
    return Registered(email, name, hooks.confirms_addresses)


async def _make_account(
    tx: AsyncConnection,
    email: str,
    name: str,
    language: Language,
    hashed: str,
    *,
    hooks: Hooks,
    now: datetime,
) -> None:
    made = await insert_user(
        tx, email=email, name=name, language=language, hashed=hashed, now=now, hooks=hooks
    )
    if made is not None:
        await record(tx, "account.registered", actor_id=made, subject_id=made)
        return
    owner = select(users.c.id).where(func.lower(users.c.email) == email.lower())
    owner_id = (await tx.execute(owner)).scalar_one_or_none()
    if owner_id is not None:
        await hooks.queue_mail(tx, "already_registered", owner_id)


async def insert_user(
    tx: AsyncConnection,
    *,
    email: str,
    name: str,
    language: Language,
    hashed: str | None,
    now: datetime,
    hooks: Hooks,
    role: Role = "user",
) -> UUID | None:
    """The new account's id with all that belongs to one; None where the address is taken."""
    statement = (
        insert(users)
        .values(
            id=new_id(),
            email=email,
            name=name,
            language=language,
            password_hash=hashed,
            role=role,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(users.c.id)
    )
    user_id: UUID | None = (await tx.execute(statement)).scalar_one_or_none()
    if user_id is not None:
        await hooks.registered(tx, user_id)
    return user_id


def display_name(text: str) -> str:
    """One line of letters.

    Raises:
        BadProfile: too long, or not printable.
    """
    text = text.strip()
    if len(text) > 120 or not text.isprintable():
        raise BadProfile("a name is one line of at most 120 characters", field="name", reason="BAD_NAME")
    return text
