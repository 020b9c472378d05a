"""What an amount and a reference must look like before money moves."""

from lumiku.core.errors import InvalidInput

MAX_AMOUNT = 1_000_000_000
CAPTURE_PREFIX = "capture:"  # references of captures are the ledger's own: capture:<hold id>
_MAX_LENGTH = 200


def check_amount(amount: int) -> int:
    """The amount, if it is a whole number of credits from 1 to a thousand million."""
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= MAX_AMOUNT:
        raise InvalidInput(f"an amount must be a whole number of credits from 1 to {MAX_AMOUNT}")
    return amount


def check_reference(reference: str) -> str:
    """The reference, if it is 1 to 200 printable characters and not one of the ledger's own."""
    if not (0 < len(reference) <= _MAX_LENGTH and reference.isprintable()):
        raise InvalidInput(f"a reference must have 1 to {_MAX_LENGTH} printable characters")
    if reference.startswith(CAPTURE_PREFIX):
        raise InvalidInput(f"references that start with {CAPTURE_PREFIX} are made by the ledger")
    return reference
