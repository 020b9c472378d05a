"""One picture over HTTP: every way of sending it, waiting for it, sending it twice, and what is refused."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from PIL import Image

from lumiku.removals.settings import RemovalsSettings
from support.api import Server, services_for, settings_for
from support.credits import LATER
from support.removal_api import API, Worker, completed_job, picture, remove, stored_keys
from support.removals import what_is_wrong
from support.submissions import everything

PATH = f"{API}/remove"


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def test_it_waits_and_answers_with_the_whole_job(server: Server, ada: AsyncClient) -> None:
    async with Worker(server).running():
        answer = await ada.post(
            PATH, files={"image": ("Ünder café.png", picture(), "image/png")}, data={"tier": "basic"}
        )
    job = answer.json()["job"]
    assert answer.status_code == 200
    assert (job["status"], job["tier"], job["creditsUsed"], job["pricingType"]) == (
        "completed",
        "basic",
        3,
        "credits",
    )
    facts = job["metadata"]
    assert (facts["width"], facts["height"], facts["format"]) == (40, 30, "png")
    assert facts["originalSize"] == len(picture())
    assert job["error"] is None
    assert job["originalName"] == "Ünder café.png"
    for name, kind, mode in (
        ("originalUrl", "image/png", "RGB"),
        ("processedUrl", "image/png", "RGBA"),
        ("thumbnailUrl", "image/webp", "RGBA"),
    ):
        async with server.client() as nobody:
            file = await nobody.get(job[name])
        assert (file.status_code, file.headers["content-type"]) == (200, kind)
        assert Image.open(io.BytesIO(file.content)).mode == mode
        assert "caf%C3%A9" in file.headers["content-disposition"]
    file = await ada.get(job["processedUrl"])
    assert len(file.content) == facts["processedSize"]
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 97, "held": 0, "available": 97}
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_without_the_time_to_wait_it_says_where_to_ask(server: Server, ada: AsyncClient) -> None:
    answer = await remove(ada)
    assert answer.status_code == 202
    where = answer.headers["location"]
    assert where == f"{API}/jobs/{answer.json()['job']['id']}"
    assert (await ada.get(where)).json()["job"]["status"] == "pending"
    assert (await ada.get("/api/credits/balance")).json()["held"] == 3
    await Worker(server).work()
    assert (await ada.get(where)).json()["job"]["status"] == "completed"


async def test_a_wait_that_is_none_is_refused(server: Server, ada: AsyncClient) -> None:
    image = base64.b64encode(picture()).decode()
    for wait in ("1" + "0" * 400, "1e999", "NaN", "-1", "61", '"nan"', '"1e999"', "[]"):
        body = f'{{"image": "{image}", "tier": "basic", "wait": {wait}}}'
        answer = await ada.post(PATH, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["details"]) == (400, {"field": "wait"}), wait
    for wait in ("nan", "1e999", "1" + "0" * 400):
        answer = await ada.post(PATH, params={"wait": wait}, json={"image": image, "tier": "basic"})
        assert answer.status_code == 422, wait


async def test_the_wait_ends_when_the_process_is_to_stop(server: Server, ada: AsyncClient) -> None:
    asking = asyncio.create_task(
        ada.post(PATH, params={"wait": 60}, files={"image": ("a.png", picture(), "image/png")})
    )
    await asyncio.sleep(0.3)
    assert not asking.done()
    server.app.state.parts.closing.set()
    assert (await asking).status_code == 202


async def test_options_reach_the_job(server: Server, ada: AsyncClient) -> None:
    answer = await remove(ada, format="webp", quality="70", crop="true", cropMargin="5%", shadowOpacity="0.5")
    assert answer.json()["job"]["options"] == {
        "format": "webp",
        "quality": 70,
        "crop": True,
        "crop_margin": "5%",
        "shadow_opacity": 0.5,
    }
    files = [
        ("image", ("cat.png", picture(), "image/png")),
        ("backgroundImage", ("beach.png", picture(1), "image/png")),
    ]
    answer = await ada.post(PATH, files=files, data={"tier": "basic", "wait": "0"})
    assert answer.status_code == 202
    assert answer.json()["job"]["options"] == {}  # keys of stored files are nobody's business
    assert len(await stored_keys(server.services.storage)) == 3


REFUSED = [
    ({"tier": "luxury"}, 400, "INVALID_INPUT"),
    ({"tier": "luxury", "wait": "0"}, 400, "INVALID_INPUT"),
    ({"wait": "soon"}, 400, "INVALID_INPUT"),
    ({"wait": "-1"}, 400, "INVALID_INPUT"),
    ({"wait": "nan"}, 400, "INVALID_INPUT"),
    ({"quality": "0"}, 400, "INVALID_INPUT"),
    ({"quality": "high"}, 400, "INVALID_INPUT"),
    ({"qualty": "90"}, 400, "INVALID_INPUT"),
    ({"model": "u2net"}, 400, "INVALID_INPUT"),
    ({"backgroundColor": "#12"}, 400, "INVALID_INPUT"),
    ({"backgroundColor": "red", "backgroundBlur": "5"}, 400, "INVALID_INPUT"),
    ({"size": "999999x999999"}, 400, "INVALID_INPUT"),
    ({"imageUrl": "https://example.com/cat.jpg"}, 400, "INVALID_INPUT"),
    ({"background_image_key": "uploads/x"}, 400, "INVALID_INPUT"),
]


@pytest.mark.parametrize(("fields", "status", "code"), REFUSED)
async def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    server: Server, ada: AsyncClient, fields: dict[str, str], status: int, code: str
) -> None:
    before = await everything(server.services.db)
    answer = await ada.post(
        PATH, files={"image": ("cat.png", picture(), "image/png")}, data={"wait": "0", **fields}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert await everything(server.services.db) == before
    assert await stored_keys(server.services.storage) == set()


async def test_bodies_that_are_none(server: Server, ada: AsyncClient) -> None:
    async def code(**request: object) -> tuple[int, str]:
        answer = await ada.post(PATH, **request)  # type: ignore[arg-type]
        return answer.status_code, answer.json()["error"]["code"]

    form = "multipart/form-data; boundary=x"
    assert await code() == (400, "INVALID_INPUT")
    assert await code(json={}) == (400, "MISSING_REQUIRED_FIELD")
    assert await code(json=[1]) == (400, "INVALID_INPUT")
    assert await code(json={"image": 5}) == (400, "INVALID_INPUT")
    assert await code(json={"image": "???"}) == (400, "INVALID_INPUT")
    assert await code(json={"image": base64.b64encode(b"hello").decode()}) == (400, "INVALID_FILE_TYPE")
    assert await code(json={"imageUrl": "http://127.0.0.1/cat.png"}) == (400, "SOURCE_REFUSED")
    assert await code(json={"imageUrl": ["http://a.example"]}) == (400, "INVALID_INPUT")
    assert await code(content=b"{", headers={"content-type": "application/json"}) == (400, "INVALID_INPUT")
    deep = b'{"a":' + b"[" * 100_000
    assert await code(content=deep, headers={"content-type": "application/json"}) == (400, "INVALID_INPUT")
    assert await code(content=b"x", headers={"content-type": "text/plain"}) == (400, "INVALID_INPUT")
    assert await code(data={"image": ""}) == (400, "MISSING_REQUIRED_FIELD")
    assert await code(files={"image": ("", b"", "image/png")}) == (400, "MISSING_REQUIRED_FIELD")
    assert await code(files={"image": ("empty.png", b"", "image/png")}) == (400, "INVALID_FILE_TYPE")
    assert await code(files={"picture": ("a.png", picture(), "image/png")}) == (400, "INVALID_INPUT")
    two = [("image", ("a.png", picture(), "image/png"))] * 2
    assert await code(files=two) == (400, "INVALID_INPUT")
    assert await code(content=b"", headers={"content-type": "multipart/form-data"}) == (400, "INVALID_INPUT")
    cut = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc'
    for body in (
        cut,
        b"",
        b"--y--",
        b"--x\r\n\r\n\r\n--x--",
        b"--x\r\nContent-Disposition: form-data\r\n\r\n",
    ):
        assert await code(content=body, headers={"content-type": form}) == (400, "INVALID_INPUT")
    assert await stored_keys(server.services.storage) == set()


async def test_too_large_is_413_and_read_no_further(server: Server) -> None:
    settings = server.services.settings.model_copy(update={"removals": RemovalsSettings(max_bytes=100_000)})
    small = Server(services_for(server.services.db, server.services.urls.app, settings))
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
        while sent < 100_000_000:
            sent += 65_536
            yield bytes(65_536)

    async with (await small.person("ada")).client as client:
        answer = await remove(client, bytes(100_001))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "FILE_TOO_LARGE")
        headers = {"content-type": "multipart/form-data; boundary=x"}
        answer = await client.post(PATH, content=endless(), headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "FILE_TOO_LARGE")
        assert sent < 2_000_000
        encoded = base64.b64encode(bytes(100_100)).decode()
        answer = await client.post(PATH, json={"image": encoded})
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "FILE_TOO_LARGE")
    assert await stored_keys(small.services.storage) == set()


async def test_without_the_credits_nothing_stays(server: Server, ada: AsyncClient) -> None:
    for _ in range(4):
        assert (await remove(ada, tier="industry")).status_code == 202
    before = await everything(server.services.db), await stored_keys(server.services.storage)
    answer = await remove(ada)
    assert answer.status_code == 402
    assert answer.json()["error"]["details"] == {"required": 3, "available": 0}
    assert (await everything(server.services.db), await stored_keys(server.services.storage)) == before


async def test_twins_with_a_key_are_one_job(server: Server, ada: AsyncClient) -> None:
    async def send(**fields: str) -> tuple[int, str]:
        files = {"image": ("cat.png", picture(), "image/png")}
        form = {"tier": "basic", "wait": "0", **fields}
        answer = await ada.post(PATH, files=files, data=form, headers={"Idempotency-Key": "cat-1"})
        body = answer.json()
        return answer.status_code, body["job"]["id"] if "job" in body else body["error"]["code"]

    answers = await asyncio.gather(*(send() for _ in range(8)))
    assert {status for status, _ in answers} == {202}
    assert len({job for _, job in answers}) == 1
    assert len(await stored_keys(server.services.storage)) == 1  # the replays' copies are gone
    assert (await ada.get("/api/credits/balance")).json()["held"] == 3
    assert await send(quality="80") == (409, "IDEMPOTENCY_CONFLICT")
    await Worker(server).work()
    assert await send() == (200, answers[0][1])
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 97, "held": 0, "available": 97}


async def test_a_replay_is_the_stored_answer_when_the_job_is_deleted(
    server: Server, ada: AsyncClient
) -> None:
    async def send(path: str, **given: object) -> tuple[int, str, str, str]:
        answer = await ada.post(path, headers={"Idempotency-Key": "cat-1"}, **given)
        job = answer.json()["job"]
        return answer.status_code, answer.headers["location"], job["id"], job["status"]

    files = {"image": ("cat.png", picture(), "image/png")}
    first = await send(PATH, files=files, data={"tier": "basic", "wait": "0"})
    where = first[1]
    await ada.post(f"{where}/cancel")
    again = await send(f"{where}/retry")
    await ada.post(f"{where}/cancel")
    assert (await ada.delete(where)).status_code == 200
    assert (await ada.get(where)).status_code == 404
    assert await send(PATH, files=files, data={"tier": "basic", "wait": "0"}) == first
    assert await send(f"{where}/retry") == again
    assert await stored_keys(server.services.storage) == set()


async def test_a_picture_without_a_subject_fails_and_costs_nothing(server: Server, ada: AsyncClient) -> None:
    worker = Worker(server)
    worker.engine.fail.add(picture())
    async with worker.running():
        answer = await ada.post(PATH, files={"image": ("cat.png", picture(), "image/png")})
    job = answer.json()["job"]
    assert (answer.status_code, job["status"], job["error"]["code"]) == (200, "failed", "UNKNOWN_FOREGROUND")
    assert job["creditsUsed"] == job["creditsHeld"] == 0
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 100, "held": 0, "available": 100}
    again = await ada.post(f"{API}/jobs/{job['id']}/retry", headers={"Idempotency-Key": "again"})
    assert (again.status_code, again.json()["job"]["status"]) == (202, "pending")
    worker.engine.fail.clear()
    await worker.work()
    replayed = await ada.post(f"{API}/jobs/{job['id']}/retry", headers={"Idempotency-Key": "again"})
    assert (replayed.status_code, replayed.json()["job"]["status"]) == (202, "completed")
    assert (await ada.post(f"{API}/jobs/{job['id']}/retry")).status_code == 409
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_lists_and_filters(server: Server, ada: AsyncClient) -> None:
    empty = (await ada.get(f"{API}/jobs")).json()
    assert empty == {"jobs": [], "pagination": {"page": 1, "limit": 20, "total": 0, "pages": 0}}
    first = await completed_job(server, ada)
    await remove(ada, tier="standard")

    async def found(**params: object) -> list[str]:
        answer = await ada.get(f"{API}/jobs", params=params)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return [job["tier"] for job in answer.json()["jobs"]]

    assert await found() == ["standard", "basic"]
    assert await found(sort="createdAt") == ["basic", "standard"]
    assert await found(status="pending") == ["standard"]
    assert await found(tier="basic") == ["basic"]
    assert await found(limit=1, page=2) == ["basic"]
    assert await found(type="batch") == []
    assert await found(to=first["createdAt"]) == []
    assert await found(**{"from": first["createdAt"]}) == ["standard", "basic"]
    assert await found(**{"from": LATER.isoformat()}) == []
    for bad in (
        {"limit": 101},
        {"page": 0},
        {"status": "lost"},
        {"tier": "x"},
        {"sort": "price"},
        {"from": "1"},
    ):
        assert (await ada.get(f"{API}/jobs", params=bad)).status_code == 422


async def test_cancel_and_delete(server: Server, ada: AsyncClient) -> None:
    waiting = (await remove(ada)).json()["job"]["id"]
    for _ in range(2):
        answer = await ada.post(f"{API}/jobs/{waiting}/cancel")
        assert (answer.status_code, answer.json()["job"]["status"]) == (200, "cancelled")
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 100, "held": 0, "available": 100}
    done = await completed_job(server, ada)
    assert (await ada.post(f"{API}/jobs/{done['id']}/cancel")).status_code == 409
    assert (await ada.delete(f"{API}/jobs/{done['id']}")).status_code == 200
    assert (await ada.delete(f"{API}/jobs/{waiting}")).status_code == 200
    assert (await ada.get(f"{API}/jobs/{done['id']}")).status_code == 404
    assert (await ada.get(done["processedUrl"])).json()["error"]["code"] == "FILE_MISSING"
    assert await stored_keys(server.services.storage) == set()
    running = (await remove(ada)).json()["job"]["id"]
    assert (await ada.delete(f"{API}/jobs/{running}")).json()["job"]["status"] == "cancelled"
    stats = (await ada.get(f"{API}/stats")).json()
    assert (stats["totalProcessed"], stats["creditsSpent"], stats["creditBalance"]) == (1, 3, 97)


async def test_composing_again_is_free(server: Server, ada: AsyncClient) -> None:
    job = await completed_job(server, ada)
    path = f"{API}/jobs/{job['id']}/compose"
    red = await ada.post(path, json={"backgroundColor": "#ff0000", "format": "jpeg"})
    assert (red.status_code, red.headers["content-type"]) == (200, "image/jpeg")
    assert red.headers["content-disposition"] == 'inline; filename="removed-cat.jpg"'
    right = Image.open(io.BytesIO(red.content)).getpixel((38, 15))
    assert isinstance(right, tuple)
    assert right[0] > 240
    assert right[1] < 20
    beach = await ada.post(path, files={"backgroundImage": ("b.png", picture(5), "image/png")})
    assert (beach.status_code, beach.headers["content-type"]) == (200, "image/png")
    for bad in ({"format": "tiff"}, {"backgroundImage": "!"}, {"unknown": 1}):
        assert (await ada.post(path, json=bad)).status_code == 400
    text = base64.b64encode(b"no picture").decode()
    for asked in (
        {"json": {"backgroundImage": text}},
        {"files": {"backgroundImage": ("empty.jpg", b"", "image/jpeg")}},
    ):
        error = (await ada.post(path, **asked)).json()["error"]
        assert (error["code"], error["details"]["option"]) == ("INVALID_FILE_TYPE", "background_image")
        assert error["message"].startswith("The background image cannot be used")
    assert (await ada.get("/api/credits/balance")).json()["balance"] == 97
    waiting = (await remove(ada)).json()["job"]["id"]
    assert (await ada.post(f"{API}/jobs/{waiting}/compose", json={})).status_code == 409
    await server.services.storage.delete(
        [key for key in await stored_keys(server.services.storage) if key.startswith("mattes")]
    )
    gone = await ada.post(path, json={})
    assert (gone.status_code, gone.json()["error"]["code"]) == (410, "FILE_EXPIRED")


async def test_an_open_server_charges_nothing(server: Server) -> None:
    settings = settings_for(server.services.settings.server.data)
    opened = settings.server.model_copy(update={"open": True})
    services = services_for(
        server.services.db,
        server.services.urls.app,
        settings.model_copy(update={"server": opened}),
    )
    one = Server(services)
    async with one.client(Host="localhost") as client:
        answer = await remove(client)
        assert (answer.status_code, answer.json()["job"]["pricingType"]) == (202, "free")
        await Worker(one).work()
        job = (await client.get(answer.headers["location"])).json()["job"]
        assert (job["status"], job["creditsUsed"]) == ("completed", 0)
