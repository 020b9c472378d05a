"""The routes of removals with files in a bucket: in, out, in parts, together, composed, gone."""

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from PIL import Image

from lumiku.core.db import Database
from support.api import Server, services_for, settings_for
from support.removal_api import API, Worker, batch, completed_job, picture, stored_keys
from support.removals import what_is_wrong
from support.s3 import new_bucket, s3_server

BATCH = f"{API}/batch"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path, endpoint: str) -> Server:
    settings = settings_for(tmp_path, storage=new_bucket(endpoint))
    return Server(services_for(db, database_url, settings))


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def test_a_picture_and_its_files(server: Server, ada: AsyncClient, tmp_path: Path) -> None:
    job = await completed_job(server, ada)
    async with server.client() as nobody:
        for link, kind in (("processedUrl", "PNG"), ("thumbnailUrl", "WEBP"), ("originalUrl", "PNG")):
            whole = await nobody.get(job[link])
            assert Image.open(io.BytesIO(whole.content)).format == kind
            tag = whole.headers["etag"]
            part = await nobody.get(job[link], headers={"Range": "bytes=5-20", "If-Range": tag})
            assert (part.status_code, part.content) == (206, whole.content[5:21])
            assert (await nobody.get(job[link], headers={"If-None-Match": tag})).status_code == 304
            too_far = await nobody.get(job[link], headers={"Range": f"bytes={len(whole.content)}-"})
            assert too_far.status_code == 416
    composed = await ada.post(
        f"{API}/jobs/{job['id']}/compose", json={"backgroundColor": "#ff0000", "format": "jpeg"}
    )
    assert (composed.status_code, composed.headers["content-type"]) == (200, "image/jpeg"), composed.text
    assert not list((tmp_path / "storage").rglob("*"))  # no file of this machine's
    assert (await ada.delete(f"{API}/jobs/{job['id']}")).status_code == 200
    assert await stored_keys(server.services.storage) == set()
    async with server.client() as nobody:
        assert (await nobody.get(job["processedUrl"])).status_code in {404, 410}


async def test_a_batch_in_steps_and_its_archive(server: Server, ada: AsyncClient) -> None:
    made = await ada.post(
        f"{BATCH}/uploads", json={"files": [{"name": "a.png"}, {"name": "A.png"}], "tier": "basic"}
    )
    where = made.headers["location"]
    for number in (0, 1, 0):  # one is replaced, and its first file goes
        put = await ada.put(f"{where}/items/{number}", content=picture(number))
        assert put.status_code == 200, put.text
    assert len(await stored_keys(server.services.storage)) == 2
    assert (await ada.post(f"{where}/start")).status_code == 202
    await Worker(server).work()
    answer = await ada.get(f"{where}/download")
    assert int(answer.headers["content-length"]) == len(answer.content)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    for line in json.loads(archive.read("manifest.json"))["images"]:
        assert hashlib.sha256(archive.read(line["file"])).hexdigest() == line["sha256"]
    part = await ada.get(f"{where}/download", headers={"Range": "bytes=100-"})
    assert (part.status_code, part.content) == (206, answer.content[100:])
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_bad_files_leave_nothing_in_it(server: Server, ada: AsyncClient) -> None:
    answer = await batch(ada, picture(), b"no picture")
    assert answer.status_code == 400
    assert await stored_keys(server.services.storage) == set()


async def test_a_bucket_that_is_away_is_an_outage(database_url: str, db: Database, tmp_path: Path) -> None:
    with s3_server() as address:
        settings = new_bucket(address).model_copy(update={"timeout_s": 1})
    server = Server(services_for(db, database_url, settings_for(tmp_path, storage=settings)))
    async with (await server.person("ada")).client as client:
        files = {"image": ("cat.png", picture(), "image/png")}
        answer = await client.post(f"{API}/remove", files=files, data={"wait": "0"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert (await client.get("/api/credits/balance")).json()["held"] == 0
