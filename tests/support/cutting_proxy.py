"""Stands between a program and PostgreSQL and cuts the connection before or after a given statement.

Statements are counted as PostgreSQL's protocol sees them: BEGIN, COMMIT and the pool's ping count too.
"""

import asyncio
import contextlib
from pathlib import Path
from typing import Literal

When = Literal["before", "after"]
_SOCKET = ".s.PGSQL.5432"
_ENDS_A_REQUEST = (b"Q", b"S")  # a simple query, or the Sync of an extended one
_READY = b"Z"


class CuttingProxy:
    """Listens in a folder as PostgreSQL would; `arm` tells it where to cut, once."""

    def __init__(self, target_folder: str, folder: Path) -> None:
        self._target = f"{target_folder}/{_SOCKET}"
        self._folder = folder
        self._countdown = 0
        self._when: When = "before"
        self._text = b""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "CuttingProxy":
        self._server = await asyncio.start_unix_server(self._serve, f"{self._folder}/{_SOCKET}")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def arm(self, number: int, when: When, text: bytes = b"") -> None:
        """Cut at the `number`-th statement from now on; with `text`, of those that have it."""
        self._countdown, self._when, self._text = number, when, text

    @property
    def has_cut(self) -> bool:
        """Whether the statement that it was armed for has come."""
        return self._countdown <= 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        server_reader, server_writer = await asyncio.open_unix_connection(self._target)
        last = asyncio.Event()  # set where the answer to what was sent may not go back
        ways = [
            asyncio.ensure_future(self._requests(reader, server_writer, last)),
            asyncio.ensure_future(_answers(server_reader, writer, last)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if last.is_set():
                await ways[1]
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, server_writer):
                each.close()
                with contextlib.suppress(OSError):
                    await each.wait_closed()

    async def _requests(
        self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, last: asyncio.Event
    ) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            length = await reader.readexactly(4)  # the first message has no type
            server.write(length + await reader.readexactly(int.from_bytes(length) - 4))
            request = b""
            while True:
                kind, message = await _message(reader)
                request += message
                if kind not in _ENDS_A_REQUEST:
                    continue
                self._countdown -= self._text in request
                cut = self._text in request and self._countdown == 0
                if cut and self._when == "before":
                    return
                if cut:
                    last.set()
                server.write(request)
                await server.drain()
                request = b""
                if cut:
                    return


async def _answers(server: asyncio.StreamReader, client: asyncio.StreamWriter, last: asyncio.Event) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError, OSError):
        while True:
            kind, message = await _message(server)
            if not last.is_set():
                client.write(message)
                await client.drain()
            elif kind == _READY:
                return


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(int.from_bytes(head[1:]) - 4)
