"""One question to a gateway in JSON, bounded in time and in bytes whatever the other side does."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx

from lumiku.payments.errors import GatewayUnavailable

MAX_BYTES: Final = 65_536


@dataclass(frozen=True)
class Answer:
    """A JSON object, and the HTTP status it came with."""

    status: int
    body: Mapping[str, Any]


async def ask(
    url: str, body: Mapping[str, object], *, headers: Mapping[str, str], timeout_s: float
) -> Answer:
    """Post an object and read the one that comes back; no redirect is followed.

    Args:
        url: whole.
        body: sent as JSON.
        headers: sent besides.
        timeout_s: for everything together.

    Raises:
        GatewayUnavailable: no answer in time, more than 64 KiB, a status of 500 or above, or no JSON object.
    """
    problem = None
    try:
        async with asyncio.timeout(timeout_s), httpx.AsyncClient(timeout=timeout_s, verify=_tls()) as client:
            sent = {**headers, "Accept": "application/json", "Accept-Encoding": "identity"}
            async with client.stream("POST", url, json=dict(body), headers=sent) as response:
                told = await _read(response)
                status = response.status_code
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, TimeoutError, OSError):
        problem = "the payment gateway does not answer"
    # Raised out here, so that no chained error carries the request with its signature.
    if problem is not None:
        raise GatewayUnavailable(problem)
    parsed = _parsed(told) if status < 500 else None
    if parsed is None:
        raise GatewayUnavailable("the payment gateway answers something that cannot be understood")
    return Answer(status, parsed)


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading all authorities takes longer than the question."""
    return httpx.create_ssl_context()


async def _read(response: httpx.Response) -> bytes:
    told = b""
    async for piece in response.aiter_raw():
        told += piece
        if len(told) > MAX_BYTES:
            return b""
    return told


def _parsed(told: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(told)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
