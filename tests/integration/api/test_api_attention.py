"""What administrators have to look at: nothing on a server that is well, and each thing once it is so."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update

from lumiku.core.db import Database
from lumiku.credits.tables import credit_accounts
from lumiku.payments.tables import payment_invoices
from lumiku.queue.enqueue import enqueue
from lumiku.queue.heartbeat import beat
from lumiku.queue.names import AUDIT_LEDGER, ERASE_FILES, QUEUES, SEND_MAIL, TaskName
from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.webhooks.tables import webhook_deliveries
from lumiku.worker.tasks import WORK, LedgerBroken
from support.api import Person, Server
from support.paying import Shop
from support.removal_api import remove

PATH = "/api/admin/attention"


async def alive(server: Server) -> None:
    """A worker for each queue; the models of the tiers may be missing here."""
    async with server.services.db.transaction() as tx:
        await beat(tx, uuid4(), QUEUES)


async def told(admin: Person) -> dict[str, dict[str, object]]:
    async with admin.client as client:
        found = (await client.get(PATH)).json()["matters"]
    return {each["kind"]: each for each in found if not each["about"].startswith("models")}


async def failed(db: Database, task: TaskName, *, days_ago: float = 0) -> None:
    """A task that is not tried again."""
    async with db.transaction() as tx:
        job = await enqueue(tx, task, {"key": "k"})
        await tx.execute(
            text("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = :job"), {"job": job}
        )
        ago = "INSERT INTO procrastinate_events (job_id, type, at) VALUES (:job, 'failed', now() - :ago)"
        await tx.execute(text(ago), {"job": job, "ago": timedelta(days=days_ago)})


async def test_a_server_that_is_well_needs_nobody(server: Server) -> None:
    root = await server.person("root", admin=True)
    before = await told(root)
    assert set(before) == {"check"}
    assert "workers: no living worker" in str(before["check"]["about"])
    check = before["check"]["check"]
    assert isinstance(check, dict)
    assert (check["name"], check["reason"]) == ("workers", "NO_WORKER")
    assert check["facts"] == {"queues": sorted(QUEUES)}
    await alive(server)
    server.app.state.checks._known.clear()
    assert await told(root) == {}


async def test_tasks_that_failed_for_good(server: Server) -> None:
    root, db = await server.person("root", admin=True), server.services.db
    await alive(server)
    for task in (SEND_MAIL, SEND_MAIL, ERASE_FILES, AUDIT_LEDGER):
        await failed(db, task)
    found = await told(root)
    assert set(found) == {"mails", "tasks", "ledger"}
    assert (found["mails"]["count"], found["tasks"]["about"]) == (2, "erase_files")
    async with db.transaction() as tx:
        old = "UPDATE procrastinate_events SET at = now() - interval '2 days' WHERE type = 'failed'"
        await tx.execute(text(old))
    assert set(await told(root)) == {"mails", "tasks"}  # the night after found the ledger whole
    async with db.transaction() as tx:
        await tx.execute(text("UPDATE procrastinate_events SET at = now() - interval '4 days'"))
    assert await told(root) == {}


async def test_a_broken_ledger_fails_its_nightly_audit(server: Server) -> None:
    ada, (audit,) = await server.person("ada"), [each for each in WORK if each.task is AUDIT_LEDGER]
    await audit.run(server.services, {})
    async with server.services.db.transaction() as tx:
        mine = credit_accounts.c.user_id == ada.user.id
        await tx.execute(update(credit_accounts).where(mine).values(balance=1_000_000))
    with pytest.raises(LedgerBroken):
        await audit.run(server.services, {})


async def test_payments_that_somebody_must_look_at(shop: Shop) -> None:
    root, ada = await shop.server.person("root", admin=True), await shop.server.person("ada")
    await alive(shop.server)
    strange, said = await shop.buy(ada), await shop.buy(ada)
    await shop.call(strange, amount=5)
    shop.duitku.trouble = "500"
    await shop.call(said)
    assert set(await told(root)) == {"undelivered"}
    columns = payment_invoices.c
    async with shop.server.services.db.transaction() as tx:
        # As it stands after a while, and the other one as if it had been made by hand.
        ago = text("now() - interval '7 hours'")
        await tx.execute(update(payment_invoices).values(created_at=ago, watched_at=ago))
        by_hand = update(payment_invoices).where(columns.id == UUID(strange["id"]))
        await tx.execute(by_hand.values(gateway="manual", watched_at=None))
    found = await told(root)
    assert {kind: each["count"] for kind, each in found.items()} == {
        "undelivered": 1,
        "claimed": 1,
        "waiting": 1,
    }
    async with root.client as client:
        await client.post(f"/api/admin/payments/{strange['id']}/handled", json={"note": "Sent back"})
        for payment in (strange, said):
            answer = await client.post(f"/api/admin/payments/{payment['id']}/confirm", json={})
            assert answer.status_code == 200, answer.text
    assert await told(root) == {}


async def test_what_failed_people_and_whose_plan_is_suspended(server: Server) -> None:
    root, ada = await server.person("root", admin=True), await server.person("ada")
    await alive(server)
    async with ada.client as client:
        await remove(client)
        made = await client.post(
            "/api/webhooks", json={"url": "https://example.com/", "events": ["batch.completed"]}
        )
    plan = f"/api/admin/subscriptions/{ada.user.id}"
    async with root.client as client:
        given = {"plan": "pro", "reason": "Prize"}
        await client.post(f"{plan}/grant", json=given, headers={"Idempotency-Key": "g"})
    assert await told(root) == {}
    async with root.client as client:
        await client.post(f"{plan}/suspend", json={"reason": "Chargeback"})
    async with server.services.db.transaction() as tx:
        await tx.execute(
            update(jobs).values(
                status="failed",
                error_code="PROCESSING_FAILED",
                error_message="No",
                completed_at=text("now()"),
            )
        )
        await tx.execute(
            insert(webhook_deliveries).values(
                [
                    {
                        "id": uuid4(),
                        "endpoint_id": UUID(made.json()["webhook"]["id"]),
                        "event_id": uuid4(),
                        "event_type": "batch.completed",
                        "payload": {},
                        "status": "failed",
                        "attempts": attempts,
                    }
                    for attempts in (10, 0)  # the second was never tried: its endpoint was disabled
                ]
            )
        )
    found = await told(root)
    assert found["deliveries"]["count"] == 1
    assert set(found) == {"pictures", "deliveries", "suspended"}
    owner = {"id": str(ada.user.id), "email": "ada@example.com"}
    assert found["deliveries"]["owners"] == found["suspended"]["owners"] == [owner]
    async with server.services.db.transaction() as tx:
        ago = text("now() - interval '4 days'")
        await tx.execute(update(jobs).values(completed_at=ago))
        await tx.execute(update(webhook_deliveries).values(created_at=ago))
    assert set(await told(root)) == {"suspended"}
