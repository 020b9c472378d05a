"""Stands between a program and an S3 service, and when told so refuses, breaks off, or loses answers."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

_BUSY = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class S3Proxy:
    """`bad` is the share of pieces that are struck, `lose_answers` how many answers get lost from now on."""

    host: str
    port: int
    chosen: random.Random
    bad: float = 0.0
    lose_answers: int = 0
    address: str = ""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        async with AsyncExitStack() as opened:
            opened.push_async_callback(_end, writer)
            with suppress(OSError):
                server_reader, server_writer = await asyncio.open_connection(self.host, self.port)
                opened.push_async_callback(_end, server_writer)
                ways = [
                    asyncio.ensure_future(self._requests(reader, server_writer, writer)),
                    asyncio.ensure_future(self._answers(server_reader, writer)),
                ]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)

    async def _requests(
        self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, client: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                if self._strikes():
                    if self.chosen.random() < 0.5:
                        client.write(_BUSY)
                        await client.drain()
                    return
                server.write(piece)
                await server.drain()

    async def _answers(self, server: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await server.read(65536):
                if self.lose_answers:
                    self.lose_answers -= 1
                    return
                if self._strikes():  # it was done, and nobody will know
                    return
                client.write(piece)
                await client.drain()

    def _strikes(self) -> bool:
        return self.chosen.random() < self.bad

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _end(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def s3_proxy(endpoint: str, chosen: random.Random) -> AsyncIterator[S3Proxy]:
    """One in front of this service."""
    host, _, port = endpoint.rpartition("://")[2].partition(":")
    proxy = S3Proxy(host, int(port), chosen)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
