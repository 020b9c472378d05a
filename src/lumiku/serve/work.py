"""The process that does background work."""

import asyncio
import signal
from collections.abc import Callable

from lumiku.bootstrap import Services, open_services
from lumiku.core.db import DatabaseUnavailable
from lumiku.migrations.run import pending
from lumiku.serve.errors import SchemaPending
from lumiku.settings import Settings
from lumiku.worker.inference import open_engine
from lumiku.worker.main import work
from lumiku.worker.remove import removal_works
from lumiku.worker.tasks import WORK


async def run(settings: Settings, ready: Callable[[], None], listen: int | None) -> None:
    """Work until SIGTERM; then finish what runs, or give it back to the queue."""
    del listen
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_services(settings) as services:
        await _refuse_old_schema(services)
        async with open_engine(settings) as engine:
            await work(services, (*WORK, *removal_works(engine)), ready, stop)


async def _refuse_old_schema(services: Services) -> None:
    """A database that is away is another matter: the work itself waits for it."""
    try:
        missing = await asyncio.to_thread(pending, services.urls.app)
    except DatabaseUnavailable:
        return
    if missing:
        raise SchemaPending("the database's schema is older than this release; run `lumiku db migrate`")
