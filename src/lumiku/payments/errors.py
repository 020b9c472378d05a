"""What payments refuse."""

from lumiku.core.errors import Conflict, Forbidden, InternalError, InvalidInput, NotFound, Unavailable


class InvoiceNotFound(NotFound):
    """No such invoice, or it is somebody else's."""


class PackageNotFound(InvalidInput):
    """No such package is for sale."""

    code = "UNKNOWN_PACKAGE"


class TooManyInvoices(Conflict):
    """The account has as many unpaid invoices as it may have."""

    code = "TOO_MANY_INVOICES"


class InvoiceNotOpen(Conflict):
    """It is no longer waiting to be paid."""

    code = "INVOICE_NOT_OPEN"


class InvoiceNotPaid(Conflict):
    """It was never paid."""

    code = "INVOICE_NOT_PAID"


class AlreadyRefunded(Conflict):
    """It was refunded before, so its money is not to be sent back a second time."""

    code = "ALREADY_REFUNDED"


class AlreadyPaid(Conflict):
    """It was paid by another payment, so this one has to be given back by hand."""

    code = "ALREADY_PAID"


class OtherAmount(InvalidInput):
    """What was paid is not what the invoice is about."""

    code = "OTHER_AMOUNT"


class PaymentUsed(Conflict):
    """The same payment has paid another invoice."""

    code = "PAYMENT_USED"


class CreditsSpent(Conflict):
    """Not all credits of the package are free to be taken back."""

    code = "CREDITS_SPENT"


class SignatureRefused(Forbidden):
    """A callback is not signed by the gateway it names."""

    code = "SIGNATURE_INVALID"


class GatewayUnavailable(Unavailable):
    """The gateway does not answer, or not in a way that can be understood."""


class GatewayRefused(Unavailable):
    """The gateway does not take what we ask, as with a wrong key of the server's."""

    code = "GATEWAY_REFUSED"


class NothingFulfils(InternalError):
    """No function was given that delivers what this kind of invoice is about."""
