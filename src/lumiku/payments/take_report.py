"""Acting on what a gateway says about an invoice, whether it called us or we asked."""

from datetime import datetime
from typing import Literal

import structlog

from lumiku.core.db import Database
from lumiku.payments.errors import InvoiceNotFound, OtherAmount
from lumiku.payments.events import Said, note_event, was_said
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.gateways.base import Report
from lumiku.payments.lock import lock_invoice
from lumiku.payments.measure import count_unsettled
from lumiku.payments.model import Invoice
from lumiku.payments.settle import note_other_amount, settle

_log = structlog.get_logger("lumiku.payments")


async def take_report(
    db: Database,
    report: Report,
    *,
    source: Literal["callback", "status"],
    fulfil: Fulfilment,
    now: datetime,
) -> Invoice:
    """Settle the invoice if it was paid; note a failure. Returns after all of it is stored.

    A failure closes nothing: the payer may try again, and reports may come in any order.

    Raises:
        InvoiceNotFound: there is no such invoice.
        OtherAmount: another sum was paid; that is kept for somebody to look at.
        DatabaseUnavailable: nothing is stored; the report must come again.
    """
    said = Said(source)
    try:
        async with db.transaction() as tx:
            if report.outcome == "paid":
                return await settle(tx, report.invoice_id, report.proof, fulfil=fulfil, now=now, said=said)
            if report.outcome == "failed":
                invoice = await lock_invoice(tx, report.invoice_id)
                if not await was_said(tx, invoice.id, "failed", report.proof):
                    await note_event(tx, invoice.id, "failed", said, report.proof)
                return invoice
            return await lock_invoice(tx, report.invoice_id)
    except OtherAmount:
        async with db.transaction() as tx:
            await note_other_amount(tx, report.invoice_id, report.proof, said)
        raise
    except InvoiceNotFound:
        _log.warning("a gateway speaks of an invoice that is not here", gateway=report.proof.gateway)
        raise
    except Exception as error:
        count_unsettled(report.proof.gateway)
        code = getattr(error, "code", type(error).__name__)
        _log.error("a payment is not settled", invoice=str(report.invoice_id), code=code)
        raise
