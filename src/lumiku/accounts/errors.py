"""What accounts refuse.

LumikuError
|- Unauthorized      WrongCredentials, InvalidToken, TokenExpired, AnotherAccount
|- Forbidden         NotAllowed, CsrfMismatch, RegistrationClosed, AddressFixed
|- InvalidInput      BadAddress, BadPassword, BadProfile, BadScopes, LinkUnusable
|- NotFound          UserNotFound, KeyNotFound
|- Conflict          AddressTaken, TooManyKeys, LastAdmin
|- TooManyRequests   LockedOut
`- Unavailable       HashingBusy
"""

from lumiku.core.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)


class WrongCredentials(Unauthorized):
    """No account has this address and this password."""

    reason = "WRONG_CREDENTIALS"


class InvalidToken(Unauthorized):
    """The token or key was never ours, or is in force no more."""

    code = "INVALID_TOKEN"


class TokenExpired(Unauthorized):
    """The session has reached its end; log in again."""

    code = "TOKEN_EXPIRED"


class AnotherAccount(Unauthorized):
    """The caller asks for one account, and their session is of another by now."""

    reason = "ANOTHER_ACCOUNT"


class NotAllowed(Forbidden):
    """Known, but this needs another role, scope or kind of proof."""


class CsrfMismatch(Forbidden):
    """A browser's request without the token that only our own pages know."""


class RegistrationClosed(Forbidden):
    """Only the administrator makes accounts here."""

    reason = "REGISTRATION_CLOSED"


class AddressFixed(Forbidden):
    """Only the administrator changes addresses here, for no mail could prove the new one."""

    reason = "ADDRESS_FIXED"


class BadAddress(InvalidInput):
    """Not a mail address."""

    reason = "BAD_ADDRESS"


class BadPassword(InvalidInput):
    """A password that we do not take."""


class BadProfile(InvalidInput):
    """A name or language that we do not take."""


class BadScopes(InvalidInput):
    """Scopes or a name that a key cannot have."""


class LinkUnusable(InvalidInput):
    """The link was used, has expired, or was never ours."""

    reason = "LINK_UNUSABLE"


class UserNotFound(NotFound):
    """No such account."""


class SessionNotFound(NotFound):
    """The account has no such session in force."""


class KeyNotFound(NotFound):
    """The account has no such key."""


class AddressTaken(Conflict):
    """Another account has this address; only administrators are told so."""

    reason = "ADDRESS_TAKEN"


class TooManyKeys(Conflict):
    """The account has as many keys as it may have."""

    reason = "TOO_MANY_KEYS"


class LastAdmin(Conflict):
    """Nobody would be left to administer."""

    reason = "LAST_ADMIN"


class LockedOut(TooManyRequests):
    """Too many failed logins for this address."""

    reason = "LOCKED_OUT"


class HashingBusy(Unavailable):
    """More passwords wait to be hashed than we let wait."""
