"""A batch tried again over HTTP: what failed, what was cancelled if asked, and what is no longer kept."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from lumiku.removals.tables import background_removal_jobs as jobs
from support.api import Server
from support.removal_api import API, Worker, batch, picture
from support.removals import what_is_wrong

BATCH = f"{API}/batch"


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def test_twins_try_again_once_and_at_its_share(server: Server, ada: AsyncClient) -> None:
    made = await batch(ada, *(picture(number) for number in range(4)))
    where = made.headers["location"]
    worker = Worker(server)
    worker.engine.fail |= {picture(1), picture(3)}
    early = await ada.post(f"{where}/retry")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "CONFLICT")  # nothing has failed
    await worker.work()
    assert (await ada.get(where)).json()["batch"]["status"] == "partial"
    spent = 100 - (await ada.get("/api/credits/balance")).json()["balance"]
    worker.engine.fail.clear()
    headers = {"Idempotency-Key": "again"}
    answers = await asyncio.gather(*(ada.post(f"{where}/retry", headers=headers) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {202}
    assert sorted(answer.headers.get("idempotency-replayed", "") for answer in answers) == ["", *["true"] * 3]
    for answer in answers:
        assert answer.headers["location"] == where
        assert [item["position"] for item in answer.json()["items"]] == [1, 3]
    assert (await ada.get("/api/credits/balance")).json()["held"] > 0
    await worker.work()
    assert (await ada.get(where)).json()["batch"]["status"] == "completed"
    assert 100 - (await ada.get("/api/credits/balance")).json()["balance"] == 2 * spent == 12
    other = await ada.post(f"{where}/retry", params={"cancelled": "true"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_what_was_cancelled_is_tried_again_only_if_asked(server: Server, ada: AsyncClient) -> None:
    where = (await batch(ada, picture(0), picture(1))).headers["location"]
    assert (await ada.delete(where)).status_code == 200
    assert (await ada.post(f"{where}/retry")).status_code == 409
    again = await ada.post(f"{where}/retry", params={"cancelled": "true"})
    assert (again.status_code, again.json()["batch"]["status"]) == (202, "processing")
    await Worker(server).work()
    assert (await ada.get(where)).json()["batch"]["status"] == "completed"
    assert await what_is_wrong(server.services.db, server.services.storage) == []


async def test_what_is_no_longer_kept_is_not_tried_again_and_costs_nothing(
    server: Server, ada: AsyncClient
) -> None:
    where = (await batch(ada, *(picture(number) for number in range(3)))).headers["location"]
    worker = Worker(server)
    worker.engine.fail |= {picture(0), picture(1)}
    await worker.work()
    worker.engine.fail.clear()
    before = (await ada.get("/api/credits/balance")).json()
    gone = update(jobs).where(jobs.c.status == "failed").values(source_expired_at=server.services.clock())
    async with server.services.db.transaction() as tx:
        await tx.execute(gone.where(jobs.c.position == 0))
    partly = await ada.post(f"{where}/retry")
    assert partly.status_code == 202
    assert [item["position"] for item in partly.json()["items"]] == [1]
    assert partly.json()["notRetried"] == [{"code": "FILE_EXPIRED", "images": 1}]
    assert (await ada.get("/api/credits/balance")).json()["held"] == before["held"] + 3
    await worker.work()
    before = (await ada.get("/api/credits/balance")).json()
    for change in ({}, {"status": "expired"}):  # the picture alone, and all of the job
        assert await what_is_wrong(server.services.db, server.services.storage) == []
        async with server.services.db.transaction() as tx:
            await tx.execute(gone.values(change))
        refused = await ada.post(f"{where}/retry", headers={"Idempotency-Key": "gone"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (410, "FILE_EXPIRED")
    assert (await ada.get("/api/credits/balance")).json() == before
    assert (await ada.get(where)).json()["batch"]["status"] == "partial"


async def test_what_failed_is_tried_again(server: Server, ada: AsyncClient) -> None:
    files = [("images", (f"{number}.png", picture(number), "image/png")) for number in range(4)]
    made = (await ada.post(BATCH, files=files, data={"tier": "basic"})).json()["batch"]["id"]
    worker = Worker(server)
    worker.engine.fail |= {picture(1), picture(2)}
    await worker.work()
    worker.engine.fail.clear()
    key = {"Idempotency-Key": "once-more"}
    again = await ada.post(f"{BATCH}/{made}/retry", headers=key)
    assert again.status_code == 202, again.text
    assert [item["position"] for item in again.json()["items"]] == [1, 2]
    assert (again.json()["batch"]["status"], again.json()["batch"]["failedImages"]) == ("processing", 0)
    assert (await ada.get("/api/credits/balance")).json()["held"] == 6
    await worker.work()
    replayed = await ada.post(f"{BATCH}/{made}/retry", headers=key)
    assert (replayed.json(), replayed.headers["idempotency-replayed"]) == (again.json(), "true")
    nothing = await ada.post(f"{BATCH}/{made}/retry")
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (409, "CONFLICT")
    assert (await ada.get("/api/credits/balance")).json() == {"balance": 88, "held": 0, "available": 88}
    assert await what_is_wrong(server.services.db, server.services.storage) == []
