"""A composition behind a link for others: free, one a job, and gone with the job."""

import io

import pytest
from httpx import AsyncClient
from PIL import Image

from support.api import Person, Server
from support.removal_api import API, Worker, remove, stored_keys

RED = (200, 16, 16)


@pytest.fixture
async def person(server: Server) -> Person:
    return await server.person("ada")


async def done(server: Server, client: AsyncClient) -> str:
    job = (await remove(client)).json()["job"]["id"]
    await Worker(server).work()
    return job


async def shared(client: AsyncClient, job: str, **wanted: str) -> dict[str, str]:
    answer = await client.post(f"{API}/jobs/{job}/share", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_stranger_sees_what_was_composed(server: Server, person: Person) -> None:
    async with person.client as client, server.client() as stranger:
        job = await done(server, client)
        before = (await client.get("/api/credits/balance")).json()
        told = await shared(client, job, format="jpeg", backgroundColor="#c81010")
        answer = await stranger.get(told["url"])
        assert answer.headers["content-type"] == "image/jpeg"
        assert len(answer.content) == told["sizeBytes"]
        pixel = Image.open(io.BytesIO(answer.content)).convert("RGB").getpixel((39, 0))
        assert max(abs(a - b) for a, b in zip(pixel, RED, strict=True)) < 8
        assert (await stranger.get(told["url"].replace("signature=", "signature=A"))).status_code == 403
        assert (await client.get("/api/credits/balance")).json() == before
        own = (await client.get(f"{API}/jobs/{job}")).json()["job"]["processedUrl"]
        assert (await stranger.get(own)).headers["content-type"] == "image/png"


async def test_the_next_takes_the_place_of_the_last_and_all_go_with_the_job(
    server: Server, person: Person
) -> None:
    async with person.client as client:
        job = await done(server, client)
        kept = await stored_keys(server.services.storage)
        first = await shared(client, job, format="webp")
        second = await shared(client, job, format="jpeg", backgroundColor="#ffffff")
        assert (await client.get(first["url"])).status_code == 404
        assert (await client.get(second["url"])).status_code == 200
        again = await shared(client, job, format="jpeg", backgroundColor="#ffffff")
        assert again["url"].partition("?")[0] == second["url"].partition("?")[0]  # what was sent goes on
        assert len(await stored_keys(server.services.storage)) == len(kept) + 1
        await client.delete(f"{API}/jobs/{job}")
        assert await stored_keys(server.services.storage) == set()
