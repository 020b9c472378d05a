"""The HTTP application over a real database, and people who call it."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from httpx import ASGITransport, AsyncClient

from lumiku.accounts.admins import promote
from lumiku.accounts.keys import create_key
from lumiku.accounts.model import SCOPES, Caller, User
from lumiku.accounts.passwords import Passwords
from lumiku.api.app import Application, create_app
from lumiku.bootstrap import Services, account_hooks, fulfilment
from lumiku.core.clock import utc_now
from lumiku.core.db import Database
from lumiku.core.settings import HttpSettings, Rate, ServerSettings
from lumiku.intake.settings import IntakeSettings
from lumiku.payments.gateways.load import load_gateways
from lumiku.postgres.urls import DatabaseUrls
from lumiku.settings import Settings
from lumiku.storage.open import open_storage
from support.people import PASSWORD, SECRETS, People
from support.people import SETTINGS as ACCOUNTS

PLENTY = Rate(requests=1_000_000, period_s=60, burst=1_000_000)
IMPATIENT = IntakeSettings(timeout_s=1)  # nothing here is fetched from afar
UNLIMITED = HttpSettings(
    single_rate=PLENTY,
    batch_rate=PLENTY,
    status_rate=PLENTY,
    subscription_rate=PLENTY,
    login_rate=PLENTY,
    callback_rate=PLENTY,
)


def settings_for(data: Path, **sections: object) -> Settings:
    given = {
        "server": ServerSettings(data=data),
        "http": UNLIMITED,
        "accounts": ACCOUNTS,
        "intake": IMPATIENT,
    }
    return Settings(**{**given, **sections})


def services_for(db: Database, url: str, settings: Settings) -> Services:
    return Services(
        settings=settings,
        urls=DatabaseUrls(app=url, owner=url),
        db=db,
        clock=utc_now,
        secrets=SECRETS,
        passwords=Passwords(settings.accounts),
        hooks=account_hooks(settings),
        fulfilment=fulfilment(settings),
        gateways=load_gateways(settings.payments, settings.server.base_url, utc_now),
        storage=open_storage(settings.storage, settings.server.data),
    )


@dataclass
class Server:
    """The application, called in process."""

    services: Services
    app: Application = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.services)

    def client(self, token: str | None = None, **headers: str) -> AsyncClient:
        """Somebody who sends this token, or nobody."""
        given = {"Authorization": f"Bearer {token}"} if token else {}
        return AsyncClient(
            transport=ASGITransport(self.app, client=("192.0.2.1", 50000)),
            base_url="http://lumiku.test",
            headers={**given, **headers},
        )

    @property
    def people(self) -> People:
        people = People(
            self.services.db,
            passwords=self.services.passwords,
            settings=self.services.settings.accounts,
            secrets=self.services.secrets,
        )
        people.effects = HooksInstead(self.services)  # type: ignore[assignment]
        return people

    async def person(self, name: str, *, admin: bool = False) -> "Person":
        """Registered for real, welcome bonus and all, and logged in."""
        now = self.services.clock()
        user = await self.people.register(f"{name}@example.com", now=now)
        if admin:
            user = await promote(self.services.db, user.id, "admin", actor_id=None)
        begun = await self.people.login(f"{name}@example.com", now=now)
        caller = Caller(user.id, user.role, "session", frozenset(SCOPES), session_id=begun.session_id)
        return Person(self, user, begun.token, caller)


@dataclass
class HooksInstead:
    """The server's own hooks, where `People` expects ones that remember."""

    services: Services

    def hooks(self) -> object:
        return replace(self.services.hooks, confirms_addresses=False)  # people are there at once


@dataclass
class Person:
    """Somebody with an account and a session."""

    server: Server
    user: User
    token: str
    caller: Caller
    password: str = PASSWORD

    @property
    def client(self) -> AsyncClient:
        return self.server.client(self.token)

    async def key(self, *scopes: str) -> str:
        """A new API key."""
        services = self.server.services
        made = await create_key(
            services.db,
            self.caller,
            "test",
            scopes,
            settings=services.settings.accounts,
            now=services.clock(),
        )
        return made.key
