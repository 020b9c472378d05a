"""HTTP on one connection: uvicorn's protocol, with bounds on what a client sends and how long it takes."""

from asyncio import TimerHandle
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any, Final, cast
from uuid import uuid4

import httptools
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from lumiku.api.context import refuse
from lumiku.api.errors import envelope
from lumiku.api.middleware import SECURITY_HEADERS
from lumiku.core.metrics import count_request
from lumiku.core.settings import HttpSettings

# After a refusal the client may still be sending: it gets this long to read the answer, and this much is
# dropped. A socket that is closed on unread bytes resets the connection, and the answer is lost.
_LINGER_S: Final = 2.0
_LINGER_BYTES: Final = 33_554_432
_LOOKS: Final = 10  # at a body that may have stopped, within its time

log = structlog.get_logger("lumiku.http")


class BoundedProtocol(HttpToolsProtocol):
    """Refuses in the envelope what never becomes a request, and ends connections that nothing comes on.

    What is sent is bounded here, never what is answered: downloads and event streams last as they like.
    """

    bounds: HttpSettings

    def connection_made(self, transport: Any) -> None:
        """As uvicorn's; one connection too many is told so."""
        super().connection_made(transport)
        self._began = perf_counter()
        self._in_head = True  # before the first, too
        self._in_body = False
        self._moved = False
        self._unparsed = 0  # bytes in a row that were no body's and ended nothing
        self._fields = 0  # bytes of this request's line, headers and trailers
        self._refused = False
        self._dropped = 0
        self._heard = 0.0
        self._looked = 0.0
        self._waited_s = 0.0  # for this body, while we were ready to read
        self._body_bytes = 0
        self._timer: TimerHandle | None = None
        if len(self.connections) > self.bounds.max_connections:
            self._refuse(503, "SERVICE_UNAVAILABLE", "there are more connections than the service takes")
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's."""
        self._stop_watching()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, unless it is refused."""
        if self._refused:
            self._dropped += len(data)
            if self._dropped > _LINGER_BYTES:
                self.transport.abort()
            return
        self._heard = self.loop.time()
        self._moved = False
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            """Answered as an ordinary request."""
        except httptools.HttpParserError:
            self._refuse_unreadable()
            return
        self._unparsed = 0 if self._moved else self._unparsed + len(data)
        if self._unparsed > self.bounds.max_head_bytes:
            self._refuse_unreadable()
        elif self._timer is None:
            self._watch()

    def on_message_begin(self) -> None:
        """A request line comes."""
        self._unset_keepalive_if_required()
        self._stop_watching()
        super().on_message_begin()
        self._began = perf_counter()
        self._in_head = True
        self._fields = 0

    def on_url(self, url: bytes) -> None:
        """More of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or a trailer, which no running request is given."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The request starts."""
        self._unset_keepalive_if_required()
        super().on_headers_complete()
        self._stop_watching()
        self._moved, self._in_head, self._in_body = True, False, True
        self._looked, self._waited_s, self._body_bytes = self.loop.time(), 0.0, 0

    def on_body(self, body: bytes) -> None:
        """More of the body."""
        self._moved = True
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is here."""
        self._stop_watching()
        self._moved, self._in_body = True, False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Ours instead of uvicorn's plain text."""
        self._refuse(400, "INVALID_INPUT", msg)

    def _count(self, size: int) -> None:
        self._fields += size
        if self._fields > self.bounds.max_head_bytes:
            raise ValueError("more than the bound")  # the parser stops and tells data_received

    def _refuse_unreadable(self) -> None:
        most = self.bounds.max_head_bytes
        if max(self._fields, self._unparsed) > most:
            message = f"the request line and headers are larger than {most} bytes together"
            self._refuse(431, "INVALID_INPUT", message)
        else:
            self.send_400_response("this is not HTTP as we read it")

    def _watch(self) -> None:
        """Until the rest of a head or body is here; between requests uvicorn's keep-alive is at work."""
        if self._in_head:
            self._call_later(self.bounds.head_timeout_s, self._head_is_late)
        elif self._in_body:
            self._call_later(self.bounds.body_timeout_s / _LOOKS, self._look_at_body)

    def _call_later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer = self.loop.call_later(seconds, act)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        if self.flow.read_paused:  # it is we who do not read on: an earlier request is being answered
            self._watch()
        elif self._fields or self._unparsed:
            self._refuse(408, "INVALID_INPUT", "the request's headers did not come in time")
        else:
            self.transport.close()

    def _look_at_body(self) -> None:
        now = self.loop.time()
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            self._heard = now  # it is we who keep the client waiting
        else:
            self._waited_s += now - self._looked
        self._looked = now
        enough_s = self.bounds.body_timeout_s + self._body_bytes / self.bounds.body_min_bytes_s
        silent = now - self._heard > self.bounds.body_timeout_s
        if silent or self._waited_s > min(enough_s, self.bounds.body_total_s):
            self._refuse(408, "INVALID_INPUT", "the rest of the request's body did not come in time")
            return
        self._watch()

    def _may_answer(self) -> bool:
        """Whether the client would take what we write now for the answer to this request."""
        if self._in_body:
            return not self.cycle.response_started and not self.pipeline
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, status: int, code: str, message: str) -> None:
        """Answer in the envelope, unless another answer is under way, and close."""
        self._refused = True
        self._stop_watching()
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        may_answer = self._may_answer()
        request_id = uuid4().hex
        if not self._in_body or self.pipeline:
            _note(status, code, request_id, perf_counter() - self._began)
        elif may_answer:  # it runs: its own line in the log says how it was refused
            request_id = refuse(cast("dict[str, Any]", self.cycle.scope), status, code)
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True  # whoever is at work on it learns that the client is gone
            self.cycle.message_event.set()
        if not may_answer:
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write(_answer(status, envelope(code, message, {}, request_id), request_id))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._call_later(_LINGER_S, self.transport.abort)


def bounded(settings: HttpSettings) -> type[BoundedProtocol]:
    """The protocol with these bounds, as uvicorn wants it: a class."""

    class Bounded(BoundedProtocol):
        bounds = settings

    return Bounded


def _note(status: int, code: str, request_id: str, seconds: float) -> None:
    """The log line and the metric, as of any request; method and route are what nobody could read."""
    count_request("other", "unmatched", status, seconds)
    log.info(
        "request",
        request_id=request_id,
        account=None,
        method="other",
        route="unmatched",
        status=status,
        code=code,
        ms=round(seconds * 1000, 2),
    )


def _answer(status: int, body: bytes, request_id: str) -> bytes:
    headers = [
        *SECURITY_HEADERS,
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode("ascii")),
    ]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"5"))
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[status] + lines + b"\r\n" + body
