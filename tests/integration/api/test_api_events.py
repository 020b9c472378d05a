"""A batch's events: where it stands, what happens, coming back, many listeners, lost connections, stops."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from lumiku.api import feeds
from support.api import Person, Server
from support.http_server import listening
from support.removal_api import API, Worker, batch, picture

Told = tuple[str, str, dict[str, Any]]  # name, id, data


@pytest.fixture
async def person(server: Server) -> Person:
    return await server.person("ada")


@asynccontextmanager
async def client_of(server: Server, token: str) -> AsyncIterator[AsyncClient]:
    """Over a socket: in process, nothing is passed on before the answer's end."""
    async with (
        listening(server.app) as port,
        AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=60
        ) as client,
    ):
        try:
            yield client
        finally:
            server.app.state.parts.closing.set()
    await server.app.state.parts.events.close()


async def listen(client: AsyncClient, where: str, *, last: str | None = None) -> AsyncIterator[Told]:
    headers = {"Last-Event-ID": last} if last else {}
    async with client.stream("GET", f"{where}/events", headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                yield fields["event"], fields["id"], json.loads(fields["data"])
                fields = {}


async def test_from_the_first_to_the_last(server: Server, person: Person) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, *(picture(number) for number in range(4)))).headers["location"]
        worker = Worker(server)
        worker.engine.fail.add(picture(2))
        told: list[Told] = []
        async for event in listen(client, where):
            told.append(event)
            if len(told) == 1:
                name, _, data = event
                assert (name, len(data["items"])) == ("snapshot", 4)
                assert {item["status"] for item in data["items"]} == {"pending"}
                asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(worker.work()))
        assert [name for name, _, _ in told].count("end") == 1
        assert told[-1][0] == "end"
        assert told[-1][2]["batch"]["status"] == "partial"
        last = {data["item"]["position"]: data["item"] for name, _, data in told if name == "item"}
        assert [last[place]["status"] for place in range(4)] == [
            "completed",
            "completed",
            "failed",
            "completed",
        ]
        assert last[2]["error"]["code"] == "UNKNOWN_FOREGROUND"
        assert (await client.get(last[0]["thumbnailUrl"])).status_code == 200
        counts = [data["batch"]["percentage"] for name, _, data in told if name == "batch"]
        assert counts == sorted(counts)
        ids = [int(number.removesuffix("-end")) for _, number, _ in told]
        assert ids == sorted(ids)
        done = await client.get(f"{where}/events", headers={"Last-Event-ID": told[-1][1]})
        assert (done.status_code, done.content) == (204, b"")
        afterwards = [event async for event in listen(client, where)]
        assert [name for name, _, _ in afterwards] == ["snapshot", "end"]


async def test_coming_back_misses_nothing(server: Server, person: Person) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, *(picture(number) for number in range(6)))).headers["location"]
        worker = Worker(server)
        states: dict[int, str] = {}
        last: str | None = None
        working = asyncio.create_task(worker.work())
        for patience in range(2, 50):  # cut off after so many events
            count = 0
            events = listen(client, where, last=last)
            async for name, number, data in events:
                last = number
                for item in data.get("items", []) or ([data["item"]] if name == "item" else []):
                    states[item["position"]] = item["status"]
                count += 1
                if name == "end" or count == patience:
                    break
            await events.aclose()  # type: ignore[attr-defined]
            if name == "end":
                break
            last = last if states else None
        await working
        assert states == dict.fromkeys(range(6), "completed")


@pytest.mark.parametrize("strange", ["x", "-1", "9" * 30, "1", "18446744073709551616", "é", "1-end", "-end"])
async def test_ids_that_are_none_of_ours(server: Server, person: Person, strange: str) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture())).headers["location"]
        await Worker(server).work()
        headers = {"Last-Event-ID": strange.encode()}
        answer = await client.get(f"{where}/events", headers=headers)
        assert answer.status_code == 200
        assert b"event: end" in answer.content


async def test_many_listeners_are_one_connection_and_one_reader(server: Server, person: Person) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture(0), picture(1))).headers["location"]
        begun = asyncio.Semaphore(0)

        async def follow() -> list[str]:
            names = []
            async for name, _, _ in listen(client, where):
                names.append(name)
                begun.release()
            return names

        followers = [asyncio.create_task(follow()) for _ in range(50)]
        for _ in followers:
            await begun.acquire()
        async with server.services.db.transaction() as tx:
            listening_now = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            count = await tx.execute(text(listening_now + " AND datname = current_database()"))
            assert count.scalar_one() == 1
        await Worker(server).work()
        names = await asyncio.gather(*followers)
        assert all(each[0] == "snapshot" and each[-1] == "end" for each in names)
        assert server.app.state.parts.feeds._feeds == {}


async def test_a_lost_connection_is_made_again(
    server: Server, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_LOOK_EVERY_S", 3600.0)  # only a word of the database helps
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture(0))).headers["location"]
        names = []
        async for name, _, _ in listen(client, where):
            names.append(name)
            if name == "snapshot":
                async with server.services.db.transaction() as tx:
                    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
                    await tx.execute(text(end + " AND datname = current_database()"))
                await Worker(server).work()
        assert names[-1] == "end"


async def test_streams_end_when_the_process_is_to_stop(server: Server, person: Person) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture(0))).headers["location"]
        names = []
        async for name, _, _ in listen(client, where):
            names.append(name)
            server.app.state.parts.closing.set()
        assert names == ["snapshot"]


async def test_a_batch_deleted_meanwhile_ends_the_stream(server: Server, person: Person) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture(0))).headers["location"]
        async for name, _, _ in listen(client, where):
            if name == "snapshot":
                assert (await client.delete(where)).status_code == 200
        assert name == "end"
        assert (await client.delete(where, params={"files": "true"})).status_code == 200
        assert (await client.get(f"{where}/events")).status_code == 404


async def test_a_batch_tried_again_is_told_anew_beside_who_has_heard_its_end(
    server: Server, person: Person
) -> None:
    feeds_here = server.app.state.parts.feeds
    async with person.client as client:
        made = (await batch(client, picture(0))).json()["batch"]
        ended = Worker(server)
        ended.engine.fail.add(picture(0))
        await ended.work()

        async def told(opened: tuple[feeds.Feed, feeds._Listener]) -> AsyncIterator[tuple[str, str]]:
            feed, listener = opened
            async for event in feed.listen(listener, None):
                data = json.loads(event.data)
                yield event.name, data.get("batch", data.get("item"))["status"]

        batch_id = UUID(made["id"])
        with feeds_here.open(batch_id, person.user.id) as first:
            assert [each async for each in told(first)] == [("snapshot", "failed"), ("end", "failed")]
            assert (await client.post(f"{API}/batch/{batch_id}/retry")).status_code == 202
            with (
                feeds_here.open(batch_id, person.user.id) as second,
                feeds_here.open(batch_id, person.user.id) as third,
            ):
                assert second[0] is third[0]
                events = told(second)
                assert await anext(events) == ("snapshot", "processing")
                await Worker(server).work()
                assert [each async for each in events][-1] == ("end", "completed")
            assert feeds_here._feeds == {}
        assert feeds_here._feeds == {}
    await server.app.state.parts.events.close()


@pytest.mark.parametrize("of_account", [False, True])
async def test_a_head_of_a_stream_leaves_its_connection_free(
    server: Server, person: Person, *, of_account: bool
) -> None:
    async with client_of(server, person.token) as client:
        where = (await batch(client, picture(0))).headers["location"]
        reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        follow = f"{API}/events" if of_account else f"{where}/events"
        head = f"Host: x\r\nAuthorization: Bearer {person.token}\r\n"
        writer.write(f"HEAD {follow} HTTP/1.1\r\n{head}\r\n".encode())
        writer.write(f"GET {where} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        async with asyncio.timeout(30):
            got = await reader.read()
        writer.close()
        first, second = got.split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"200 ")
        assert b"content-type: text/event-stream" in first
        assert b"content-length" not in first  # as the answer to a GET, which has no end yet
        assert second.startswith(b"200 ")
        assert b'"status":"pending"' in second
        assert server.app.state.parts.feeds._feeds == {}


async def test_slow_listeners_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_WAITING_EVENTS", 3)
    listener = feeds._Listener()
    for number in range(10):
        listener.put(feeds.Event("item", str(number), "{}"))
    assert listener.dropped
    assert listener.events.get_nowait() is None
    assert API
