"""The application on a real socket, for requests that no client library would send."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from lumiku.core.settings import HttpSettings
from lumiku.serve.listen import listen
from lumiku.serve.protocol import bounded

BOUNDS = HttpSettings()


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def listening(app: ASGIApp, bounds: HttpSettings = BOUNDS) -> AsyncIterator[int]:
    """The port it listens on."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app,
        http=bounded(bounds),
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=bounds.keep_alive_s,
    )
    server = uvicorn.Server(config)
    server.capture_signals = _leave_signals_alone  # type: ignore[method-assign]
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running
        listener.close()


@contextmanager
def _leave_signals_alone() -> Iterator[None]:
    yield


async def send_raw(port: int, *parts: bytes) -> RawAnswer:
    """Send bytes as they are, then read one answer to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(60):
            for part in parts:
                writer.write(part)
                try:
                    await writer.drain()
                except ConnectionError:
                    break  # refused before all of it was sent
            head = await reader.readuntil(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            return RawAnswer(int(lines[0].split(" ")[1]), headers, body)
    finally:
        writer.close()
