"""Fetches a picture from an address that a stranger gave, without reaching into our own network."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

from lumiku.core.http_headers import announces_more
from lumiku.intake.address import Resolver, check_public, parse_address, resolve
from lumiku.intake.errors import DownloadTooLarge, SourceFailed, SourceRefused
from lumiku.intake.settings import IntakeSettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (
    ("Accept", "image/*, */*;q=0.5"),
    ("Accept-Encoding", "identity"),
    ("User-Agent", "lumiku"),
)


def fetch(url: str, settings: IntakeSettings, *, resolver: Resolver = resolve) -> bytes:
    """Download a picture into memory. See `fetch_into`."""
    body = bytearray()
    fetch_into(url, settings, body.extend, resolver=resolver)
    return bytes(body)


def fetch_into(
    url: str,
    settings: IntakeSettings,
    write: Callable[[bytes], object],
    *,
    resolver: Resolver = resolve,
) -> None:
    """Download a picture.

    A host's name is looked up once for each connection, by the code that connects, and the connection goes to
    the very address that was checked; TLS still verifies the name. Proxies from the environment are not used,
    cookies are neither kept nor sent, and compressed answers are refused rather than unpacked.

    Args:
        url: an http or https address.
        settings: limits on bytes, time and redirects; whether private addresses are allowed.
        write: is given the body as it comes, at most `settings.max_bytes`.
        resolver: looks up a host's name within so many seconds.

    Raises:
        SourceRefused: the address, or one that it redirects to, is not one we fetch from.
        SourceFailed: no answer in time, an error status, too many redirects, or a body cut short.
        DownloadTooLarge: more bytes than the limit.
    """
    backend = _PinnedBackend(settings, resolver)
    target = parse_address(url)
    seen = {str(target)}
    with httpcore.ConnectionPool(network_backend=backend, max_keepalive_connections=0) as pool:
        for _ in range(settings.max_redirects + 1):
            answer = _get(pool, target, settings.max_bytes, write)
            if answer is None:
                return
            target = parse_address(str(answer))
            if str(target) in seen:
                raise SourceFailed("The address redirects in a circle.")
            seen.add(str(target))
    raise SourceFailed(f"The address redirects more than {settings.max_redirects} times.")


def _get(
    pool: httpcore.ConnectionPool, url: httpx.URL, max_bytes: int, write: Callable[[bytes], object]
) -> httpx.URL | None:
    """Writes the body, or gives the address that the answer redirects to."""
    headers = [("Host", url.netloc.decode("ascii")), *_HEADERS]
    try:
        with pool.stream("GET", str(url), headers=headers) as response:
            answered = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in answered:
                return _next_address(url, answered["location"])
            if response.status != 200:
                raise SourceFailed(
                    f"The other side answered with status {response.status}.", status=response.status
                )
            if answered.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
                raise SourceFailed("The other side sent a compressed answer, which was not asked for.")
            if announces_more(answered.get("content-length", ""), max_bytes):
                raise _too_large(max_bytes)
            _copy(response.iter_stream(), write, max_bytes)
            return None
    except httpcore.TimeoutException as error:
        raise SourceFailed("The download took longer than allowed.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise SourceFailed("The connection failed or was cut short.") from error


def _next_address(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceRefused("The address redirects to something that is not a valid URL.") from error


def _copy(chunks: Iterable[bytes], write: Callable[[bytes], object], max_bytes: int) -> None:
    size_bytes = 0
    for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise _too_large(max_bytes)
        write(chunk)


def _too_large(max_bytes: int) -> DownloadTooLarge:
    return DownloadTooLarge(f"The download is larger than the limit of {max_bytes:,} bytes.")


class _PinnedBackend(httpcore.NetworkBackend):
    """Looks up, checks and connects in one place, all before one moment."""

    def __init__(self, settings: IntakeSettings, resolver: Resolver) -> None:
        self._backend = httpcore.SyncBackend()
        self._allow_private = settings.allow_private_addresses
        self._resolver = resolver
        self._answer_timeout_s = settings.answer_timeout_s
        self._end = time.monotonic() + settings.timeout_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first checked address of `host` that answers."""
        del timeout
        answer_by = min(self._end, time.monotonic() + self._answer_timeout_s)
        addresses = self._resolver(host, _left(answer_by))
        if not self._allow_private:
            check_public(addresses)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                stream = self._backend.connect_tcp(
                    str(address), port, _left(answer_by), local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _TimedStream(stream, answer_by, self._end)
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A stream that ends at one moment, so that an answer by drops cannot hold us, and sooner in silence."""

    def __init__(self, stream: httpcore.NetworkStream, answer_by: float, end: float) -> None:
        self._stream = stream
        self._answer_by = answer_by
        self._end = end
        self._until = answer_by

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        data = self._stream.read(max_bytes, _left(self._until))
        self._until = self._end
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._until))
        return _TimedStream(stream, self._answer_by, self._end)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(end: float) -> float:
    """Seconds left until `end`."""
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time allowed is over")
    return left
