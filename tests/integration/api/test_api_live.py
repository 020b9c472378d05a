"""One stream for all that an account does: it begins with a resync, tells each change, and nobody else's."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient

from lumiku.api import streaming
from lumiku.api.routes import events, live
from support.api import Person, Server
from support.http_server import listening
from support.removal_api import API, Worker, batch, picture, remove

Told = tuple[str, dict[str, Any]]


@pytest.fixture
async def person(server: Server) -> Person:
    return await server.person("ada")


@asynccontextmanager
async def following(server: Server, person: Person) -> AsyncIterator[AsyncClient]:
    """A real server that hears of every change, and this person as its client."""
    headers = {"Authorization": f"Bearer {person.token}"}
    async with (
        asyncio.timeout(60),
        listening(server.app) as port,
        AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client,
    ):
        with server.app.state.parts.events.watch_account(person.user.id) as changes:
            changes.take()
            await changes.woken.wait()  # the process listens now, so that nothing is missed
        yield client
    await server.app.state.parts.events.close()


async def told(client: AsyncClient, address: str = f"{API}/events") -> AsyncIterator[Told]:
    async with client.stream("GET", address) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


async def until(events: AsyncIterator[Told], name: str, **values: object) -> dict[str, Any]:
    """The body of the next event of this name whose thing has these values."""
    async for each, body in events:
        thing = body.get(each, body)
        if each == name and all(thing[field] == value for field, value in values.items()):
            return thing
    raise AssertionError(f"no {name} {values}")


async def test_singles_and_batches_are_told_and_what_is_deleted_is_gone(
    server: Server, person: Person
) -> None:
    other = await server.person("bob")
    async with following(server, person) as client:
        events = told(client)
        assert await anext(events) == ("resync", {})
        async with other.client as stranger:
            await remove(stranger)
        job = (await remove(client)).json()["job"]
        assert (await until(events, "job"))["id"] == job["id"]  # and not the stranger's
        await client.post(f"{API}/jobs/{job['id']}/cancel")
        await until(events, "job", id=job["id"], status="cancelled")
        await client.delete(f"{API}/jobs/{job['id']}")
        assert await until(events, "gone") == {"ids": [job["id"]]}
        await batch(client, picture(0), picture(1))
        await Worker(server).work()
        done = await until(events, "batch", status="completed")
        assert done["processedImages"] == 2
        server.app.state.parts.closing.set()
        assert {name async for name, _ in events} <= {"job", "batch"}  # and then it ends


async def test_a_change_after_a_while_is_told_without_waiting_for_others(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_GATHER_S", 3600)
    async with following(server, person) as client:
        events = told(client)
        assert await anext(events) == ("resync", {})
        job = (await remove(client)).json()["job"]
        assert (await until(events, "job"))["id"] == job["id"]
        server.app.state.parts.closing.set()
        async for _ in events:
            pass


async def test_whose_session_has_ended_hears_nothing_more(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (live, events, streaming):
        monkeypatch.setattr(module, "PING_S", 0.1)
    async with following(server, person) as client:
        first = (await batch(client, picture(0))).json()["batch"]["id"]
        streams = [told(client), told(client, f"{API}/batch/{first}/events")]
        for each in streams:
            await anext(each)
        assert await anext(streams[0]) == ("ping", {})  # and on, while they are logged in
        assert await anext(streams[0]) == ("ping", {})
        assert (await client.post("/api/auth/logout")).status_code == 200
        for each in streams:
            async for _ in each:
                pass


async def test_who_may_have_missed_something_is_told_to_read_again(server: Server, person: Person) -> None:
    hub = server.app.state.parts.events
    with hub.watch_account(person.user.id) as changes:
        assert changes.take() == (set(), set(), True)
        assert changes.take() == (set(), set(), False)
        hub._wake_all()
        assert changes.woken.is_set()
        assert changes.take()[2]
    await hub.close()
