"""Big batches over HTTP: memory of the API process while 500 files of 10 MB come in, and 500 go out as a ZIP.

python -m benchmarks.uploads [--files 500] [--megabytes 10]
"""

import argparse
import asyncio
import hashlib
import http.client
import io
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from PIL import Image

from benchmarks.served import API, Server
from lumiku.bootstrap import open_services
from lumiku.core.settings import ServerSettings
from lumiku.removals.engine import Made, Order
from lumiku.removals.process import Parts, process
from lumiku.settings import Settings


class OneMegabyte:
    """An engine whose every result is the same megabyte."""

    async def run(self, _: Order) -> Made:
        """As an engine does."""
        result = bytes(1_000_000)
        facts = {"sha256": hashlib.sha256(result).hexdigest(), "crc32": zlib.crc32(result)}
        return Made(result, b"matte", b"thumbnail", "image/png", "png", facts, found=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--only", choices=("zip",))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        photo = _photo(given.megabytes * 1e6)
        print(f"{given.files} files of {len(photo) / 1e6:.1f} MB")
        ways = () if given.only == "zip" else (("one form", _form), ("put one by one", _puts))
        for name, run in ways:
            with Server(data, watched=True) as server:
                before = server.memory_mb()
                begin = time.monotonic()
                where = run(server, photo, given.files)
                seconds = time.monotonic() - begin
                print(
                    f"{name:16}{seconds:7.1f} s, {given.files * len(photo) / 1e6 / seconds:6.0f} MB/s, "
                    f"API process {before:.0f} MB before, {server.memory_mb(peak=True):.0f} MB at most"
                )
                server.client.delete(where)
                server.client.delete(where, params={"files": "true"})
        with Server(data, watched=True) as server:
            _archive(server, data, given.files)


def _photo(size_bytes: float) -> bytes:
    """A noisy JPEG of 12 megapixels and about so many bytes."""
    noise = np.random.default_rng(1).integers(0, 255, (750, 1000, 3), np.uint8)
    image = Image.fromarray(noise).resize((4000, 3000), Image.Resampling.BICUBIC)
    best = b""
    for quality in range(60, 100, 2):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        best = file.getvalue()
        if len(best) >= size_bytes:
            break
    return best


def _form(server: Server, photo: bytes, count: int) -> str:
    def body() -> Iterator[bytes]:
        for number in range(count):
            head = f'--x\r\nContent-Disposition: form-data; name="images"; filename="{number}.jpg"\r\n\r\n'
            yield head.encode()
            for start in range(0, len(photo), 1 << 20):
                yield photo[start : start + (1 << 20)]
            yield b"\r\n"
        yield b'--x\r\nContent-Disposition: form-data; name="tier"\r\n\r\nbasic\r\n--x--\r\n'

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = server.client.post(f"{API}/batch", content=body(), headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def _puts(server: Server, photo: bytes, count: int) -> str:
    files = [{"name": f"{number}.jpg"} for number in range(count)]
    made = server.client.post(f"{API}/batch/uploads", json={"files": files, "tier": "basic"})
    where: str = made.headers["location"]

    async def put_all() -> None:
        gate = asyncio.Semaphore(4)
        async with httpx.AsyncClient(
            base_url=server.url, headers=dict(server.client.headers), timeout=3600
        ) as client:

            async def put(number: int) -> None:
                async with gate:
                    answer = await client.put(f"{where}/items/{number}", content=photo)
                    assert answer.status_code == 200, answer.text

            await asyncio.gather(*(put(number) for number in range(count)))

    asyncio.run(put_all())
    return where


def _archive(server: Server, data: Path, count: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    files = [{"name": f"{number}.png"} for number in range(count)]
    made = server.client.post(f"{API}/batch/uploads", json={"files": files, "tier": "basic"})
    where = made.headers["location"]
    for number in range(count):
        server.client.put(f"{where}/items/{number}", content=file.getvalue())
    ids = asyncio.run(_complete(server, data, where))
    begin = time.monotonic()
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    before = server.memory_mb()
    authorization = {"Authorization": server.client.headers["Authorization"]}
    connection.request("GET", f"{where}/download", headers=authorization)
    answer = connection.getresponse()
    first = answer.read(1)
    first_s = time.monotonic() - begin
    received = len(first)
    most = 0.0
    while piece := answer.read(1 << 20):
        received += len(piece)
        most = max(most, server.memory_mb())
    seconds = time.monotonic() - begin
    print(
        f"ZIP of {ids} x 1 MB: first byte after {first_s * 1000:.0f} ms, "
        f"{received / 1e6 / seconds:.0f} MB/s, API process {before:.0f} MB before, {most:.0f} MB at most"
    )
    whole = server.client.get(f"{where}/download").content
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


async def _complete(server: Server, data: Path, where: str) -> int:
    """Have every item come out, by an engine that costs nothing."""
    items: list[dict[str, Any]] = server.client.get(where).json()["items"]
    server.freeze_workers()
    server.client.post(f"{where}/start")
    async with open_services(Settings(server=ServerSettings(data=data))) as services:
        parts = Parts(services.db, services.storage, OneMegabyte(), services.clock)
        for item in items:
            await process(parts, UUID(item["id"]), interactive=False)
    return len(items)


if __name__ == "__main__":
    main()
