"""The process that does background work."""

import asyncio
import signal
from collections.abc import Callable

from lumiku.bootstrap import open_services
from lumiku.settings import Settings
from lumiku.worker.main import work
from lumiku.worker.tasks import WORK


async def run(settings: Settings, ready: Callable[[], None], listen: int | None) -> None:
    """Work until SIGTERM; then finish what runs, or give it back to the queue."""
    del listen
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_services(settings) as services:
        await work(services, WORK, ready, stop)
