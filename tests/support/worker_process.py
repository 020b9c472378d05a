"""A worker with tasks made for tests, on a quick clock: `python -m support.worker_process URL DATA NOTES`."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

import lumiku.queue.rescue
import lumiku.worker.main
from lumiku.bootstrap import Services, open_services
from lumiku.core.settings import DatabaseSettings, ServerSettings
from lumiku.queue.names import TaskName
from lumiku.settings import Settings
from lumiku.worker.main import work
from lumiku.worker.work import Arguments, Work

SLOW = TaskName("test_slow", "mail")
DEADLY = TaskName("test_deadly", "mail")


def settings_for(url: str, data: Path, drain_s: float = 25) -> Settings:
    return Settings(
        database=DatabaseSettings(url=SecretStr(url)), server=ServerSettings(data=data, drain_s=drain_s)
    )


def note(notes: Path, word: str) -> None:
    with notes.open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


def works(notes: Path) -> list[Work]:
    async def slow(_services: Services, arguments: Arguments) -> None:
        note(notes, "begun")
        await asyncio.sleep(float(str(arguments["seconds"])))
        note(notes, "done")

    async def deadly(_services: Services, _arguments: Arguments) -> None:
        note(notes, "begun")
        os.kill(os.getpid(), signal.SIGKILL)

    return [Work(SLOW, slow), Work(DEADLY, deadly)]


def hurry() -> None:
    """Seconds become tenths."""
    lumiku.worker.main.HEARTBEAT_S = 0.3
    lumiku.worker.main.STALLED_AFTER_S = 1.5
    lumiku.worker.main.RESCUE_EVERY_S = 0.5
    lumiku.queue.rescue.STALLED_AFTER_S = 1.5


async def main(url: str, data: Path, notes: Path) -> None:
    hurry()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_services(settings_for(url, data)) as services:
        await work(services, works(notes), lambda: note(notes, "ready"), stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
