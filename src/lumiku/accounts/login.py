"""Address and password for a session."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update

from lumiku.accounts.address import mail_address
from lumiku.accounts.audit import record
from lumiku.accounts.errors import WrongCredentials
from lumiku.accounts.lockout import begin_attempt, forget_failures, locks
from lumiku.accounts.model import SessionKind
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.repository import USER_COLUMNS, user_of
from lumiku.accounts.sessions import Client, Login, start_session
from lumiku.accounts.settings import AccountsSettings
from lumiku.accounts.tables import users
from lumiku.core.db import Database
from lumiku.core.secrets import Secrets


@dataclass(frozen=True)
class Credentials:
    """What somebody types to log in, and what they type it into."""

    email: str
    password: str = field(repr=False)
    kind: SessionKind = "bearer"
    client: Client = field(default_factory=Client)


async def login(
    db: Database,
    given: Credentials,
    *,
    passwords: Passwords,
    secrets: Secrets,
    settings: AccountsSettings,
    now: datetime,
) -> Login:
    """A session; no transaction is open while the password is hashed.

    Raises:
        BadAddress: not an address at all.
        WrongCredentials: the same for an unknown address, a wrong password and a suspended account.
        LockedOut: too many failures for this address, be there an account or not.
        HashingBusy: too many passwords are being hashed.
    """
    address = mail_address(given.email)
    query = select(*USER_COLUMNS, users.c.password_hash).where(
        func.lower(users.c.email) == address.lower(), users.c.status == "active"
    )
    async with db.transaction() as tx:
        attempts = await begin_attempt(tx, address, settings=settings, now=now)
        found = (await tx.execute(query)).one_or_none()
    hashed = None if found is None else found.password_hash
    if not await passwords.verify(given.password, hashed) or found is None:
        if locks(attempts, settings):  # of nobody too, so that it takes as long
            subject = None if found is None else found.id
            async with db.transaction() as tx:
                await record(tx, "account.locked", actor_id=None, subject_id=subject, failures=attempts)
        raise WrongCredentials("the address or the password is wrong")
    better = await passwords.hash(given.password) if passwords.outdated(found.password_hash) else None
    async with db.transaction() as tx:
        # Under the row's lock, so that a password changed meanwhile ends this login too.
        same = query.where(users.c.password_hash == hashed).with_for_update(key_share=True)
        row = (await tx.execute(same)).one_or_none()
        if row is None:
            raise WrongCredentials("the address or the password is wrong")
        if better is not None:
            await tx.execute(update(users).where(users.c.id == row.id).values(password_hash=better))
        await forget_failures(tx, address)
        begun = await start_session(
            tx, user_of(row._mapping), given.kind, given.client, secrets=secrets, settings=settings, now=now
        )
        await record(tx, "session.started", actor_id=row.id, subject_id=row.id, session=str(begun.session_id))
    return begun
