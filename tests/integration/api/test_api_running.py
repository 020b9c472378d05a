"""What administrators see of queues, workers and days."""

from uuid import UUID, uuid4

from sqlalchemy import func, update

from lumiku.queue.heartbeat import beat
from lumiku.queue.names import QUEUES
from lumiku.removals.tables import background_removal_jobs as jobs
from support.api import Server
from support.removal_api import remove


async def test_queues_and_workers_are_told_as_they_are(server: Server) -> None:
    chief = await server.person("chief", admin=True)
    async with chief.client as client:
        nobody = (await client.get("/api/admin/running")).json()
        async with server.services.db.transaction() as tx:
            await beat(tx, uuid4(), (QUEUES[0],))
        somebody = (await client.get("/api/admin/running")).json()
    assert nobody["workers"] == []
    assert {each["queue"] for each in nobody["queues"]} == set(QUEUES)
    assert [each["queues"] for each in somebody["workers"]] == [[QUEUES[0]]]


async def test_every_day_is_there_and_money_is_on_its_own(server: Server) -> None:
    chief, ada = await server.person("chief", admin=True), await server.person("ada")
    async with ada.client as client:
        made = await client.post("/api/payments", json={"packageId": "credits-1500"})
        unpaid = await client.post("/api/payments", json={"packageId": "credits-4000"})
        assert unpaid.status_code == 201
    async with chief.client as client:
        await client.post(f"/api/admin/payments/{made.json()['payment']['id']}/confirm", json={})
        days = (await client.get("/api/admin/days?days=7")).json()["days"]
    assert len({each["day"] for each in days}) == 7
    assert [each["revenueIDR"] for each in days] == [0, 0, 0, 0, 0, 0, 100_000]
    assert days[-1]["day"] == server.services.clock().date().isoformat()


async def test_pictures_of_a_day_are_those_of_the_database(server: Server) -> None:
    chief, ada = await server.person("chief", admin=True), await server.person("ada")
    async with ada.client as client:
        made = [(await remove(client)).json()["job"]["id"] for _ in range(5)]
    ended = {
        "completed": {"output_bytes": 1, "credits_used": 3},
        "expired": {"output_bytes": 1, "credits_used": 3},  # it came out once
        "failed": {"error_code": "NO", "error_message": "No"},
        "cancelled": {},
    }
    async with server.services.db.transaction() as tx:
        for number, (status, values) in zip(made, ended.items(), strict=False):
            change = update(jobs).where(jobs.c.id == UUID(number))
            await tx.execute(change.values(status=status, completed_at=func.now(), **values))
    async with chief.client as client:
        today = (await client.get("/api/admin/days?days=7")).json()["days"][-1]
        tier = (await client.get("/api/admin/revenue?period=7d")).json()["revenue"]["tiers"]["basic"]
    assert (today["completed"], today["failed"]) == (2, 1)
    assert (tier["images"], tier["credits"]) == (2, 6)  # the table below the chart says the same
