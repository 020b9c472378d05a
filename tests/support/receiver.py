"""A receiver of webhooks on loopback that keeps what it is sent, and misbehaves on demand."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]

REASONABLE = b"HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer."""
    given = {"Content-Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} X", *(f"{k.replace('_', '-')}: {v}" for k, v in given.items()), "", ""]
    return "\r\n".join(lines).encode() + body


async def silence(_writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.sleep(600)


@dataclass
class Receiver:
    """`answers` are given in turn, the last one for ever: bytes, or a play that writes as it likes."""

    port: int = 0
    answers: list[bytes | Play] = field(default_factory=lambda: [REASONABLE])
    received: list[Received] = field(default_factory=list)

    def url(self, path: str = "/hook", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def will(self, *answers: bytes | Play) -> None:
        self.answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.strip().split("\r\n")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                body = await reader.readexactly(int(headers["content-length"]))
                self.received.append(Received(first.split(" ")[1], headers, body))
                now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if isinstance(now, bytes):
                    writer.write(now)
                else:
                    await now(writer)
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def running_receiver(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """One on a free port; what it still does at the end is cut off."""
    state = Receiver()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        task.add_done_callback(running.discard)
        await state.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
