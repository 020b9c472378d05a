"""From what somebody typed to a mail address in ASCII."""

import hashlib

from email_validator import EmailNotValidError, validate_email

from lumiku.accounts.errors import BadAddress

# Names that only a private network knows; email-validator refuses them, a self-hosted server may live there.
_PRIVATE = {"local", "localhost", "test"}
_STAND_IN = ".example.com"


def mail_address(typed: str) -> str:
    """The address with its domain in lower-case ASCII (IDNA); the part before the @ as typed.

    Raises:
        BadAddress: it is no address, or its part before the @ is not ASCII.
    """
    typed = typed.strip()
    private = typed.rpartition("@")[2].rpartition(".")[2].lower() in _PRIVATE
    try:
        validated = validate_email(
            typed + _STAND_IN if private else typed,
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=False,
            strict=True,  # at most 64 characters before the @, as SMTP servers demand
        )
    except EmailNotValidError as error:
        raise BadAddress("that is not a mail address", field="email") from error
    address = validated.ascii_email or ""
    return address.removesuffix(_STAND_IN) if private else address


def address_hash(address: str) -> bytes:
    """Stands for an address where failures of unknown ones are counted; upper and lower case are the same."""
    return hashlib.sha256(address.lower().encode()).digest()
