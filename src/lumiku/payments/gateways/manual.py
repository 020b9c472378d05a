"""Payment by hand: money arrives on an account of the operator's, who then confirms it."""

from lumiku.core.errors import NotFound
from lumiku.payments.gateways.base import Callback, Opened, Report
from lumiku.payments.model import Invoice, Proof

NAME = "manual"


class ManualGateway:
    """No page, no callbacks, nobody to ask: `confirm` settles."""

    name = NAME
    signs_outcome = False

    async def open(self, _invoice: Invoice, _payer_email: str) -> Opened:
        """There is no page to pay on."""
        return Opened(reference=None, url=None)

    def verify(self, _callback: Callback) -> Report:
        """Nobody sends any.

        Raises:
            NotFound: always.
        """
        raise NotFound("nothing is here")

    async def status(self, invoice: Invoice) -> Report:
        """Only people know."""
        return Report(invoice.id, "pending", Proof(NAME, str(invoice.id), invoice.amount))
