"""One HTTP exchange with a remote provider, bounded in time and in bytes whatever the other side does."""

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from lumiku.core.http_headers import announces_more

CONNECT_TIMEOUT_S = 10.0


class Interrupted(Exception):
    """The exchange broke or took too long; the same request may succeed later. Stays inside this package."""


class Oversized(Exception):
    """The answer is longer than allowed or compressed against our wish. Stays inside this package."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider answered, read to its end."""

    status: int
    retry_after: str | None
    body: bytes


def new_client() -> httpx.Client:
    """A thread-safe client that follows no redirect (the key would travel along) and keeps no connection.

    A handshake is nothing beside a model's run, and a fresh connection is never one that the other side
    has already closed; it also lets `post` hold the socket that it may have to cut.
    """
    return httpx.Client(follow_redirects=False, limits=httpx.Limits(max_keepalive_connections=0))


def post(
    client: httpx.Client,
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    limit_s: float,
    max_bytes: int,
) -> Answer:
    """Post `content` and read the answer, all within `limit_s` seconds and `max_bytes` bytes.

    Raises:
        Interrupted: no connection, a connection that broke, an incomplete answer, or the time is over.
        Oversized: a body over `max_bytes`, or one with a content coding. We ask for none, so that what is
            counted is what arrives and a few kilobytes cannot unfold into gigabytes.
    """
    timeout = httpx.Timeout(limit_s, connect=min(limit_s, CONNECT_TIMEOUT_S))
    watchdog = _Watchdog(limit_s)
    why = None
    try:
        with (
            watchdog,
            client.stream(
                "POST",
                url,
                headers={**headers, "Accept-Encoding": "identity"},
                content=content,
                timeout=timeout,
                extensions={"trace": watchdog.trace},
            ) as response,
        ):
            body = _read(response, max_bytes)
            answer = Answer(response.status_code, response.headers.get("retry-after"), body)
    except (httpx.HTTPError, httpx.StreamError, OverflowError, UnicodeError) as error:
        why = _why(error)
    # Raised out here, so that no chained error carries the request, whose headers hold the key.
    if watchdog.fired:  # also where a body that ends with the connection only looks complete
        why = f"gave no answer within {limit_s:.3g} s"
    if why is not None:
        raise Interrupted(why)
    return answer


def _why(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "gave no answer in time"
    if isinstance(
        error, (httpx.ConnectError, OverflowError, UnicodeError)
    ):  # the latter two: no such port, host
        return f"could not be reached ({error})"
    return f"broke the connection off ({type(error).__name__})"


def _read(response: httpx.Response, max_bytes: int) -> bytes:
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Oversized("with a compressed body that was not asked for")
    body = bytearray()
    if not announces_more(response.headers.get("content-length", ""), max_bytes):
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > max_bytes:
                break
        else:
            return bytes(body)
    raise Oversized(f"with more than {max_bytes} bytes")


class _Watchdog:
    """Cuts the connection when the time is over.

    httpx bounds each single read and write, so that a byte every few seconds, in the head of the answer as
    in its body, would hold a caller for ever. Shutting the socket down wakes whoever waits on it.
    """

    def __init__(self, limit_s: float) -> None:
        self.fired = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(limit_s, self._fire)
        self._timer.daemon = True

    def __enter__(self) -> "_Watchdog":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take hold of the socket as httpcore opens it, and again once TLS has wrapped it."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket")
                if self.fired:
                    self._cut()

    def _fire(self) -> None:
        with self._lock:
            self.fired = True
            self._cut()

    def _cut(self) -> None:
        if self._socket is not None:
            # Not the TLS socket's own shutdown, which would take its state away under the reader's feet.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
