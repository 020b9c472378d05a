"""Open mode: one person on a private machine, without accounts; so nobody else's page may use the API."""

from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from lumiku.core.settings import ServerSettings
from lumiku.serve.errors import OpenToOthers

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def refuse_open_to_others(settings: ServerSettings) -> None:
    """Open mode stays on this machine unless that was forced.

    Raises:
        OpenToOthers: it would be reachable from elsewhere.
    """
    if settings.open and not settings.on_loopback and not settings.force_open:
        raise OpenToOthers(
            f"--open gives everybody who reaches {settings.host} all rights, without a password; "
            "listen on 127.0.0.1, or add --force-open if the network around it is yours alone"
        )


class LocalPagesOnly:
    """Refuses what a browser sends for a page of another site.

    Such a page can reach 127.0.0.1 in two ways. It may send a form or a simple request to it; then `Origin`
    is the page's own. Or its name may be made to resolve to 127.0.0.1; then `Host` is that name.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._any_host = settings.force_open and not settings.on_loopback
        public = urlsplit(settings.public_url or "").hostname
        self._hosts = _LOCAL | {settings.host.strip("[]").lower()} | ({public} if public else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is ours."""
        if scope["type"] != "http" or self._is_ours(scope):
            await self._app(scope, receive, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 403,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))],
            }
        )
        await send({"type": "http.response.body", "body": _BODY})

    def _is_ours(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        host = _name(b"//" + headers.get(b"host", b""))
        if not self._any_host and host not in self._hosts:
            return False
        origin = headers.get(b"origin")
        if origin is None:  # programs send none, and neither do browsers for a page of the same site
            return (
                headers.get(b"sec-fetch-site", b"none") != b"cross-site" or scope["method"] in _SAFE_METHODS
            )
        return scope["method"] in _SAFE_METHODS or _name(origin) in self._hosts | {host}


_BODY: Final = (
    b'{"error": {"code": "FORBIDDEN", "message": "this server takes requests from its own pages and from '
    b'programs on this machine", "details": {}, "requestId": null}}'
)


def _name(address: bytes) -> str | None:
    try:
        return urlsplit(address.decode("latin-1")).hostname
    except ValueError:
        return None
