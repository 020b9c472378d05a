"""Removals over HTTP in tests: pictures, an engine without models, a worker that works when it is told."""

import asyncio
import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from httpx import AsyncClient
from PIL import Image
from sqlalchemy import select

from lumiku.removals.engine import Made, Order
from lumiku.removals.process import Parts, process
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.base import Storage
from support.api import Server

API = "/api/background-remover"


def picture(seed: int = 0, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    """A small picture that differs by its seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


@dataclass
class HalfEngine:
    """Calls the left half of every picture its subject; fails on request."""

    fail: set[bytes] = field(default_factory=set)

    async def run(self, order: Order) -> Made:
        if order.source in self.fail:
            return Made(b"", b"", b"", "image/png", "png", {}, found=False)
        rgba = np.array(Image.open(io.BytesIO(order.source)).convert("RGBA"))
        rgba[:, rgba.shape[1] // 2 :] = 0
        result = _encode(Image.fromarray(rgba), "PNG")
        facts = {
            "pipeline": "half",
            "confidence": 0.5,
            "box": [0, 0, rgba.shape[1] // 2, rgba.shape[0]],
            "executions": [],
            "timingsMs": {},
            "outputWidth": rgba.shape[1],
            "outputHeight": rgba.shape[0],
            "sha256": hashlib.sha256(result).hexdigest(),
            "crc32": zlib.crc32(result),
        }
        matte = _encode(Image.fromarray(rgba[..., 3]), "PNG")
        thumbnail = _encode(Image.fromarray(rgba), "WEBP")
        return Made(result, matte, thumbnail, "image/png", "png", facts, found=True)


@dataclass
class Worker:
    """Does what is queued: all of it now, or, while `running`, as it comes."""

    server: Server
    engine: HalfEngine = field(default_factory=HalfEngine)

    async def work(self) -> int:
        """Do what waits; gives how many."""
        services = self.server.services
        parts = Parts(services.db, services.storage, self.engine, services.clock)
        async with services.db.transaction() as tx:
            waiting = select(jobs.c.id).where(jobs.c.status == "pending", jobs.c.queued_at.is_not(None))
            ids = list((await tx.execute(waiting)).scalars())
        for job_id in ids:
            await process(parts, job_id, interactive=True)
        return len(ids)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async def forever() -> None:
            while True:
                await self.work()
                await asyncio.sleep(0.02)

        task = asyncio.create_task(forever())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def remove(client: AsyncClient, data: bytes | None = None, **fields: str) -> Any:
    """Ask for one removal by a form, without waiting."""
    files = {"image": ("cat.png", picture() if data is None else data, "image/png")}
    return await client.post(f"{API}/remove", files=files, data={"tier": "basic", "wait": "0", **fields})


async def batch(
    client: AsyncClient, *pictures: bytes, headers: Mapping[str, str] | None = None, **fields: str
) -> Any:
    files = [("images", (f"cat {number}.png", data, "image/png")) for number, data in enumerate(pictures)]
    form = {"tier": "basic", **fields}
    return await client.post(f"{API}/batch", files=files, data=form, headers=headers)


async def stored_keys(storage: Storage) -> set[str]:
    found: set[str] = set()
    for kind in ("uploads", "outputs", "thumbnails", "mattes", "zips"):
        found |= {stored.key async for stored in storage.list(kind)}
    return found


async def completed_job(server: Server, client: AsyncClient) -> dict[str, Any]:
    """A job that has come out."""
    job_id = (await remove(client)).json()["job"]["id"]
    await Worker(server).work()
    job: dict[str, Any] = (await client.get(f"{API}/jobs/{job_id}")).json()["job"]
    assert job["status"] == "completed"
    return job


async def completed_batch(server: Server, client: AsyncClient, count: int = 2) -> UUID:
    made = await batch(client, *(picture(number) for number in range(count)), name="mine")
    await Worker(server).work()
    return UUID(made.json()["batch"]["id"])


def _encode(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
