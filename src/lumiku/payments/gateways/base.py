"""What every gateway does: gives a page to pay on, checks its callbacks, and says how a payment stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from lumiku.payments.model import Invoice, Proof

Outcome = Literal["paid", "pending", "failed"]


@dataclass(frozen=True)
class Addresses:
    """This server's own, as the world sees them.

    Attributes:
        base_url: what they begin with, without a slash at the end.
        return_url: where a payer's browser goes after paying; None: to the invoice.
    """

    base_url: str
    return_url: str | None = None

    def callback(self, gateway: str) -> str:
        """Where that gateway tells us what happened."""
        return f"{self.base_url}/api/payments/{gateway}/callback"

    def back(self, invoice: Invoice) -> str:
        """Where the payer's browser goes after paying."""
        return self.return_url or f"{self.base_url}/api/payments/{invoice.id}/invoice"


@dataclass(frozen=True)
class Opened:
    """Where an invoice is paid.

    Attributes:
        reference: what the gateway calls it; None: it has no name for it.
        url: the page to pay on; None: there is none, it is paid by hand.
    """

    reference: str | None
    url: str | None


@dataclass(frozen=True)
class Callback:
    """A request that says it comes from the gateway, as it came in.

    Attributes:
        headers: with names in lower case.
        body: all of it.
    """

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Report:
    """What a gateway says about an invoice, after we know that it was the gateway.

    Attributes:
        invoice_id: which invoice; there may be none with this id.
        outcome: paid, pending, or failed, which the gateway does not expect to be paid any more.
        proof: the payment; for other outcomes what the gateway would call it.
    """

    invoice_id: UUID
    outcome: Outcome
    proof: Proof


class Gateway(Protocol):
    """A way to be paid. Methods may be called again for the same invoice at any time, also twice at once."""

    @property
    def name(self) -> str:
        """What invoices, events and addresses call it; lower case, never changed."""

    @property
    def signs_outcome(self) -> bool:
        """Whether `verify` proves that money came in; else `status` is asked before anything is delivered."""

    async def open(self, invoice: Invoice, payer_email: str) -> Opened:
        """A page where exactly this invoice's amount can be paid until it expires.

        Raises:
            GatewayUnavailable: no answer, or none that can be understood; it may or may not have been made.
            GatewayRefused: the gateway says no.
        """

    def verify(self, callback: Callback) -> Report:
        """What a callback says, once it is certain that the gateway said it; comparisons take constant time.

        Raises:
            SignatureRefused: it is not signed by the gateway, or not for this server.
            InvalidInput: it is signed and makes no sense, or it is garbage.
            NotFound: this gateway sends none.
        """

    async def status(self, invoice: Invoice) -> Report:
        """How the payment stands now, asked from the gateway itself.

        Raises:
            GatewayUnavailable: no answer, or none that can be understood.
            GatewayRefused: the gateway says no.
        """
