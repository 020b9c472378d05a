"""Many pictures over HTTP: the three forms, what is refused, cancelling, and the archive of what came out."""

import asyncio
import base64
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from lumiku.removals.settings import RemovalsSettings
from lumiku.removals.tables import background_removal_jobs as jobs
from support.api import Server, services_for
from support.removal_api import (
    API,
    Worker,
    batch,
    completed_batch,
    picture,
    stored_keys,
)
from support.removals import what_is_wrong
from support.submissions import everything

BATCH = f"{API}/batch"


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def test_by_form_with_every_alias(server: Server, ada: AsyncClient) -> None:
    names = ("images", "images[]", "images[0]", "images[12]", "files", "image")
    files = [(name, (f"{name}.png", picture(number), "image/png")) for number, name in enumerate(names)]
    made = await ada.post(BATCH, files=files, data={"tier": "basic", "name": "Herbst 🍂"})
    assert made.status_code == 202, made.text
    told = made.json()
    assert made.headers["location"] == f"{BATCH}/{told['batch']['id']}"
    assert told["pricing"]["finalCredits"] == 18
    assert told["refused"] == []
    first = {name: told["batch"][name] for name in ("status", "totalImages", "processedImages", "percentage")}
    assert first == {"status": "pending", "totalImages": 6, "processedImages": 0, "percentage": 0}
    assert (await ada.get("/api/credits/balance")).json()["held"] == 18
    worker = Worker(server)
    worker.engine.fail.add(picture(3))
    await worker.work()
    state = (await ada.get(made.headers["location"])).json()
    assert (state["batch"]["status"], state["batch"]["percentage"], state["batch"]["name"]) == (
        "partial",
        100,
        "Herbst 🍂",
    )
    assert (state["batch"]["processedImages"], state["batch"]["failedImages"]) == (5, 1)
    assert [item["position"] for item in state["items"]] == list(range(6))
    assert state["items"][3]["error"]["code"] == "UNKNOWN_FOREGROUND"
    assert (await ada.get(state["items"][0]["processedUrl"])).status_code == 200
    failed = (await ada.get(made.headers["location"], params={"items": "failed"})).json()["items"]
    assert [item["position"] for item in failed] == [3]
    assert (await ada.get(made.headers["location"], params={"items": "none"})).json()["items"] == []
    listed = (await ada.get(f"{API}/batches")).json()
    assert [each["id"] for each in listed["batches"]] == [told["batch"]["id"]]
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 85, "held": 0, "available": 85}
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_by_json(server: Server, ada: AsyncClient) -> None:
    encoded = [base64.b64encode(picture(number)).decode() for number in range(3)]
    made = await ada.post(BATCH, json={"images": encoded, "tier": "basic", "format": "webp"})
    assert made.status_code == 202, made.text
    assert made.json()["batch"]["options"] == {"format": "webp"}
    nowhere = ["http://10.0.0.1/a.jpg", "ftp://example.com/b.jpg", "http://[::1]/c.jpg"]
    refused = await ada.post(BATCH, json={"images": encoded[:1], "imageUrls": nowhere, "tier": "basic"})
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (400, "INVALID_INPUT")
    assert [(item["index"], item["code"]) for item in error["details"]["items"]] == [
        (index, "SOURCE_REFUSED") for index in (1, 2, 3)
    ]
    assert len(await stored_keys(server.services.storage)) == 3


async def test_bad_files_are_named_and_nothing_is_charged(server: Server, ada: AsyncClient) -> None:
    before = await everything(server.services.db)
    pictures = (picture(0), b"no picture", picture(1)[:-40], picture(2))
    answer = await batch(ada, *pictures)
    items = answer.json()["error"]["details"]["items"]
    assert answer.status_code == 400
    assert [(item["index"], item["name"], item["code"]) for item in items] == [
        (1, "cat 1.png", "INVALID_FILE_TYPE"),
        (2, "cat 2.png", "UNREADABLE_IMAGE"),
    ]
    assert await everything(server.services.db) == before
    assert await stored_keys(server.services.storage) == set()
    answer = await batch(ada, *pictures, skipInvalid="true")
    assert answer.status_code == 202
    assert [item["index"] for item in answer.json()["refused"]] == [1, 2]
    assert answer.json()["batch"]["totalImages"] == 2
    assert answer.json()["pricing"]["finalCredits"] == 6


async def test_limits(server: Server) -> None:
    limits = RemovalsSettings(max_bytes=10_000, max_batch_bytes=20_000, max_outstanding=4)
    pricing = server.services.settings.pricing.model_copy(update={"max_images": 5})
    settings = server.services.settings.model_copy(update={"removals": limits, "pricing": pricing})
    small = Server(services_for(server.services.db, server.services.urls.app, settings))
    async with (await small.person("ada")).client as client:

        async def code(*pictures: bytes, **fields: str) -> tuple[int, str]:
            answer = await batch(client, *pictures, **fields)
            return answer.status_code, answer.json().get("error", {}).get("code", "")

        assert await code() == (400, "MISSING_REQUIRED_FIELD")
        assert await code(*[picture()] * 6) == (413, "BATCH_TOO_LARGE")
        assert await code(*[picture()] * 5) == (429, "QUEUE_FULL")
        big = picture(size=(60, 50))
        assert 6_000 < len(big) < 10_000
        assert await code(big, big, big) == (413, "BATCH_TOO_LARGE")
        answer = await batch(client, picture(), bytes(10_001))
        items = answer.json()["error"]["details"]["items"]
        assert [(item["index"], item["code"]) for item in items] == [(1, "FILE_TOO_LARGE")]
        assert await code(picture(), name="x" * 201) == (400, "INVALID_INPUT")
        assert await code(picture(), skipInvalid="perhaps") == (400, "INVALID_INPUT")
        answer = await client.post(BATCH, json={"imageUrls": ["http://a.example"] * 6})
        assert answer.json()["error"]["code"] == "BATCH_TOO_LARGE"
        assert (await client.post(BATCH, json={})).json()["error"]["code"] == "MISSING_REQUIRED_FIELD"
        assert (await client.post(BATCH, json={"imageUrls": "x" * 5000})).status_code == 400
        assert (await client.post(BATCH, json={"images": [1]})).status_code == 400
        assert await stored_keys(small.services.storage) == set()


async def test_batches_are_found_by_status_quality_day_and_in_order(server: Server, ada: AsyncClient) -> None:
    made = {}
    for number, (name, tier) in enumerate((("b", "basic"), ("a", "standard"), ("c", "basic"))):
        answer = await batch(ada, picture(number), name=name, tier=tier)
        made[name] = answer.json()["batch"]
    await ada.delete(f"{BATCH}/{made['c']['id']}")

    async def names(**wanted: str) -> list[str]:
        found = await ada.get("/api/background-remover/batches", params=wanted)
        assert found.status_code == 200, found.text
        listed = [each["name"] for each in found.json()["batches"]]
        if "limit" not in wanted:
            assert found.json()["pagination"]["total"] == len(listed)
        return listed

    assert await names() == ["c", "a", "b"]
    assert await names(sort="createdAt") == ["b", "a", "c"]
    assert await names(sort="name") == ["a", "b", "c"]
    assert await names(sort="-completedAt") == ["c", "a", "b"]  # what has not ended comes last
    assert await names(sort="name", limit="1", page="2") == ["b"]
    assert await names(tier="basic") == ["c", "b"]
    assert await names(status="cancelled") == ["c"]
    assert await names(status="pending", tier="standard") == ["a"]
    assert await names(status="expired") == []
    moment = made["a"]["createdAt"]
    assert await names(**{"from": moment}) == ["c", "a"]
    assert await names(to=moment) == ["b"]
    for wrong in ({"status": "nice"}, {"sort": "size"}, {"from": "yesterday"}):
        assert (await ada.get("/api/background-remover/batches", params=wrong)).status_code == 422
    async with (await server.person("bob")).client as other:
        assert (await other.get("/api/background-remover/batches")).json()["batches"] == []


async def test_a_replay_is_the_same_answer(server: Server, ada: AsyncClient) -> None:
    headers = {"Idempotency-Key": "autumn"}
    pictures = [picture(number) for number in range(3)]
    answers = await asyncio.gather(*(batch(ada, *pictures, headers=headers) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    await Worker(server).work()
    assert (await batch(ada, *pictures, headers=headers)).content == answers[0].content
    other = await batch(ada, *reversed(pictures), headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert len([key for key in await stored_keys(server.services.storage) if key.startswith("uploads")]) == 3
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 91, "held": 0, "available": 91}


async def test_in_steps(server: Server, ada: AsyncClient) -> None:
    declared = {"files": [{"name": "a.png"}, {"name": "b.png", "size": 5}], "tier": "basic", "name": "steps"}
    made = await ada.post(f"{BATCH}/uploads", json=declared)
    assert made.status_code == 201, made.text
    assert made.json()["batch"]["started"] is False
    assert made.json()["pricing"]["finalCredits"] == 6
    where = made.headers["location"]
    assert (await ada.get("/api/credits/balance")).json()["held"] == 0

    async def put(place: object, data: bytes, **params: str) -> int:
        return (await ada.put(f"{where}/items/{place}", content=data, params=params)).status_code

    assert await put(0, picture(0)) == 200
    assert await put(2, picture(0)) == 404
    assert await put(-1, picture(0)) == 422
    assert await put("x", picture(0)) == 422
    assert await put(1, b"no picture") == 400
    assert await put(1, b"") == 400
    early = await ada.post(f"{where}/start")
    assert (early.status_code, early.json()["error"]["details"]["items"][0]["index"]) == (400, 1)
    assert await put(1, picture(1), name="c.png") == 200
    assert await put(1, picture(2), name="c.png") == 200  # again replaces it
    assert len(await stored_keys(server.services.storage)) == 2
    state = (await ada.get(where)).json()
    assert [(item["originalName"], item["uploaded"]) for item in state["items"]] == [
        ("a.png", True),
        ("c.png", True),
    ]
    starts = [await ada.post(f"{where}/start", headers={"Idempotency-Key": "go"}) for _ in range(2)]
    assert {start.status_code for start in starts} == {202}
    assert starts[0].content == starts[1].content
    assert (await ada.post(f"{where}/start")).status_code == 202
    assert (await ada.get("/api/credits/balance")).json()["held"] == 6
    assert await put(1, picture(1)) == 409
    await Worker(server).work()
    assert (await ada.get(where)).json()["batch"]["status"] == "completed"
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_as_many_files_of_as_long_names_as_are_allowed_can_be_declared(ada: AsyncClient) -> None:
    """Programs write JSON in ASCII: a cat outside the first plane is twelve bytes."""
    files = [{"name": "🐈" * 251 + ".png", "size": 2**20} for _ in range(500)]
    body = json.dumps({"files": files, "tier": "basic", "name": "🐈" * 200}, indent=1)
    told = {"Content-Type": "application/json"}
    made = await ada.post(f"{API}/batch/uploads", content=body, headers=told)
    assert (made.status_code, made.json()["batch"]["totalImages"]) == (201, 500)
    refused = await ada.post(f"{API}/batch/uploads", content=body + " " * 400_000, headers=told)
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "FILE_TOO_LARGE")


async def test_starting_without_the_missing_ones(ada: AsyncClient, server: Server) -> None:
    made = await ada.post(f"{BATCH}/uploads", json={"files": [{"name": "a"}, {"name": "b"}], "tier": "basic"})
    where = made.headers["location"]
    await ada.put(f"{where}/items/1", content=picture())
    started = await ada.post(f"{where}/start", json={"skipMissing": True})
    assert (started.status_code, started.json()["pricing"]["finalCredits"]) == (202, 3)
    await Worker(server).work()
    assert (await ada.get(where)).json()["batch"]["cancelledImages"] == 1
    for bad in ({"files": []}, {"files": [{"name": "a\x00"}]}, {"files": [{"name": "a", "size": -1}]}, {}):
        assert (await ada.post(f"{BATCH}/uploads", json=bad)).status_code == 422


async def test_cancelling_and_deleting(server: Server, ada: AsyncClient) -> None:
    made = await batch(ada, picture(0), picture(1))
    where = made.headers["location"]
    assert (await ada.delete(where, params={"files": "true"})).status_code == 409
    for _ in range(2):
        answer = await ada.delete(where)
        assert (answer.status_code, answer.json()["batch"]["status"]) == (200, "cancelled")
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 100, "held": 0, "available": 100}
    done = f"{BATCH}/{await completed_batch(server, ada)}"
    assert (await ada.delete(done)).status_code == 409  # a cancel that comes late deletes nothing
    assert (await ada.get(done)).status_code == 200
    for each in (where, done):
        assert (await ada.delete(each, params={"files": "true"})).status_code == 200
        assert (await ada.get(each)).status_code == 404
    assert await stored_keys(server.services.storage) == set()


async def test_the_archive(server: Server, ada: AsyncClient) -> None:
    names = ("cat.png", "CAT.png", "cat.jpg", "../../etc/passwd", "con.png", "é?.png", "lost.png", "bad.png")
    files = [("images", (name, picture(number), "image/png")) for number, name in enumerate(names)]
    made = await ada.post(BATCH, files=files, data={"tier": "basic", "name": 'Autumn/"26'})
    where = made.headers["location"]
    early = await ada.get(f"{where}/download")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "NOTHING_READY")
    worker = Worker(server)
    worker.engine.fail.add(picture(7))
    await worker.work()
    items = (await ada.get(where)).json()["items"]
    lost = items[6]["processedUrl"].partition("?")[0].removeprefix("/storage/background-remover/")
    await server.services.storage.delete([lost])
    answer = await ada.get(f"{where}/download")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="removed-Autumn__26.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "removed-cat.png",
        "removed-CAT (2).png",
        "removed-cat (3).png",
        "removed-passwd.png",
        "removed-con.png",
        "removed-é_.png",
        "manifest.json",
    ]
    manifest = json.loads(archive.read("manifest.json"))
    for line in manifest["images"][:6]:
        content = archive.read(line["file"])
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
        assert len(content) == line["sizeBytes"]
    assert [line["error"]["code"] for line in manifest["images"][6:]] == [
        "FILE_MISSING",
        "UNKNOWN_FOREGROUND",
    ]
    assert [line["file"] for line in manifest["images"][6:]] == [None, None]
    await _check_link_and_parts(server, ada, where, answer.content)
    link = (await ada.get(f"{where}/download", params={"format": "json"})).json()["url"]
    async with server.services.db.transaction() as tx:
        await tx.execute(update(jobs).values(status="expired"))
    for over in (await ada.get(f"{where}/download"), await ada.get(link)):
        assert (over.status_code, over.json()["error"]["code"]) == (410, "FILE_EXPIRED")


async def _check_link_and_parts(server: Server, ada: AsyncClient, where: str, content: bytes) -> None:
    told = (await ada.get(f"{where}/download", params={"format": "json"})).json()
    assert (told["sizeBytes"], told["files"]) == (len(content), 6)
    async with server.client() as nobody:
        whole = await nobody.get(told["url"])
        assert whole.content == content
        part = await nobody.get(told["url"], headers={"Range": "bytes=1000-"})
        assert (part.status_code, part.content) == (206, content[1000:])
        fresh = await nobody.get(told["url"], headers={"If-None-Match": whole.headers["etag"]})
        assert fresh.status_code == 304
        assert (await nobody.get(told["url"].partition("?")[0])).status_code == 401
    async with (await server.person("bob")).client as stranger:
        assert (await stranger.get(told["url"].partition("?")[0])).status_code == 404
    assert (await ada.get(told["url"].partition("?")[0])).content == content


async def test_what_is_not_there(ada: AsyncClient) -> None:
    path = f"{BATCH}/{uuid4()}"
    for answer in (
        await ada.get(path),
        await ada.get(f"{path}/download"),
        await ada.get(f"{path}/events"),
        await ada.delete(path),
        await ada.post(f"{path}/start"),
        await ada.put(f"{path}/items/0", content=b"x"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
