"""Accounts for tests: cheap passwords, counted argon2 runs, hooks that remember."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.hooks import Hooks, MailKind
from lumiku.accounts.identify import identify
from lumiku.accounts.login import Credentials, login
from lumiku.accounts.model import Caller, SessionKind, User
from lumiku.accounts.passwords import Passwords
from lumiku.accounts.register import Registration, register
from lumiku.accounts.repository import find_user_by_address
from lumiku.accounts.sessions import Client, Login
from lumiku.accounts.settings import AccountsSettings
from lumiku.core.db import Database
from lumiku.core.secrets import MasterKey, Secrets

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
# The cheapest cost that the settings allow.
SETTINGS = AccountsSettings(password_memory_kib=19_456, password_rounds=2)
SECRETS = Secrets((MasterKey("test", bytes(range(32))),))


class CountedHasher(Argon2Hasher):
    """argon2 that knows how often it ran."""

    runs = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        CountedHasher.runs += 1
        return super().hash(password, salt=salt)

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:  # noqa: A002
        CountedHasher.runs += 1
        return super().verify(password, hash)


@dataclass
class Effects:
    """What accounts asked others to do."""

    mails: list[tuple[MailKind, UUID]] = field(default_factory=list)
    bonuses: list[UUID] = field(default_factory=list)
    confirms_addresses: bool = False

    async def registered(self, tx: AsyncConnection, user_id: UUID) -> None:
        self.bonuses.append(user_id)

    async def queue_mail(self, tx: AsyncConnection, kind: MailKind, user_id: UUID) -> None:
        self.mails.append((kind, user_id))

    def hooks(self) -> Hooks:
        return Hooks(
            registered=self.registered,
            queue_mail=self.queue_mail,
            confirms_addresses=self.confirms_addresses,
        )


@dataclass
class People:
    """The use cases with everything that they need but the arguments that a test is about."""

    db: Database
    passwords: Passwords = field(default_factory=lambda: Passwords(SETTINGS))
    settings: AccountsSettings = SETTINGS
    effects: Effects = field(default_factory=Effects)
    secrets: Secrets = SECRETS

    async def register(self, email: str, password: str = PASSWORD, *, now: datetime = NOW) -> User:
        wanted = Registration(email, password, name="Somebody")
        await register(
            self.db,
            wanted,
            passwords=self.passwords,
            settings=self.settings,
            hooks=self.effects.hooks(),
            now=now,
        )
        return await self.find(email)

    async def ask(self, token: str | None, *, cookie: str | None = None, now: datetime = NOW) -> Caller:
        header = None if token is None else f"Bearer {token}"
        return await identify(self.db, self.secrets, authorization=header, cookie=cookie, now=now)

    async def find(self, email: str) -> User:
        async with self.db.transaction() as tx:
            return await find_user_by_address(tx, email)

    async def login(
        self,
        email: str,
        password: str = PASSWORD,
        *,
        kind: SessionKind = "bearer",
        now: datetime = NOW,
    ) -> Login:
        given = Credentials(email, password, kind, Client("pytest", "127.0.0.1"))
        return await login(
            self.db,
            given,
            passwords=self.passwords,
            secrets=self.secrets,
            settings=self.settings,
            now=now,
        )
