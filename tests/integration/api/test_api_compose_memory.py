"""What is composed is held outside of memory: what comes until its turn, what goes until it has arrived."""

import asyncio
import io
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import numpy as np
import pytest
from httpx import AsyncClient
from PIL import Image

from lumiku.api.parts import Part
from support.api import Person, Server
from support.removal_api import API, Worker, completed_job, picture, remove

MATTE = io.BytesIO()
Image.fromarray(np.full((30, 40), 255, np.uint8)).save(MATTE, "PNG")


@pytest.fixture
async def person(server: Server) -> Person:
    return await server.person("ada")


@pytest.fixture
async def client(person: Person) -> AsyncIterator[AsyncClient]:
    async with person.client as client:
        yield client


class Slow:
    """A client that has sent a request, and takes the answer only when it is told to."""

    def __init__(self, server: Server, person: Person, job_id: str) -> None:
        self.pieces: list[int] = []
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()
        token = f"Bearer {person.token}".encode()
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": f"{API}/jobs/{job_id}/compose",
            "raw_path": f"{API}/jobs/{job_id}/compose".encode(),
            "query_string": b"",
            "headers": [(b"authorization", token), (b"content-type", b"application/json")],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }
        self.asking = asyncio.create_task(server.app(self._scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": b'{"format": "png"}', "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        self.pieces.append(len(message.get("body", b"")))
        self.begun.set()
        await self.goes_on.wait()


async def test_what_comes_waits_on_the_disk_for_its_turn(
    server: Server, person: Person, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await completed_job(server, client)
    where, read = f"{API}/jobs/{job['id']}", asyncio.Event()
    whole, composing = Part.read, server.app.state.parts.composing
    arrived, turn = asyncio.Event(), composing.turn

    async def watched(part: Part) -> bytes:
        read.set()
        return await whole(part)

    def arriving(*asked: Any) -> Any:
        arrived.set()
        return turn(*asked)

    monkeypatch.setattr(Part, "read", watched)
    monkeypatch.setattr(composing, "turn", arriving)
    put = partial(client.put, f"{where}/matte", content=MATTE.getvalue())
    background = {"backgroundImage": ("b.png", picture(3), "image/png")}
    for ask in (put, partial(client.post, f"{where}/compose", files=background)):
        arrived.clear()
        read.clear()
        async with turn(person.user.id, 1):
            asking = asyncio.create_task(ask())
            await arrived.wait()
            await asyncio.sleep(0)
            assert (read.is_set(), asking.done()) == (False, False)
        assert (await asking).status_code == 200
        assert read.is_set()


async def test_slow_readers_take_four_answers_from_the_disk_and_wait_for_more(
    server: Server, person: Person, client: AsyncClient
) -> None:
    job_id = (await remove(client, picture(size=(700, 500)))).json()["job"]["id"]
    await Worker(server).work()
    slow = [Slow(server, person, job_id) for _ in range(4)]
    for each in slow:
        await each.begun.wait()
    fifth = Slow(server, person, job_id)
    slow[0].goes_on.set()
    await slow[0].asking
    assert max(slow[0].pieces) <= 262_144 < sum(slow[0].pieces)
    await fifth.begun.wait()
    slow[1].asking.cancel()  # as a client that is gone
    sixth = Slow(server, person, job_id)
    await sixth.begun.wait()
    seventh = Slow(server, person, job_id)
    while (
        not seventh.asking.done() and not server.app.state.parts.composing._answers[person.user.id].locked()
    ):
        await asyncio.sleep(0)
    assert not seventh.begun.is_set()
    for each in (*slow[2:], fifth, sixth, seventh):
        each.goes_on.set()
        await each.asking
    assert seventh.pieces[0] == 0
    assert sum(seventh.pieces) == sum(slow[0].pieces)
