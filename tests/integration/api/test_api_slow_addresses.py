"""Addresses that do not answer: they keep their own account waiting, and nobody else."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.core.db import Database
from lumiku.intake.settings import IntakeSettings
from support.api import Server, services_for, settings_for
from support.raw_server import RawServer
from support.removal_api import API, picture, stored_keys

REACHABLE = IntakeSettings(allow_private_addresses=True, timeout_s=30, answer_timeout_s=30)


@pytest.fixture
def afar() -> Iterator[RawServer]:
    running = RawServer()
    yield running
    running.close()


async def test_slow_addresses_keep_nobody_else_waiting(
    db: Database, database_url: str, tmp_path: Path, afar: RawServer
) -> None:
    server = Server(services_for(db, database_url, settings_for(tmp_path, intake=REACHABLE)))
    go = threading.Event()
    slow = [afar.will_play(f"/{number}", lambda _: go.wait(20) and None) for number in range(60)]
    fast = afar.will("/cat.png", "200 OK", picture())
    ada, bob = await server.person("ada"), await server.person("bob")
    async with ada.client as many, bob.client as one:
        waiting = asyncio.create_task(many.post(f"{API}/batch", json={"imageUrls": slow, "tier": "basic"}))
        try:
            while len(afar.heads) < 4:
                await asyncio.sleep(0.01)
            asked = one.post(f"{API}/remove", json={"imageUrl": fast, "tier": "basic", "wait": 0})
            answer = await asyncio.wait_for(asked, 15)
            assert answer.status_code == 202, answer.text
            assert answer.json()["job"]["originalName"] == "cat.png"
            assert not waiting.done()
            assert len(afar.heads) == 5  # four at once of one account
        finally:
            go.set()
        refused = await waiting
    assert refused.status_code == 400
    assert {item["code"] for item in refused.json()["error"]["details"]["items"]} == {"SOURCE_REFUSED"}
    assert len(await stored_keys(server.services.storage)) == 1
