"""Pictures that take long to check keep their own account waiting, and nobody else, however they are sent."""

import asyncio
import base64
from typing import Any

import pytest
from httpx import AsyncClient

from lumiku.api import intake
from support.api import Server
from support.removal_api import API, picture, remove, stored_keys

SMALL, LARGE = picture(1), picture(2, size=(60, 50))


class Checks:
    """Those of large pictures do not end before they are told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.goes_on = asyncio.Event()
        self._check = intake.check_and_store
        monkeypatch.setattr(intake, "check_and_store", self._slowly)

    async def _slowly(self, data: bytes, name: str, **given: Any) -> Any:
        if data == LARGE:
            self.begun += 1
            await self.goes_on.wait()
        return await self._check(data, name, **given)

    async def wait_for(self, number: int) -> None:
        while self.begun < number:
            await asyncio.sleep(0.01)


async def puts(client: AsyncClient, count: int) -> list[Any]:
    declared = {"files": [{"name": f"{number}.png"} for number in range(count)], "tier": "basic"}
    made = await client.post(f"{API}/batch/uploads", json=declared)
    where = made.headers["location"]
    return [client.put(f"{where}/items/{number}", content=LARGE) for number in range(count)]


async def texts(client: AsyncClient, count: int) -> list[Any]:
    encoded = base64.b64encode(LARGE).decode()
    # With spaces, as large as all of the room.
    body = '{"tier": "basic", "images": ["' + '", "'.join([encoded] * count) + '"]}' + " " * 8_000_000
    return [client.post(f"{API}/batch", content=body, headers={"Content-Type": "application/json"})]


@pytest.mark.parametrize(("send", "at_once"), [(puts, 3), (texts, 1)], ids=["put", "json"])
async def test_nobody_else_waits(
    server: Server, monkeypatch: pytest.MonkeyPatch, send: Any, at_once: int
) -> None:
    ada, bob = await server.person("ada"), await server.person("bob")
    async with ada.client as many, bob.client as one:
        checks = Checks(monkeypatch)
        sent = [asyncio.create_task(each) for each in await send(many, 8)]
        await checks.wait_for(at_once)
        for _ in range(2):
            answer = await asyncio.wait_for(remove(one, SMALL), 15)
            assert answer.status_code == 202, answer.text
        encoded = base64.b64encode(SMALL).decode()
        asked = one.post(f"{API}/remove", params={"wait": 0}, json={"image": encoded, "tier": "basic"})
        assert (await asyncio.wait_for(asked, 15)).status_code == 202
        assert (checks.begun, [each.done() for each in sent]) == (at_once, [False] * len(sent))
        checks.goes_on.set()
        assert {(await each).status_code for each in sent} <= {200, 202}
    assert len(await stored_keys(server.services.storage)) == 8 + 3


async def test_much_that_is_no_picture_is_refused_before_pictures_are_checked(server: Server) -> None:
    encoded = base64.b64encode(SMALL).decode()
    body = {"image": encoded, "tier": "basic", "note": "x" * 4_100_000}
    async with (await server.person("ada")).client as client:
        for path in (f"{API}/remove", f"{API}/batch"):
            answer = await client.post(path, json=body)
            assert answer.status_code == 400
            assert "more than pictures" in answer.json()["error"]["message"]
    assert await stored_keys(server.services.storage) == set()
