"""What comes from outside and says that it is a gateway."""

from datetime import datetime

from lumiku.core.db import Database
from lumiku.core.errors import LumikuError
from lumiku.payments.fulfilment import Fulfilment
from lumiku.payments.gateways.base import Callback, Gateway
from lumiku.payments.measure import count_callback
from lumiku.payments.model import Invoice
from lumiku.payments.take_report import take_report


async def receive_callback(
    db: Database, gateway: Gateway, callback: Callback, *, fulfil: Fulfilment, now: datetime
) -> Invoice:
    """Check a callback and act on it; when this returns, all of it is stored. Repetitions change nothing.

    Raises:
        SignatureRefused: the gateway did not send it. Nothing of it is stored.
        InvalidInput: it makes no sense, or (`OtherAmount`) is about another sum, which is kept.
        InvoiceNotFound: it is about no invoice of ours.
        DatabaseUnavailable: nothing is stored; the gateway sends it again.
    """
    try:
        report = gateway.verify(callback)
        invoice = await take_report(db, report, source="callback", fulfil=fulfil, now=now)
    except LumikuError as error:
        count_callback(gateway.name, error.code.lower())
        raise
    count_callback(gateway.name, report.outcome)
    return invoice
