"""What the ledger refuses."""

from lumiku.core.errors import Conflict, PaymentRequired


class InsufficientCredits(PaymentRequired):
    """More credits are wanted than are free: balance less open holds."""

    def __init__(self, required: int, available: int, **beside: object) -> None:
        super().__init__(
            f"this needs {required} credits and {available} are available",
            required=required,
            available=available,
            **beside,
        )
        self.required = required
        self.available = available


class HoldEnded(Conflict):
    """The hold has ended the other way already; each ends once."""


class ReferenceTaken(Conflict):
    """The reference belongs to an entry or hold that says something else."""


class RefundTooLarge(Conflict):
    """All refunds of an entry together may not exceed what it cost."""
