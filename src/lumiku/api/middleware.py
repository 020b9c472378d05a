"""The outermost layer: request ids, the envelope of every error, security headers, one log line."""

import asyncio
import re
from collections.abc import Iterable
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lumiku.api.client import TrustedProxies
from lumiku.api.context import RequestContext, attach, refusal_of
from lumiku.api.errors import bare_envelope
from lumiku.api.failures import describe_failure
from lumiku.core.metrics import count_request

Headers = Iterable[tuple[bytes, bytes]]

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# An answer that says otherwise of itself keeps what it says.
SECURITY_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
HSTS: Final = (b"strict-transport-security", b"max-age=31536000")

log = structlog.get_logger("lumiku.http")


class Outermost:
    """Wraps the whole app, its framework's own error answers included."""

    def __init__(self, app: ASGIApp, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever happens inside ends here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        context = self._context(scope)
        method = scope["method"]
        attach(scope, context)
        connection = scope  # where the connection says that it refused the body
        if method == "HEAD":  # answered as GET; the server leaves the body out
            scope = {**scope, "method": "GET"}
        answer = _Answer(send, context, secure=context.secure)
        try:
            await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            answer.status, context.code = (
                400,
                "UNREADABLE_BODY",
            )  # nobody reads it, and nothing of ours failed
        except asyncio.CancelledError:  # the server stops, and its patience is over
            if not answer.started:
                await answer.refuse(503, [(b"retry-after", b"5")])
        except Exception as error:  # whatever it is: nothing above may print its text
            context.code = "INTERNAL_ERROR"
            failure = describe_failure(error)
            log.error("failure", request_id=context.id, code=context.code, **failure)  # noqa: TRY400
            if not answer.started:
                await answer.refuse(500)
            # Else the answer is cut off: the server closes the connection, so that nobody takes it for whole.
        finally:
            if (refusal := refusal_of(connection)) is not None:
                answer.status, context.id, context.code = refusal.status, refusal.request_id, refusal.code
            _note(method, scope, context, answer.status, perf_counter() - started)

    def _context(self, scope: Scope) -> RequestContext:
        ids, forwarded_for, forwarded_proto = [], [], []
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                ids.append(value)
            elif name == b"x-forwarded-for":
                forwarded_for.append(value)
            elif name == b"x-forwarded-proto":
                forwarded_proto.append(value)
        own = len(ids) == 1 and _REQUEST_ID.fullmatch(ids[0])
        peer = scope["client"][0] if scope.get("client") else None
        scheme = scope["scheme"]
        if forwarded_proto and self._proxies.trusts(peer):
            scheme = forwarded_proto[-1].decode("latin-1").rpartition(",")[2].strip()
        return RequestContext(
            id=ids[0].decode("ascii") if own else uuid4().hex,
            address=self._proxies.client(peer, forwarded_for),
            secure=scheme == "https",
            bodiless=scope["method"] == "HEAD",
        )


class _Answer:
    """Passes an answer on with our headers; an error that is not in the envelope is put into it."""

    def __init__(self, send: Send, context: RequestContext, *, secure: bool) -> None:
        self._send = send
        self._context = context
        self._extra = (*SECURITY_HEADERS, HSTS) if secure else SECURITY_HEADERS
        self._replacing = False
        self.started = False
        self.status = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            if self.status >= 400 and not (_is_json(headers) or self._context.for_people):
                self._replacing = True
                await self.refuse(self.status, [pair for pair in headers if pair[0] == b"allow"])
                return
            self.started = True
            await self._send({**message, "headers": self._with_ours(headers)})
        elif not self._replacing:
            await self._send(message)

    async def refuse(self, status: int, headers: Headers = ()) -> None:
        """Send the envelope of this status."""
        self.started = True
        self.status = status
        code, body = bare_envelope(status, self._context.id)
        self._context.code = self._context.code or code
        ours = [
            *headers,
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": self._with_ours(ours)})
        await self._send({"type": "http.response.body", "body": body})

    def _with_ours(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        given = list(headers)
        names = {name for name, _ in given}
        given += [pair for pair in self._extra if pair[0] not in names]
        given += self._context.headers
        given.append((b"x-request-id", self._context.id.encode("ascii")))
        return given


def _is_json(headers: Headers) -> bool:
    return any(name == b"content-type" and value.startswith(b"application/json") for name, value in headers)


def _note(method: str, scope: Scope, context: RequestContext, status: int, seconds: float) -> None:
    """The log line and the metrics of one request: a route's template, never the address asked for."""
    route = getattr(scope.get("route"), "path", "unmatched")
    method = method if method in _METHODS else "other"
    count_request(method, route, status, seconds)
    log.info(
        "request",
        request_id=context.id,
        account=str(context.account) if context.account else None,
        method=method,
        route=route,
        status=status,
        code=context.code,
        ms=round(seconds * 1000, 2),
    )
