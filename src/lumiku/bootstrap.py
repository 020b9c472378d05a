"""The one place where the server's parts are put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.accounts.hooks import Hooks, MailKind
from lumiku.accounts.letters import wanted_until
from lumiku.accounts.passwords import Passwords
from lumiku.core import log
from lumiku.core.clock import Clock, utc_now
from lumiku.core.db import Database
from lumiku.core.errors import Conflict
from lumiku.core.idempotency import forget_account
from lumiku.core.ids import new_id
from lumiku.core.page import MAX_LIMIT, Page
from lumiku.core.secrets import Secrets, load_or_create_secrets
from lumiku.credits.ledger import balance, welcome
from lumiku.credits.model import Entry
from lumiku.credits.statements import Line, history
from lumiku.payments.account import close_payments, export_payments
from lumiku.payments.fulfilment import Fulfilment, grant_package, take_back_package
from lumiku.payments.gateways.load import Gateways, load_gateways
from lumiku.postgres.urls import DatabaseUrls, embedded_urls, external_urls
from lumiku.queue.enqueue import enqueue
from lumiku.queue.names import ERASE_FILES, SEND_MAIL
from lumiku.removals.account import erase_removals, export_removals
from lumiku.settings import Settings
from lumiku.storage.base import Storage
from lumiku.storage.open import open_storage
from lumiku.subscriptions.account import end_subscription, export_subscription
from lumiku.subscriptions.fulfil import Plans
from lumiku.webhooks.endpoints import delete_endpoints_of, list_endpoints


class CreditsHeld(Conflict):
    """Work of the account is still running."""

    code = "WORK_RUNNING"


@dataclass(frozen=True)
class Services:
    """What use cases are given.

    Attributes:
        settings: all of them.
        urls: the database's addresses, for those who need a connection of their own, such as LISTEN.
        db: the pool, as the application's role.
        storage: where files are kept.
        clock: the time.
        secrets: the server's own.
        passwords: hashing, in threads.
        hooks: what accounts set in motion elsewhere.
        fulfilment: what a paid invoice delivers, and a refunded one takes back.
        gateways: ways to be paid.
    """

    settings: Settings
    urls: DatabaseUrls
    db: Database
    storage: Storage
    clock: Clock
    secrets: Secrets
    passwords: Passwords
    hooks: Hooks
    fulfilment: Fulfilment
    gateways: Gateways


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything, opened lazily: that the database is away shows when it is needed.

    Raises:
        NeverStarted: the embedded database is meant, and never ran in this data folder.
        SecretsUnusable: the secrets' file is damaged or open to others.
    """
    urls = database_urls(settings)
    db = Database(urls.app, settings.database)
    passwords = Passwords(settings.accounts)
    try:
        yield Services(
            settings=settings,
            urls=urls,
            db=db,
            storage=open_storage(settings.storage, settings.server.data),
            clock=utc_now,
            secrets=load_or_create_secrets(settings.server.data),
            passwords=passwords,
            hooks=account_hooks(settings),
            fulfilment=fulfilment(settings),
            gateways=load_gateways(settings.payments, settings.server.base_url, utc_now),
        )
    finally:
        passwords.close()
        await db.close()


def database_urls(settings: Settings) -> DatabaseUrls:
    """The database's addresses; from now on their passwords never show in the log."""
    urls = external_urls(settings.database) or embedded_urls(settings.server.data)
    for url in (urls.app, urls.owner, urls.superuser):
        credentials = (url or "").partition("://")[2].partition("@")[0]
        log.hide(credentials.partition(":")[2])
    return urls


def account_hooks(settings: Settings) -> Hooks:
    """What joins the transactions of accounts: the welcome bonus, mails, and care for running work."""

    async def registered(tx: AsyncConnection, user_id: UUID) -> None:
        await welcome(tx, user_id, settings.credits.welcome_bonus)

    async def queue_mail(tx: AsyncConnection, kind: MailKind, user_id: UUID) -> None:
        facts = {"key": str(new_id()), "kind": kind, "user_id": str(user_id)}
        until = wanted_until(kind, utc_now(), settings.accounts)
        if until is not None:
            facts["wanted_until"] = until.isoformat()
        await enqueue(tx, SEND_MAIL, facts)

    async def deleting(tx: AsyncConnection, user_id: UUID) -> None:
        if (await balance(tx, user_id)).held:
            raise CreditsHeld("work of this account is still running; cancel it or wait for its end")
        await erase_removals(tx, user_id)
        await end_subscription(tx, user_id, rules=settings, now=utc_now())
        await close_payments(tx, user_id, utc_now())
        await enqueue(tx, ERASE_FILES, {"user_id": str(user_id)})
        await forget_account(tx, str(user_id))
        await delete_endpoints_of(tx, user_id)

    async def export(tx: AsyncConnection, user_id: UUID) -> Mapping[str, object]:
        sums = await balance(tx, user_id)
        entries = [_entry(line.entry) async for line in _lines(tx, user_id)]
        return {
            "credits": {"balance": sums.balance, "held": sums.held, "entries": entries},
            "removals": await export_removals(tx, user_id),
            "subscription": await export_subscription(tx, user_id),
            "payments": await export_payments(tx, user_id),
            "webhooks": [asdict(endpoint) for endpoint in await list_endpoints(tx, user_id)],
        }

    return Hooks(
        registered=registered,
        queue_mail=queue_mail,
        deleting=deleting,
        export=export,
        confirms_addresses=settings.confirms_addresses,
    )


def fulfilment(settings: Settings) -> Fulfilment:
    """What joins the transactions of payments, by kind of invoice."""
    plans = Plans(settings)
    return Fulfilment(
        paid={"package": grant_package, "plan": plans.activate, "upgrade": plans.upgraded},
        refunded={"package": take_back_package, "plan": plans.revoke, "upgrade": plans.revoke_upgrade},
    )


async def _lines(tx: AsyncConnection, user_id: UUID) -> AsyncIterator[Line]:
    """The whole history of an account, the latest first."""
    number = 1
    while (page := await history(tx, user_id, Page(number, MAX_LIMIT))).items:
        for line in page.items:
            yield line
        number += 1


def _entry(entry: Entry) -> Mapping[str, object]:
    """A ledger's line for its owner: without the ids of other people."""
    shown = asdict(entry)
    del shown["user_id"], shown["actor_id"]
    return shown
