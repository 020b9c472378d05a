"""What is known about one request while it runs: read by the log, the metrics and the error answers."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

_KEY: Final = "lumiku.request"
_REFUSAL: Final = "lumiku.refusal"


@dataclass(slots=True)
class RequestContext:
    """Kept in the ASGI scope, so that a failing request still has it.

    Attributes:
        id: the caller's own X-Request-Id where it is a decent one, else made here.
        address: whose request it is, behind trusted proxies too; "unknown" on a socket without addresses.
        secure: it came by HTTPS as far as the outermost trusted proxy tells.
        bodiless: a HEAD request: the server leaves out what is sent, so that it need not be read.
        account: who asks, once that is known.
        code: of the error answered with.
        headers: added to the answer whatever it turns out to be.
        for_people: the answer is a page, though it says that nothing is here.
    """

    id: str
    address: str
    secure: bool
    bodiless: bool = False
    account: UUID | None = None
    code: str | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    for_people: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """How the connection answered a request whose body went wrong, before the application could."""

    status: int
    code: str
    request_id: str


def refuse(scope: MutableMapping[str, Any], status: int, code: str) -> str:
    """Have a running request's line in the log say this; gives the request's id, for the answer."""
    known: RequestContext | None = scope.get(_KEY)
    request_id = known.id if known else uuid4().hex
    scope[_REFUSAL] = Refusal(status, code, request_id)
    return request_id


def refusal_of(scope: MutableMapping[str, Any]) -> Refusal | None:
    """How the request was refused, if it was."""
    refusal: Refusal | None = scope.get(_REFUSAL)
    return refusal


def attach(scope: MutableMapping[str, Any], context: RequestContext) -> None:
    """Keep the context with the request."""
    scope[_KEY] = context


def context_of(scope: MutableMapping[str, Any]) -> RequestContext:
    """The context of a request that came through the app's outermost layer."""
    context: RequestContext = scope[_KEY]
    return context
