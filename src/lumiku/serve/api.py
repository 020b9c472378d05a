"""The process that answers HTTP: uvicorn on a socket that it shares with its siblings."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from lumiku.api.app import create_app
from lumiku.bootstrap import open_services
from lumiku.serve.open_mode import LocalPagesOnly
from lumiku.settings import Settings

_KEEP_ALIVE_S = 30


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


async def run(settings: Settings, ready: Callable[[], None], listen: int | None) -> None:
    """Answer HTTP on the inherited socket until SIGTERM; then finish what runs."""
    listener = socket.socket(fileno=listen)
    async with open_services(settings) as services:
        app = create_app(services)
        config = uvicorn.Config(
            LocalPagesOnly(app, settings.server) if settings.server.open else app,
            http="httptools",
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=max(1, int(settings.server.drain_s / 2) - 1),
        )
        server = DrainingServer(config, ready, app.state.parts.closing)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
        try:
            await server.serve(sockets=[listener])
        finally:
            await app.state.parts.events.close()
