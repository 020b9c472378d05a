"""Somebody who subscribes, pays and uses a quota, with a clock that stands still."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from lumiku.bootstrap import fulfilment
from lumiku.core.clock import Clock
from lumiku.core.db import Database
from lumiku.payments.lock import lock_payer
from lumiku.payments.model import Invoice, Proof
from lumiku.payments.settle import settle
from lumiku.settings import Settings
from lumiku.subscriptions.cancel import cancel
from lumiku.subscriptions.change_plan import change_plan
from lumiku.subscriptions.look_after import LookedAfter, look_after
from lumiku.subscriptions.operate import Decision, grant_plan, resume, revoke, suspend
from lumiku.subscriptions.reactivate import reactivate
from lumiku.subscriptions.read import Seen, see
from lumiku.subscriptions.subscribe import subscribe
from lumiku.subscriptions.tables import background_remover_subscription_events as events
from support.credits import new_account

BEGIN = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
BECAUSE = Decision(None, "a test")


@dataclass
class Subscriber:
    """An account, and what it does, each in a transaction of its own at `now`."""

    db: Database
    id: UUID
    now: datetime = BEGIN
    rules: Settings = field(default_factory=Settings)

    @property
    def clock(self) -> Clock:
        return lambda: self.now

    def wait(self, **much: float) -> None:
        self.now += timedelta(**much)

    async def subscribe(self, plan: str = "starter") -> Invoice:
        async with self.db.transaction() as tx:
            return (await subscribe(tx, self.id, plan, rules=self.rules, now=self.now))[1]

    async def change_plan(self, plan: str) -> Invoice | None:
        async with self.db.transaction() as tx:
            return (await change_plan(tx, self.id, plan, rules=self.rules, now=self.now))[1]

    async def pay(self, invoice: Invoice | None) -> Invoice:
        assert invoice is not None
        proof = Proof("manual", str(uuid4()), invoice.amount)
        async with self.db.transaction() as tx:
            return await settle(tx, invoice.id, proof, fulfil=fulfilment(self.rules), now=self.now)

    async def refund(self, invoice: Invoice) -> None:
        """What a refund of its money takes back."""
        async with self.db.transaction() as tx:
            await lock_payer(tx, self.id)
            await fulfilment(self.rules).refunded[invoice.kind](tx, invoice, self.now)

    async def cancel(self) -> None:
        async with self.db.transaction() as tx:
            await cancel(tx, self.id, rules=self.rules, now=self.now)

    async def reactivate(self) -> None:
        async with self.db.transaction() as tx:
            await reactivate(tx, self.id, rules=self.rules, now=self.now)

    async def grant(self, plan: str = "starter", months: int = 1) -> None:
        async with self.db.transaction() as tx:
            await grant_plan(tx, self.id, plan, months, BECAUSE, rules=self.rules, now=self.now)

    async def revoke(self) -> None:
        async with self.db.transaction() as tx:
            await revoke(tx, self.id, BECAUSE, rules=self.rules, now=self.now)

    async def suspend(self) -> None:
        async with self.db.transaction() as tx:
            await suspend(tx, self.id, BECAUSE, rules=self.rules, now=self.now)

    async def resume(self) -> None:
        async with self.db.transaction() as tx:
            await resume(tx, self.id, BECAUSE, rules=self.rules, now=self.now)

    async def look_after(self) -> LookedAfter:
        return await look_after(self.db, rules=self.rules, now=self.now)

    async def see(self) -> Seen:
        async with self.db.transaction() as tx:
            seen = await see(tx, self.id, settings=self.rules.subscriptions, now=self.now)
        assert seen is not None
        return seen

    async def state(self) -> str:
        return (await self.see()).state

    async def trail(self) -> list[tuple[str, str, str]]:
        seen = await self.see()
        columns = (events.c.event, events.c.status_before, events.c.status_after)
        query = select(*columns).where(events.c.subscription_id == seen.subscription.id).order_by(events.c.id)
        async with self.db.transaction() as tx:
            return [(row[0], row[1], row[2]) for row in await tx.execute(query)]


async def subscriber(db: Database, credits_: int = 0, *, plan: str | None = None) -> Subscriber:
    """A new account; with a plan, one that has paid a month of it."""
    made = Subscriber(db, await new_account(db, credits_))
    if plan is not None:
        await made.pay(await made.subscribe(plan))
    return made
