"""A matte edited by hand: the result follows it, nothing is charged, and the model's own comes back."""

import io

import numpy as np
import pytest
from httpx import AsyncClient
from PIL import Image

from lumiku.engine.types import U8
from lumiku.storage.base import Content
from lumiku.storage.errors import StorageUnavailable
from support.api import Person, Server
from support.removal_api import API, Worker, picture, remove, stored_keys


@pytest.fixture
async def person(server: Server) -> Person:
    return await server.person("ada")


def png(pixels: U8) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def top_half(job: dict[str, dict[str, int]], *channels: int) -> U8:
    matte = np.zeros((job["metadata"]["height"], job["metadata"]["width"], *channels), np.uint8)
    matte[: matte.shape[0] // 2] = 255
    return matte


async def alpha_of(client: AsyncClient, job: dict[str, str]) -> U8:
    answer = await client.get(job["processedUrl"])
    return np.array(Image.open(io.BytesIO(answer.content)).convert("RGBA"))[..., 3]


async def done(server: Server, client: AsyncClient) -> dict[str, object]:
    job = (await remove(client)).json()["job"]
    await Worker(server).work()
    return (await client.get(f"{API}/jobs/{job['id']}")).json()["job"]


async def test_the_result_follows_the_edited_matte_and_goes_back_to_the_models(
    server: Server, person: Person
) -> None:
    async with person.client as client:
        job = await done(server, client)
        where = f"{API}/jobs/{job['id']}/matte"
        stored = await stored_keys(server.services.storage)
        before = (await client.get("/api/credits/balance")).json()
        for channels in ((), (3,), (4,)):  # a canvas has colour channels
            edited = (await client.put(where, content=png(top_half(job, *channels)))).json()["job"]
            alpha = await alpha_of(client, edited)
            assert (alpha == top_half(job)).all(), channels
        assert edited["processedUrl"] != job["processedUrl"]
        assert (job["metadata"]["matteEdited"], edited["metadata"]["matteEdited"]) == (False, True)
        assert edited["metadata"]["sha256"] != job["metadata"]["sha256"]
        assert len(await stored_keys(server.services.storage)) == len(stored) + 1  # the model's matte
        restored = (await client.delete(where)).json()["job"]
        assert not restored["metadata"]["matteEdited"]
        alpha = await alpha_of(client, restored)
        assert (alpha[:, : alpha.shape[1] // 2] == 255).all()  # the left half is what this model finds
        assert (alpha[:, alpha.shape[1] // 2 :] == 0).all()
        assert len(await stored_keys(server.services.storage)) == len(stored)
        assert (await client.delete(where)).status_code == 409
        assert (await client.get("/api/credits/balance")).json() == before
        assert (await client.get(job["processedUrl"])).status_code == 404


async def test_an_edit_of_what_was_edited_elsewhere_meanwhile_is_refused(
    server: Server, person: Person
) -> None:
    async with person.client as client:
        job = await done(server, client)
        where, first = f"{API}/jobs/{job['id']}/matte", {"basedOn": job["metadata"]["sha256"]}
        edited = await client.put(where, content=png(top_half(job)), params=first)
        assert edited.status_code == 200
        stored = await stored_keys(server.services.storage)
        again = await client.put(where, content=png(top_half(job)[::-1]), params=first)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "MATTE_CHANGED")
        assert await stored_keys(server.services.storage) == stored
        second = {"basedOn": edited.json()["job"]["metadata"]["sha256"]}
        assert (await client.put(where, content=png(top_half(job)), params=second)).status_code == 200


async def test_both_mattes_are_deleted_with_the_job(server: Server, person: Person) -> None:
    async with person.client as client:
        job = await done(server, client)
        await client.put(f"{API}/jobs/{job['id']}/matte", content=png(top_half(job)))
        assert len([key for key in await stored_keys(server.services.storage) if "mattes" in key]) == 2
        await client.delete(f"{API}/jobs/{job['id']}")
        assert await stored_keys(server.services.storage) == set()


async def test_what_is_no_matte_of_this_picture_is_refused(server: Server, person: Person) -> None:
    async with person.client as client:
        job = await done(server, client)
        where = f"{API}/jobs/{job['id']}/matte"
        good = top_half(job)
        jpeg = io.BytesIO()
        Image.fromarray(good).save(jpeg, "JPEG")
        wrong = (
            b"",
            b"not a picture",
            png(good)[:60],
            png(good[1:]),
            png(np.zeros_like(good)),
            jpeg.getvalue(),
        )
        stored = await stored_keys(server.services.storage)
        for content in wrong:
            answer = await client.put(where, content=content)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_INPUT")
        waiting = (await remove(client, picture(7))).json()["job"]
        await client.post(f"{API}/jobs/{waiting['id']}/cancel")
        assert (await client.put(f"{API}/jobs/{waiting['id']}/matte", content=png(good))).status_code == 409
        assert len(await stored_keys(server.services.storage)) <= len(stored) + 1


async def test_a_storage_that_fails_half_way_keeps_nothing_of_an_edit(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with person.client as client:
        job = await done(server, client)
        storage = server.services.storage
        stored, put = await stored_keys(storage), storage.put

        async def no_mattes(key: str, content: Content) -> int:
            if key.startswith("mattes"):
                raise StorageUnavailable("away")
            return await put(key, content)

        monkeypatch.setattr(storage, "put", no_mattes)
        answer = await client.put(f"{API}/jobs/{job['id']}/matte", content=png(top_half(job)))
        assert answer.status_code == 503
        assert await stored_keys(storage) == stored
