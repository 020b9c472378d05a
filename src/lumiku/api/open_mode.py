"""Open mode: one person on a private machine, without accounts; so nobody else's page may use the API."""

from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from lumiku.api.context import context_of
from lumiku.api.errors import envelope
from lumiku.core.errors import Forbidden
from lumiku.core.settings import ServerSettings

Origin = tuple[str, str | None, int | None]

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"http": 80, "https": 443}
_ACCOUNT_ROUTES: Final = (
    "/api/auth/",
    "/api/keys",
    "/api/credits/",
    "/api/payments",
    "/api/admin/payments",
    "/api/admin/revenue",
    "/api/admin/users",
    "/api/admin/credits",
    "/api/admin/subscriptions",
    "/api/background-remover/plans",
    "/api/background-remover/subscription",
)
_NOT_OURS: Final = "this server takes requests from its own pages and from programs on this machine"


class NoAccountsHere(Forbidden):
    """A route of accounts or credits on a server that has neither."""


def refuse_accounts(path: str) -> None:
    """Keep routes of accounts and credits shut; `path` is the route's template.

    Raises:
        NoAccountsHere: it is one of them.
    """
    if path.startswith(_ACCOUNT_ROUTES):
        raise NoAccountsHere("this server is in single-user mode (--open), without accounts and credits")


class LocalPagesOnly:
    """Refuses what a browser sends for a page of another site.

    Such a page can reach 127.0.0.1 in two ways. It may send a form or a simple request to it; then `Origin`
    is the page's own, which differs from ours in scheme, name or port: pages of another program on this
    machine are others' too. Or its name may be made to resolve to 127.0.0.1; then `Host` is that name.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._any_host = settings.force_open and not settings.on_loopback
        self._public = _origin(settings.public_url or "")
        public = self._public[1] if self._public else None
        self._hosts = _LOCAL | {settings.host.strip("[]").lower()} | ({public} if public else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is ours."""
        if scope["type"] != "http" or self._is_ours(scope):
            await self._app(scope, receive, send)
            return
        context = context_of(scope)
        context.code = Forbidden.code
        body = envelope(context.code, _NOT_OURS, {}, context.id)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _is_ours(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        scheme = "https" if context_of(scope).secure else "http"
        ours = _origin(f"{scheme}://{headers.get(b'host', b'').decode('latin-1')}")
        if ours is None or not (self._any_host or ours[1] in self._hosts):
            return False
        if scope["method"] in _SAFE_METHODS:
            return True
        origin = headers.get(b"origin")
        if origin is None:  # programs send none, and neither do browsers for a page of the same site
            return headers.get(b"sec-fetch-site", b"none") in {b"none", b"same-origin"}
        return _origin(origin.decode("latin-1")) in {ours, self._public} - {None}


def _origin(address: str) -> Origin | None:
    """Scheme, name and port; nothing where it has no name."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
