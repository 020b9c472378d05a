"""From a committed row to the listeners of its batch: python -m benchmarks.events [--listeners 200]

Jobs are ended by an engine that costs nothing, one at a time; each listener notes when it hears of it.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from benchmarks.served import API, Server
from benchmarks.uploads import OneMegabyte
from lumiku.bootstrap import open_services
from lumiku.core.settings import ServerSettings
from lumiku.removals.process import Parts, process
from lumiku.settings import Settings
from support.removal_api import picture

JOBS = 40


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        with Server(data) as server:
            where, ids = _batch(server)
            delays = asyncio.run(_measure(server, data, where, ids, given.listeners))
    millis = sorted(delay * 1000 for delay in delays)
    p95 = millis[int(len(millis) * 0.95)]
    print(
        f"{given.listeners} listeners, {len(ids)} jobs: {len(millis)} events heard, "
        f"{statistics.median(millis):.1f} ms median, {p95:.1f} ms p95, {millis[-1]:.1f} ms at most"
    )


def _batch(server: Server) -> tuple[str, list[str]]:
    files = [{"name": f"{number}.png"} for number in range(JOBS)]
    made = server.client.post(f"{API}/batch/uploads", json={"files": files, "tier": "basic"})
    where: str = made.headers["location"]
    for number in range(JOBS):
        server.client.put(f"{where}/items/{number}", content=picture(number))
    server.freeze_workers()
    server.client.post(f"{where}/start")
    return where, [item["id"] for item in server.client.get(where).json()["items"]]


async def _measure(server: Server, data: Path, where: str, ids: list[str], listeners: int) -> list[float]:
    heard: dict[bytes, list[float]] = {job_id.encode(): [] for job_id in ids}
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_listen(server, where, heard, ready)) for _ in range(listeners)]
    for _ in tasks:
        await ready.acquire()
    ended: dict[bytes, float] = {}
    async with open_services(Settings(server=ServerSettings(data=data))) as services:
        parts = Parts(services.db, services.storage, OneMegabyte(), services.clock)
        for job_id in ids:
            await process(parts, UUID(job_id), interactive=False)
            ended[job_id.encode()] = time.monotonic()
            await asyncio.sleep(0.3)
    await asyncio.gather(*tasks)
    return [max(0.0, at - ended[job_id]) for job_id, times in heard.items() for at in times]


async def _listen(
    server: Server, where: str, heard: dict[bytes, list[float]], ready: asyncio.Semaphore
) -> None:
    """On a bare socket, for a client library would cost more than what is measured."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 24)
    authorization = server.client.headers["Authorization"]
    request = f"GET {where}/events HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n"
    writer.write(request.encode())
    told: set[bytes] = set()
    while line := await reader.readline():
        if not line.startswith(b"data: "):
            if line.startswith(b"event: snapshot"):
                ready.release()
            if line.startswith(b"event: end"):
                break
            continue
        job_id = line[21:57]  # data: {"item":{"id":"...
        if job_id in heard and b'"status":"completed"' in line and job_id not in told:
            told.add(job_id)
            heard[job_id].append(time.monotonic())
    writer.close()


if __name__ == "__main__":
    main()
