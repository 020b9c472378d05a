"""Whatever is said about one invoice, in whatever order: delivered at most once, and nothing paid is lost."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.core.settings import DatabaseSettings
from lumiku.credits.audit import audit
from lumiku.credits.ledger import adjust
from lumiku.payments.cancel_invoice import cancel_invoice
from lumiku.payments.confirm import Confirmation, confirm
from lumiku.payments.follow_up import expire_invoices
from lumiku.payments.fulfilment import Fulfilment, grant_package, take_back_package
from lumiku.payments.gateways.base import Report
from lumiku.payments.model import Invoice, Proof
from lumiku.payments.read import find_invoice
from lumiku.payments.refund import Refund, refund
from lumiku.payments.take_report import take_report
from support.credits import balance_of, new_account, unique
from support.payments import NOW, invoice_for, verdicts

FULFIL = Fulfilment({"package": grant_package}, {"package": take_back_package})
ACTS = ("paid", "failed", "short", "confirm", "cancel", "expire", "refund", "partial", "spend")


async def _act(db: Database, invoice: Invoice, act: str) -> None:
    proof = Proof("duitku", str(invoice.id), invoice.amount - 1 if act == "short" else invoice.amount)
    if act in {"paid", "short", "failed"}:
        report = Report(invoice.id, "failed" if act == "failed" else "paid", proof)
        await take_report(db, report, source="callback", fulfil=FULFIL, now=NOW)
        return
    if act == "expire":
        await expire_invoices(db, NOW + timedelta(days=2))
        return
    async with db.transaction() as tx:
        if act == "confirm":
            await confirm(tx, invoice.id, Confirmation(), fulfil=FULFIL, now=NOW)
        elif act == "cancel":
            await cancel_invoice(tx, invoice.id, NOW)
        elif act == "spend":
            await adjust(tx, invoice.user_id, -700, unique("spend"), actor_id=None, note="Spent")
        else:
            wanted = Refund("Asked for", partial=act == "partial")
            await refund(tx, invoice.id, wanted, fulfil=FULFIL, now=NOW)


class _Books:
    """What must have come of it, in plain values."""

    def __init__(self) -> None:
        self.by: str | None = None
        self.strange: set[str] = set()

    def add(self, act: str) -> None:
        if act == "confirm":
            self.by = self.by or "manual"
        elif act == "short":
            self.strange.add("surplus" if self.by else "other_amount")
        elif act == "paid":
            if self.by == "manual":
                self.strange.add("surplus")
            self.by = self.by or "duitku"


async def _run(db: Database, acts: list[str]) -> None:
    user_id = await new_account(db)
    invoice = await invoice_for(db, user_id, gateway="duitku")
    books, spent = _Books(), 0
    for act in acts:
        books.add(act)
        with suppress(LumikuError):
            await _act(db, invoice, act)
            spent += 700 * (act == "spend")
    async with db.transaction() as tx:
        now = await find_invoice(tx, invoice.id)
    told = await verdicts(db, invoice)
    settled = now.status in {"paid", "refunded"}
    delivered = 1_500 * settled - (now.refunded_credits or 0)
    assert (await balance_of(db, user_id)).balance == delivered - spent
    assert (settled, now.paid_by) == (books.by is not None, books.by)
    assert told.count("paid") == settled
    assert set(told) & {"surplus", "other_amount"} == books.strange


@contextmanager
def _database(url: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    with asyncio.Runner() as runner:
        db = Database(url, DatabaseSettings(pool_size=2))
        try:
            yield runner, db
        finally:
            runner.run(db.close())


def test_any_sequence_of_reports_and_decisions(database_url: str) -> None:
    with _database(database_url) as (runner, db):

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=8))
        def run(acts: list[str]) -> None:
            runner.run(_run(db, acts))

        run()
        assert runner.run(audit(db)) == []


async def test_refunds_at_once_with_spending_take_what_is_free_and_no_more(db: Database) -> None:
    for partial in (False, True):
        user_id = await new_account(db)
        invoice = await invoice_for(db, user_id)
        await _act(db, invoice, "confirm")
        refunds = ["partial" if partial else "refund"] * 3
        acts = ["spend", refunds[0], "spend", refunds[1], "spend", refunds[2]]
        ends = await asyncio.gather(*(_act(db, invoice, act) for act in acts), return_exceptions=True)
        assert all(end is None or isinstance(end, LumikuError) for end in ends)
        spent = sum(act == "spend" and end is None for act, end in zip(acts, ends, strict=True))
        async with db.transaction() as tx:
            now = await find_invoice(tx, invoice.id)
        taken = now.refunded_credits or 0
        assert (await balance_of(db, user_id)).balance == 1_500 - 700 * spent - taken
        assert taken + 700 * spent <= 1_500
        assert (now.status == "refunded") == (taken > 0)
        assert partial or taken in {0, 1_500}
        assert (await verdicts(db, invoice)).count("refunded") == (taken > 0)
    assert await audit(db) == []
