"""One POST to an address that a stranger gave, without reaching into our own network."""

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from lumiku.core.http_headers import parse_http_date
from lumiku.intake.address import Resolver, check_public, parse_address, resolve
from lumiku.intake.errors import SourceFailed
from lumiku.webhooks.errors import NoAnswer
from lumiku.webhooks.settings import WebhooksSettings

# Name servers that are slow hold these threads, and nobody else's.
_NAMES: Final = ThreadPoolExecutor(32, "lumiku-webhook-name")


@dataclass(frozen=True)
class Answer:
    """What came back. The body is not read: nothing in it matters, and it may be endless.

    Attributes:
        status: of HTTP; a redirect is an answer like any other, and is not followed.
        retry_after_s: seconds that the other side asks us to wait.
    """

    status: int
    retry_after_s: float | None = None


async def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    settings: WebhooksSettings,
    resolver: Resolver = resolve,
) -> Answer:
    """Send it, once.

    The host's name is looked up once, for this connection, and the connection goes to the very address that
    was checked. Proxies from the environment are not used, and cookies are neither kept nor sent.

    Raises:
        SourceRefused: the address, or what its name leads to now, is not one that we send to.
        NoAnswer: no name, no connection, no HTTP or not in time.
    """
    target = parse_address(url)
    sent = [("Host", target.netloc.decode("ascii")), *headers.items()]
    try:
        async with (
            asyncio.timeout(settings.timeout_s),
            httpcore.AsyncConnectionPool(
                ssl_context=_tls(), network_backend=_PinnedBackend(settings, resolver)
            ) as pool,
            pool.stream("POST", str(target), headers=sent, content=body) as response,
        ):
            answered = httpx.Headers(response.headers)
            return Answer(response.status, _seconds(answered.get("retry-after", "")))
    except (TimeoutError, httpcore.TimeoutException) as error:
        raise NoAnswer("No answer in time.", "timeout") from error
    except SourceFailed as error:
        raise NoAnswer(error.message, "unknown_host") from error
    except httpcore.ProtocolError as error:
        raise NoAnswer("The other side gave no HTTP answer.", "no_http") from error
    except (httpcore.NetworkError, OSError) as error:
        raise NoAnswer("The connection failed or was cut short.", "connection") from error


@cache
def _tls() -> ssl.SSLContext:
    """Reading the authorities takes long enough to do it once."""
    return httpcore.default_ssl_context()


def _seconds(retry_after: str) -> float | None:
    """What a Retry-After header asks for, in either of its forms."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    until = parse_http_date(retry_after)
    return None if until is None else max(0.0, (until - datetime.now(UTC)).total_seconds())


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Looks up, checks and connects in one place."""

    def __init__(self, settings: WebhooksSettings, resolver: Resolver) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._settings = settings
        self._resolver = resolver

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address of `host` that answers."""
        lookup = asyncio.get_running_loop().run_in_executor
        addresses = await lookup(_NAMES, self._resolver, host, self._settings.timeout_s)
        if not self._settings.allow_private_addresses:
            check_public(addresses)
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure
