"""A composition behind a link for others: free, one a job, and gone with the job."""

import io
import re
from datetime import timedelta

import pytest
from httpx import AsyncClient
from PIL import Image
from sqlalchemy import update

from lumiku.api.links import SHARED_PREFIX
from lumiku.removals.tables import background_removal_jobs
from lumiku.storage.signing import PREFIX, sign_url
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


async def test_its_owner_stops_sharing_and_all_links_end_at_once(server: Server, person: Person) -> None:
    storage = server.services.storage
    async with person.client as client, server.client() as stranger:
        job = await done(server, client)
        kept = await stored_keys(storage)
        told = await shared(client, job, format="webp")
        assert (await client.get(f"{API}/jobs/{job}")).json()["job"]["sharedUntil"] == told["expiresAt"]
        seen = await stranger.get(told["url"])
        assert seen.status_code == 200
        assert seen.headers["cache-control"] == "private, no-cache"  # asked for anew each time
        async with (await server.person("bob")).client as other:
            assert (await other.delete(f"{API}/jobs/{job}/share")).status_code == 404
        assert (await stranger.delete(f"{API}/jobs/{job}/share")).status_code == 401
        assert (await stranger.get(told["url"])).status_code == 200
        for _ in range(2):  # again, it changes nothing
            ended = await client.delete(f"{API}/jobs/{job}/share")
            assert (ended.status_code, ended.json()["job"]["sharedUntil"]) == (200, None)
        for who in (stranger, client):
            gone = await who.get(told["url"], headers={"If-None-Match": seen.headers["etag"]})
            assert (gone.status_code, gone.json()["error"]["code"]) == (404, "FILE_MISSING")
        assert await stored_keys(storage) == kept
        own = (await client.get(f"{API}/jobs/{job}")).json()["job"]["processedUrl"]
        assert (await client.get(own)).headers["cache-control"] == "private, max-age=3600"
        anew = await shared(client, job, format="webp")
        assert (await stranger.get(anew["url"])).status_code == 200
        assert (await stranger.get(told["url"])).status_code == 404  # the old link stays ended


async def test_links_end_even_where_the_bytes_are_still_there(server: Server, person: Person) -> None:
    async with person.client as client, server.client() as stranger:
        job = await done(server, client)
        told = await shared(client, job, format="webp")
        key = "outputs/" + told["url"].removeprefix(SHARED_PREFIX).partition("?")[0]
        data = await server.services.storage.get(key)
        await client.delete(f"{API}/jobs/{job}/share")
        await server.services.storage.put(key, data)
        assert (await stranger.get(told["url"])).status_code == 404


async def test_the_result_itself_is_shared_as_it_is(server: Server, person: Person) -> None:
    async with person.client as client, server.client() as stranger:
        job = await done(server, client)
        own = (await client.get(f"{API}/jobs/{job}")).json()["job"]["processedUrl"]
        told = await shared(client, job, stored="true")
        assert told["url"].partition("?")[0].rpartition("/")[2] != own.partition("?")[0].rpartition("/")[2]
        seen = await stranger.get(told["url"])
        assert seen.content == (await client.get(own)).content
        again = await shared(client, job, stored="true")
        assert again["url"].partition("?")[0] == told["url"].partition("?")[0]
        mixed = await client.post(f"{API}/jobs/{job}/share", json={"stored": True, "format": "jpeg"})
        assert (mixed.status_code, mixed.json()["error"]["code"]) == (400, "INVALID_INPUT")
        assert (await client.post(f"{API}/jobs/{job}/compose", json={"stored": True})).status_code == 400


async def test_the_result_is_shared_for_as_long_as_it_is_kept(server: Server, person: Person) -> None:
    jobs, db = background_removal_jobs, server.services.db
    async with person.client as client:
        job = await done(server, client)
        async with db.transaction() as tx:
            await tx.execute(update(jobs).values(source_expired_at=server.services.clock()))
        told = await shared(client, job, stored="true")
        assert (await client.get(told["url"])).status_code == 200
        for path in ("share", "compose"):
            anew = await client.post(f"{API}/jobs/{job}/{path}", json={"format": "webp"})
            assert (anew.status_code, anew.json()["error"]["code"]) == (410, "FILE_EXPIRED")
        async with db.transaction() as tx:
            await tx.execute(update(jobs).values(status="expired"))
        over = await client.post(f"{API}/jobs/{job}/share", json={"stored": True})
        assert (over.status_code, over.json()["error"]["code"]) == (410, "FILE_EXPIRED")


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_person_is_told_in_words_what_a_program_is_told_in_json(
    server: Server, person: Person
) -> None:
    async with person.client as client, server.client() as stranger:
        job = await done(server, client)
        told = await shared(client, job, format="webp")
        own = (await client.get(f"{API}/jobs/{job}")).json()["job"]["processedUrl"]
        seen = await stranger.get(told["url"], headers=BROWSER)
        assert (seen.status_code, seen.headers["content-type"]) == (200, "image/webp")
        unlisted = [seen]
        # A link to a file of somebody's own is none to what is shared, and never a page.
        other = await stranger.get(own.replace(f"{PREFIX}outputs/", SHARED_PREFIX))
        assert (other.status_code, other.json()["error"]["code"]) == (404, "FILE_MISSING")
        await client.delete(f"{API}/jobs/{job}/share")
        past = server.services.clock() - timedelta(days=9)
        path = told["url"].partition("?")[0]
        signed = sign_url(
            server.services.secrets,
            f"outputs/{path.removeprefix(SHARED_PREFIX)}",
            "a.webp",
            now=past,
            lifetime_s=300,
        )
        expired = SHARED_PREFIX + signed.removeprefix(f"{PREFIX}outputs/")
        ended = {
            told["url"]: (404, "FILE_MISSING", "no longer shared", "tidak lagi dibagikan"),
            expired: (410, "LINK_EXPIRED", "has expired", "sudah kedaluwarsa"),
            path: (403, "FORBIDDEN", "not complete", "tidak lengkap"),
            f"{path}?expires=soon&signature=x": (403, "FORBIDDEN", "not complete", "tidak lengkap"),
        }
        for url, (status, code, *titles) in ended.items():
            program = await stranger.get(url)
            assert (program.status_code, program.json()["error"]["code"]) == (status, code), url
            for language, title in zip(("en-GB,en", "id-ID,id;q=0.9,en;q=0.1"), titles, strict=True):
                page = await stranger.get(url, headers={**BROWSER, "Accept-Language": language})
                assert (page.status_code, page.headers["content-type"]) == (
                    status,
                    "text/html; charset=utf-8",
                )
                assert title in page.text
                assert f'<html lang="{language[:2]}">' in page.text
                assert "unsafe" not in page.headers["content-security-policy"]
                assert "ada" not in re.findall(r"[a-z]+", page.text.lower())  # nothing of whose it was
                assert page.headers["cache-control"] == "no-store"
                assert {"Accept", "Accept-Language", "Cookie"} <= set(page.headers["vary"].split(", "))
                unlisted.append(page)
            unlisted.append(program)
        for answer in (*unlisted, await stranger.get(own)):
            assert answer.headers["x-robots-tag"] == "noindex"
            assert answer.headers["referrer-policy"] == "no-referrer"
        # What is stored is for programs, whoever asks.
        stored = await stranger.get(own.replace("signature=", "signature=A"), headers=BROWSER)
        assert stored.json()["error"]["code"] == "FORBIDDEN"
