"""An account that is erased takes along what it had stored, at once, whatever fails meanwhile."""

import asyncio

import pytest
from httpx import AsyncClient

from lumiku.accounts.errors import InvalidToken
from lumiku.core.clock import utc_now
from lumiku.core.errors import Unavailable
from lumiku.removals.declare_batch import Declared, declare_batch
from lumiku.removals.erase_files import erase_files
from lumiku.removals.submit_batch import BatchOrder
from support.api import PASSWORD, Person, Server
from support.database import query
from support.removal_api import API, completed_batch, completed_job, picture, remove, stored_keys
from support.retention import FailingStorage
from support.submissions import RULES, Customer, source


async def _leave(client: AsyncClient) -> int:
    answer = await client.request("DELETE", "/api/auth/account", json={"password": PASSWORD})
    return answer.status_code


def _tasks(server: Server) -> list[tuple[object, ...]]:
    return query(
        server.services.urls.app,
        "SELECT args->>'user_id' FROM procrastinate_jobs WHERE task_name = 'erase_files'",
    )


async def _with_files(server: Server, person: Person) -> None:
    async with person.client as client:
        await completed_job(server, client)
        await completed_batch(server, client)
        background = {
            "backgroundImage": ("b.png", picture(9), "image/png"),
            "image": ("c.png", picture(), "image/png"),
        }
        made = await client.post(f"{API}/remove", files=background, data={"tier": "basic", "wait": "0"})
        assert made.status_code == 202, made.text
        await client.post(f"{API}/jobs/{made.json()['job']['id']}/cancel")
        behind = [("backgroundImage", ("b.png", picture(8), "image/png"))]
        behind += [("images", (f"{number}.png", picture(number), "image/png")) for number in range(2)]
        made = await client.post(f"{API}/batch", files=behind, data={"tier": "basic"})
        assert made.status_code == 202, made.text
        await client.delete(made.headers["location"])


async def test_its_files_go_at_once_and_nobody_elses(server: Server) -> None:
    storage, db = server.services.storage, server.services.db
    goes, stays = await server.person("goes"), await server.person("stays")
    await _with_files(server, stays)
    others = await stored_keys(storage)
    await _with_files(server, goes)
    assert len(await stored_keys(storage)) == 2 * len(others)
    async with goes.client as client:
        waiting = (await remove(client)).json()["job"]["id"]
        assert await _leave(client) == 409
        assert _tasks(server) == []
        await client.delete(f"{API}/jobs/{waiting}")
        assert await _leave(client) == 200
    assert _tasks(server) == [(str(goes.user.id),)]
    failing = FailingStorage(storage, lambda what, key: what == "delete" and key.startswith("mattes"))
    with pytest.raises(Unavailable):  # the queue tries again
        await erase_files(db, failing, goes.user.id)
    await erase_files(db, storage, goes.user.id)
    assert await stored_keys(storage) == others


async def test_answers_kept_for_replays_go_with_it(server: Server) -> None:
    goes = await server.person("goes")
    kept = f"SELECT count(*) FROM idempotency_keys WHERE account = '{goes.user.id}'"
    async with goes.client as client:
        files = {"image": ("secret.png", picture(), "image/png")}
        again = {"Idempotency-Key": "mine"}
        made = await client.post(f"{API}/remove", files=files, data={"wait": "0"}, headers=again)
        await client.delete(f"{API}/jobs/{made.json()['job']['id']}")
        assert query(server.services.urls.app, kept) == [(1,)]
        assert await _leave(client) == 200
    assert query(server.services.urls.app, kept) == [(0,)]


async def test_what_comes_in_while_it_goes_is_refused_or_stops_it(server: Server) -> None:
    """Whoever is first; never is there work of nobody."""
    db = server.services.db
    for number in range(8):
        person = await server.person(f"p{number}")
        who = Customer(db, person.user.id)
        async with person.client as client:
            outcomes = await asyncio.gather(
                who.submit(source(number)), _leave(client), return_exceptions=True
            )
        taken, left = outcomes
        if left == 200:
            assert isinstance(taken, InvalidToken), taken
        else:
            assert left == 409
            assert not isinstance(taken, BaseException), taken
    orphaned = (
        "SELECT count(*) FROM background_removal_jobs j JOIN users u ON u.id = j.user_id"
        " WHERE u.status = 'deleted' AND j.deleted_at IS NULL"
    )
    assert query(server.services.urls.app, orphaned) == [(0,)]


async def test_a_deleted_account_is_given_no_work(server: Server) -> None:
    person = await server.person("gone")
    async with person.client as client:
        assert await _leave(client) == 200
    who = Customer(server.services.db, person.user.id)
    with pytest.raises(InvalidToken):
        await who.submit(source())
    with pytest.raises(InvalidToken):
        await who.submit_batch(2)
    order = BatchOrder("basic", {}, "x")
    async with server.services.db.transaction() as tx:
        with pytest.raises(InvalidToken):
            await declare_batch(tx, who.id, [Declared("a.png")], order, rules=RULES, now=utc_now())
