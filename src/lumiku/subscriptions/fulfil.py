"""What verified payments of plans deliver, and what refunds take back, each in the settling transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from lumiku.core.ids import new_id
from lumiku.credits.errors import InsufficientCredits
from lumiku.credits.ledger import adjust, grant
from lumiku.payments.errors import CreditsSpent
from lumiku.payments.model import Invoice
from lumiku.subscriptions.changes import Act, record_change, times_of
from lumiku.subscriptions.lifecycle import (
    Dearer,
    Month,
    add_month,
    remove_month,
    undo_upgrade,
    upgrade,
)
from lumiku.subscriptions.model import Subscription
from lumiku.subscriptions.repository import begin
from lumiku.subscriptions.selling import Selling
from lumiku.subscriptions.tables import background_remover_subscription_events as events


@dataclass(frozen=True)
class Plans:
    """Fulfilment of invoices of plans and upgrades, for `payments.fulfilment`; the payer is locked already.

    Attributes:
        rules: the settings.
    """

    rules: Selling

    async def activate(self, tx: AsyncConnection, invoice: Invoice, now: datetime) -> None:
        """A month was paid for: it follows what was paid before, or begins now. Late money counts as well."""
        settings = self.rules.subscriptions
        before, is_new = await self._locked(tx, invoice, now)
        month = Month(invoice.item, invoice.amount, invoice.id)
        after = add_month(before, month, now, times_of(settings), new_id)
        act = Act("pay", "payment", invoice_id=invoice.id)
        await record_change(tx, before, after, act, settings=settings, now=now, is_new=is_new)

    async def upgraded(self, tx: AsyncConnection, invoice: Invoice, now: datetime) -> None:
        """The difference to a dearer plan was paid: it is in force now, until the end it was priced for.

        Where nothing is left to upgrade, because the money came late, it becomes credits at their list price.
        """
        before, is_new = await self._locked(tx, invoice, now)
        detail = invoice.detail
        to = Dearer(invoice.item, int(detail["value_idr"]), datetime.fromisoformat(detail["until"]))
        after = upgrade(before, to, invoice.id, now)
        told: dict[str, object] = {"to": invoice.item}
        if after is before:
            told["credits"] = credits_ = max(1, invoice.amount // self.rules.pricing.idr_per_credit)
            note = f"{invoice.description} ({invoice.number}), paid too late"
            reference = f"payment:{invoice.id}"
            await grant(tx, invoice.user_id, credits_, reference, kind="purchase", note=note)
        act = Act("pay_upgrade", "payment", invoice_id=invoice.id, detail=told)
        settings = self.rules.subscriptions
        await record_change(tx, before, after, act, settings=settings, now=now, is_new=is_new)

    async def revoke(self, tx: AsyncConnection, invoice: Invoice, now: datetime) -> None:
        """A month was refunded: what is left of it goes, and months after it move up.

        Raises:
            UpgradeFirst: it was upgraded with other money.
        """
        settings = self.rules.subscriptions
        before, _ = await self._locked(tx, invoice, now)
        after = remove_month(before, invoice.id, now, settings.zone)
        act = Act("refund", "operator", invoice_id=invoice.id)
        await record_change(tx, before, after, act, settings=settings, now=now)

    async def revoke_upgrade(self, tx: AsyncConnection, invoice: Invoice, now: datetime) -> None:
        """An upgrade was refunded: what is left is of the plan before; credits that it became are taken.

        Raises:
            UpgradeFirst: it was upgraded again since.
            CreditsSpent: it became credits, and they are not free any more.
        """
        before, _ = await self._locked(tx, invoice, now)
        after = undo_upgrade(before, invoice.id, now)
        paid = select(events.c.detail).where(
            events.c.subscription_id == before.id,
            events.c.invoice_id == invoice.id,
            events.c.event == "pay_upgrade",
        )
        detail = (await tx.execute(paid)).scalar_one_or_none() or {}
        if credits_ := int(detail.get("credits", 0)):
            note, reference = f"{invoice.number} was refunded", f"refund:{invoice.id}"
            try:
                await adjust(tx, invoice.user_id, -credits_, reference, actor_id=None, note=note)
            except InsufficientCredits as error:
                raise CreditsSpent(
                    f"{error.available} of its {credits_} credits are free to be taken back",
                    credits=credits_,
                    available=error.available,
                ) from error
        act = Act("refund_upgrade", "operator", invoice_id=invoice.id)
        await record_change(tx, before, after, act, settings=self.rules.subscriptions, now=now)

    async def _locked(
        self, tx: AsyncConnection, invoice: Invoice, now: datetime
    ) -> tuple[Subscription, bool]:
        zone = self.rules.subscriptions.zone
        return await begin(tx, Subscription(new_id(), invoice.user_id, invoice.item, now, zone=zone))
