"""A worker with a fake engine, on a quick clock: `python -m support.removal_worker URL DATA [DRAIN_S]`."""

import asyncio
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from lumiku.bootstrap import open_services
from lumiku.core import log
from lumiku.core.settings import DatabaseSettings, LogSettings, ServerSettings, WorkerSettings
from lumiku.settings import Settings
from lumiku.worker import retry
from lumiku.worker.inference import open_engine
from lumiku.worker.main import work
from lumiku.worker.remove import removal_works
from support import inference_fake
from support.worker_process import hurry


def settings_for(url: str, data: Path, drain_s: float = 25) -> Settings:
    return Settings(
        database=DatabaseSettings(url=SecretStr(url)),
        server=ServerSettings(data=data, drain_s=drain_s),
        worker=WorkerSettings(inference_processes=2, warm=()),
        log=LogSettings(level="warning"),
    )


async def main(settings: Settings) -> None:
    hurry()
    retry._FIRST_S = 1  # type: ignore[misc]
    log.configure(settings.log)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_services(settings) as services, open_engine(settings, inference_fake.COMMAND) as engine:
        await work(services, removal_works(engine), lambda: None, stop)


if __name__ == "__main__":
    asyncio.run(main(settings_for(sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:]))))
