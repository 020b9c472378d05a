"""A person, and who is asking."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from lumiku.accounts.errors import CsrfMismatch, NotAllowed
from lumiku.core.secrets import token_hash

Role = Literal["user", "admin"]
Language = Literal["en", "id"]
SessionKind = Literal["cookie", "bearer"]

# Of the administrator whom the first start makes, until their link is opened. RFC 2606 keeps the name from
# ever being one, and `mail_address` refuses it to everybody else.
SETUP_ADDRESS: Final = "admin@setup.invalid"

# What a key can be allowed; a session may do all that its user may.
SCOPES: Final[dict[str, str]] = {
    "removals:read": "list jobs and batches, download results, see statistics",
    "removals:write": "remove backgrounds; cancel and delete jobs and batches",
    "credits:read": "see the balance, its history and payments",
    "credits:write": "start a payment",
    "subscription:read": "see the plan and its quota",
    "subscription:write": "subscribe, cancel, reactivate",
    "account:read": "see the profile",
    "account:write": "change the profile's name, language and mail choice",
    "webhooks:read": "list webhooks and their deliveries",
    "webhooks:write": "make, change and remove webhooks",
    "admin": "everything an administrator may; only an administrator's key can have it",
}
USER_SCOPES: Final = frozenset(SCOPES) - {"admin"}


@dataclass(frozen=True)
class User:
    """A person with an account."""

    id: UUID
    email: str
    name: str
    role: Role
    status: Literal["active", "suspended", "deleted"]
    language: Language
    mail_opt_out: bool
    created_at: datetime

    @property
    def has_address(self) -> bool:
        """Whether the address is one, and not what stands for it until the server's link is opened."""
        return self.email != SETUP_ADDRESS


@dataclass(frozen=True)
class Caller:
    """Who is asking, by which proof, and what that proof allows."""

    user_id: UUID
    role: Role
    kind: Literal["session", "api_key"]
    scopes: frozenset[str]
    session_id: UUID | None = None  # of sessions
    key_id: UUID | None = None  # of API keys
    csrf_hash: bytes | None = field(default=None, repr=False)  # of browsers' sessions

    def require(self, scope: str) -> None:
        """Raises NotAllowed where the proof does not allow this."""
        if scope not in self.scopes:
            raise NotAllowed("this key or role does not allow that", requiredScope=scope)

    def require_session(self) -> UUID:
        """The session's id; keys, passwords and the account itself are for people who logged in."""
        if self.session_id is None:
            raise NotAllowed("this needs a login; an API key cannot do it")
        return self.session_id

    def check_csrf(self, given: str | None) -> None:
        """Raises CsrfMismatch where a browser's session changes something without its token.

        For requests that change something; a bearer token or key needs none: no browser sends it by itself.
        """
        if self.csrf_hash is None:
            return
        if given is None or not hmac.compare_digest(token_hash(given), self.csrf_hash):
            raise CsrfMismatch("the request lacks the X-CSRF-Token of this session")


@dataclass(frozen=True)
class ApiKey:
    """A key as lists show it: without the key."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class NewKey:
    """The one time that a key itself is seen."""

    key: str = field(repr=False)
    info: ApiKey
