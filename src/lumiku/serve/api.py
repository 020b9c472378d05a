"""The process that answers HTTP: uvicorn on a socket that it shares with its siblings."""

import asyncio
import contextlib
import resource
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from lumiku.api.app import create_app
from lumiku.bootstrap import open_services
from lumiku.serve.protocol import bounded
from lumiku.settings import Settings


class DrainingServer(uvicorn.Server):
    """Ends event streams before it waits for requests, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], closing: asyncio.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self._closing = closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and then tell."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, which waits for running requests: endless ones are asked to end first."""
        self._closing.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: uvicorn's own would kill the process before its services are closed."""
        yield

    def stop(self) -> None:
        """Begin to drain."""
        self.should_exit = True


_TO_END_S = 2  # of the time to drain, for what was not done in it to be told so
_OTHER_FILES = 512  # the database's connections, pictures, libraries


def _make_room(connections: int) -> None:
    """Raise this process's own limit of open files, commonly 1024, as far as needed and allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    room = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < room:
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, hard))


async def run(settings: Settings, ready: Callable[[], None], listen: int | None) -> None:
    """Answer HTTP on the inherited socket until SIGTERM; then finish what runs."""
    _make_room(settings.http.max_connections)
    listener = socket.socket(fileno=listen)
    async with open_services(settings) as services:
        app = create_app(services)
        config = uvicorn.Config(
            app,
            http=bounded(settings.http),
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=settings.http.keep_alive_s,
            timeout_graceful_shutdown=max(1, int(settings.server.drain_s) - _TO_END_S),
        )

        def started() -> None:
            app.state.parts.heap.give_back()  # what only the start needed
            ready()

        server = DrainingServer(config, started, app.state.parts.closing)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        try:
            await server.serve(sockets=[listener])
        finally:
            await app.state.parts.events.close()
