"""Files that are no pictures, or bad ones, over HTTP: only 4xx, nothing stored, nothing charged."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from lumiku.core.db import Database
from lumiku.intake.settings import IntakeSettings
from support.api import Server, services_for, settings_for
from support.bad_pictures import DAMAGED, FINE, NO_PICTURE, TOO_LARGE, BadPicture, bad_pictures
from support.raw_server import RawServer
from support.removal_api import API, picture, stored_keys
from support.submissions import everything

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "badinput"
BAD = [bad for bad in bad_pictures() if not set(FINE) & set(bad.codes)]
SHORT = [bad for bad in BAD if len(bad.data) < 100_000]
NOTHING = "MISSING_REQUIRED_FIELD"
CODES = {*DAMAGED, *TOO_LARGE, *NO_PICTURE}


@pytest.fixture
def elsewhere() -> Iterator[RawServer]:
    running = RawServer()
    yield running
    running.close()


@pytest.fixture
def server(db: Database, database_url: str, tmp_path: Path) -> Server:
    """That may fetch from this machine."""
    intake = IntakeSettings(allow_private_addresses=True)
    return Server(services_for(db, database_url, settings_for(tmp_path, intake=intake)))


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


async def test_every_form_of_a_batch_names_each_and_keeps_nothing(
    server: Server, ada: AsyncClient, elsewhere: RawServer
) -> None:
    """All of them after one that is good, by form, as base64 and by address."""
    given = [BadPicture("good.png", picture(), ()), *SHORT]
    images = [base64.b64encode(bad.data).decode() for bad in given]
    addresses = [elsewhere.will(f"/{bad.name}", "200 OK", bad.data) for bad in given]
    before = await everything(server.services.db)
    form = [("images", (bad.name, bad.data, "image/png")) for bad in given]
    for asked in (
        {"files": form, "data": {"tier": "basic"}},
        {"json": {"images": images, "tier": "basic"}},
        {"json": {"imageUrls": addresses, "tier": "basic"}},
    ):
        answer = await ada.post(f"{API}/batch", **asked)
        assert answer.status_code == 400, answer.text
        items = answer.json()["error"]["details"]["items"]
        assert [item["index"] for item in items] == list(range(1, len(given)))
        assert {item["code"] for item in items} <= {*CODES, "INVALID_INPUT"}  # that of an empty text
        assert await everything(server.services.db) == before
        assert await stored_keys(server.services.storage) == set()
    assert len(elsewhere.heads) == len(given)


async def test_every_form_of_a_single_picture_keeps_nothing(
    server: Server, ada: AsyncClient, elsewhere: RawServer
) -> None:
    order = {"tier": "basic", "wait": "0"}
    before = await everything(server.services.db)
    for bad in SHORT[::9]:
        encoded = base64.b64encode(bad.data).decode()
        address = elsewhere.will(f"/{bad.name}", "200 OK", bad.data)
        behind = {
            "image": ("a.png", picture(), "image/png"),
            "backgroundImage": (bad.name, bad.data, "image/png"),
        }
        for asked in (
            {"json": {"image": encoded, **order, "wait": 0}},
            {"json": {"imageUrl": address, **order, "wait": 0}},
            {"data": {"imageUrl": address, **order}},
            {"files": behind, "data": order},
        ):
            answer = await ada.post(f"{API}/remove", **asked)
            assert 400 <= answer.status_code < 500, (bad.name, answer.text)
            assert answer.json()["error"]["code"] in {*CODES, NOTHING}, (
                bad.name,
                answer.text,
            )
            field = answer.json()["error"]["details"].get("field")
            assert (field == "backgroundImage") == ("files" in asked), answer.text
    assert await everything(server.services.db) == before
    assert await stored_keys(server.services.storage) == set()


async def test_a_place_of_a_declared_batch_stays_as_it_was(server: Server, ada: AsyncClient) -> None:
    declared = {"files": [{"name": "a.png"}, {"name": "b.png"}], "tier": "basic"}
    where = (await ada.post(f"{API}/batch/uploads", json=declared)).headers["location"]
    assert (await ada.put(f"{where}/items/0", content=picture())).status_code == 200
    before = await everything(server.services.db), await stored_keys(server.services.storage)
    for bad in SHORT[::5]:
        for place in (0, 1):
            answer = await ada.put(f"{where}/items/{place}", content=bad.data)
            assert answer.json()["error"]["code"] in {*CODES, NOTHING}, (
                bad.name,
                answer.text,
            )
    after = await everything(server.services.db), await stored_keys(server.services.storage)
    assert after == before
    assert (await ada.post(f"{where}/start")).status_code == 400  # the second never came
