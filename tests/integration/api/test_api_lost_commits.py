"""The connection to the database is cut while a request commits: no row is left without its file."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from httpx import AsyncClient

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from lumiku.removals.cleanup import cleanup
from support.api import Server, services_for, settings_for
from support.cutting_proxy import CuttingProxy, When
from support.database import url_of
from support.removal_api import API, Worker, batch, completed_job, picture, remove, stored_keys
from support.removals import what_is_wrong

Ask = Callable[[], Awaitable[Any]]


@dataclass
class Cut:
    """A server behind the proxy, somebody who asks it, and the proxy."""

    server: Server
    client: AsyncClient
    proxy: CuttingProxy

    async def lose(self, when: When, ask: Ask, text: bytes = b"COMMIT") -> list[Any]:
        """Ask as often as the request has commits (or such statements), with the connection cut at each."""
        answers: list[Any] = []
        while True:
            self.proxy.arm(len(answers) + 1, when, text)
            answer = await ask()
            if not self.proxy.has_cut:
                self.proxy.arm(0, when)  # no more
                return answers
            answers.append(answer)

    async def jobs(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = (await self.client.get(f"{API}/jobs?limit=100")).json()["jobs"]
        return listed

    async def check(self) -> None:
        """Every row has its files, now and after the work is done."""
        services = self.server.services
        await Worker(self.server).work()
        assert await what_is_wrong(services.db, services.storage) == []
        assert [job["error"] for job in await self.jobs() if job["error"]] == []
        found = cleanup(services.db, services.storage, services.settings.retention, services.clock())
        assert [each async for each in found if each.what == "file-missing"] == []


@pytest.fixture
async def cut(postgres_socket: str, database_name: str, tmp_path: Path) -> AsyncIterator[Cut]:
    with TemporaryDirectory(prefix="lumiku-cut-") as folder:
        async with CuttingProxy(postgres_socket, Path(folder)) as proxy:
            url = url_of(folder, database_name, "app")
            db = Database(url, DatabaseSettings())
            server = Server(services_for(db, url, settings_for(tmp_path)))
            async with (await server.person("ada")).client as client:
                yield Cut(server, client, proxy)
            await db.close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("ask", [remove, batch], ids=["single", "batch"])
async def test_sent_again_with_its_key_it_is_done_once(cut: Cut, ask: Any, when: When) -> None:
    keys: list[str] = []

    async def once() -> Any:
        keys.append(f"key-{len(keys)}")
        cut.client.headers["Idempotency-Key"] = keys[-1]
        return await ask(cut.client, picture(len(keys)))

    answers = await cut.lose(when, once)
    assert {answer.status_code for answer in answers} <= {202, 503}
    assert 503 in {answer.status_code for answer in answers}
    for number, key in enumerate(keys, 1):
        cut.client.headers["Idempotency-Key"] = key
        again = await ask(cut.client, picture(number))
        assert again.status_code == 202, again.text
    assert len(await cut.jobs()) == len(keys)
    await cut.check()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("ask", "text"), [(remove, b""), (batch, b"COMMIT")], ids=["single", "batch"])
async def test_what_is_reserved_is_never_answered_with_an_error(
    cut: Cut, ask: Any, text: bytes, when: When
) -> None:
    """Without a key: whoever is told 503 may send it again, and pays once."""
    answers = await cut.lose(when, lambda: ask(cut.client, picture()), text)
    codes = [answer.status_code for answer in answers]
    assert {"before": 503, "after": 202}[when] in codes
    assert set(codes) <= {202, 503}
    assert len(await cut.jobs()) == codes.count(202) + 1  # the last was not cut
    for answer in answers:
        if answer.status_code == 202:
            assert (await cut.client.get(answer.headers["location"])).status_code == 200
    await cut.check()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_tried_again_is_said_to_be(cut: Cut, when: When) -> None:
    job = (await remove(cut.client)).json()["job"]
    where = f"{API}/jobs/{job['id']}"
    await cut.client.post(f"{where}/cancel")
    commits = len(await cut.lose(when, lambda: cut.client.get(where)))  # who asks, and the job
    cut.proxy.arm(commits + 1, when, b"COMMIT")
    again = await cut.client.post(f"{where}/retry")
    assert (again.status_code, again.json()["job"]["status"]) == (202, "pending"), again.text
    assert (again.headers["location"], cut.proxy.has_cut) == (where, True)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_file_of_a_declared_batch_stays(cut: Cut, when: When) -> None:
    files = [{"name": "cat.png", "size": len(picture())}]
    made = await cut.client.post(f"{API}/batch/uploads", json={"files": files, "tier": "basic"})
    where = made.headers["location"]
    seeds = iter(range(100))

    async def put() -> Any:
        return await cut.client.put(f"{where}/items/0", content=picture(next(seeds)))

    answers = await cut.lose(when, put)
    assert {answer.status_code for answer in answers} == {503}
    cut.proxy.arm(len(answers), when, b"COMMIT")
    assert (await put()).status_code == 503  # and no other takes its place
    assert (await cut.client.post(f"{where}/start")).status_code == 202
    await cut.check()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_edited_matte_and_what_is_shared_stay(cut: Cut, when: When) -> None:
    job = await completed_job(cut.server, cut.client)
    where = f"{API}/jobs/{job['id']}"
    colours = iter(range(100, 200))

    async def share() -> Any:
        return await cut.client.post(f"{where}/share", json={"backgroundColor": f"#{next(colours)}000"})

    async def edit() -> Any:
        matte = await cut.client.post(f"{where}/compose", json={"maskOnly": True})
        return await cut.client.put(f"{where}/matte", content=matte.content)

    for ask in (share, edit):
        answers = await cut.lose(when, ask)
        assert 503 in {answer.status_code for answer in answers}
        await cut.check()


async def test_where_nothing_was_committed_nothing_is_left(cut: Cut) -> None:
    before = await stored_keys(cut.server.services.storage)
    cut.proxy.arm(1, "before", b"INSERT INTO background_removal_jobs")
    assert (await remove(cut.client)).status_code == 503
    assert cut.proxy.has_cut
    assert await stored_keys(cut.server.services.storage) == before
