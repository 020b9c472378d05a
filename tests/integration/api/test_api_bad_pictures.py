"""Files that are no pictures, or bad ones, over HTTP: only 4xx, nothing stored, nothing charged."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from support.api import Server
from support.bad_pictures import DAMAGED, FINE, NO_PICTURE, TOO_LARGE, bad_pictures
from support.removal_api import API, picture, stored_keys
from support.submissions import everything

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "badinput"
BAD = [bad for bad in bad_pictures() if not set(FINE) & set(bad.codes)]


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def send(client: AsyncClient, name: str, data: bytes) -> tuple[int, str]:
    files = {"image": (name, data, "image/png")}
    answer = await client.post(f"{API}/remove", files=files, data={"wait": "0", "tier": "basic"})
    body = answer.json()
    return answer.status_code, body["error"]["code"] if "error" in body else "ok"


async def test_pictures_made_to_be_bad(server: Server, ada: AsyncClient) -> None:
    before = await everything(server.services.db)
    for bad in BAD:
        status, code = await send(ada, bad.name, bad.data)
        assert 400 <= status < 500, (bad.name, status, code)
        assert code in {*DAMAGED, *TOO_LARGE, *NO_PICTURE, "FILE_TOO_LARGE"}, (bad.name, status, code)
    assert await everything(server.services.db) == before
    assert await stored_keys(server.services.storage) == set()
    assert await send(ada, "good.png", picture()) == (202, "ok")  # it can be told


@pytest.mark.shared
async def test_the_corpus(server: Server, ada: AsyncClient) -> None:
    """Each file is either refused without a trace, or taken."""
    lines = [line.split("\t") for line in (CORPUS / "INDEX.tsv").read_text().splitlines()]
    bad = [name for name, verdict, *_ in lines if verdict != "ok" and (CORPUS / name).is_file()]
    assert len(bad) > 50
    taken: list[str] = []
    for name in bad:
        data = await asyncio.to_thread((CORPUS / name).read_bytes)
        before = await everything(server.services.db), await stored_keys(server.services.storage)
        status, code = await send(ada, Path(name).name, data)
        assert status < 500, (name, status, code)
        if status == 202:
            taken.append(name)
            jobs = (await ada.get(f"{API}/jobs", params={"status": "pending"})).json()["jobs"]
            await ada.delete(f"{API}/jobs/{jobs[0]['id']}")
            await ada.delete(f"{API}/jobs/{jobs[0]['id']}")
            continue
        after = await everything(server.services.db), await stored_keys(server.services.storage)
        assert after == before, name
    assert len(taken) < len(bad) / 2, taken
