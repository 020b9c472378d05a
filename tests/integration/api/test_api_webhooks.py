"""Webhooks from the routes to the receiver, through the queue and a worker."""

import asyncio
from pathlib import Path

from standardwebhooks import Webhook

from lumiku.accounts.delete_account import delete_account
from lumiku.core.db import Database
from lumiku.webhooks.publish import publish
from lumiku.webhooks.settings import WebhooksSettings
from lumiku.worker import webhooks
from lumiku.worker.main import work
from support.api import Server, services_for, settings_for
from support.database import query
from support.receiver import Receiver, answer, running_receiver
from support.serving import HANG_S

WANTED = {"events": ["batch.completed", "removal.failed"], "description": "The shop"}
OPEN = WebhooksSettings(allow_http=True, allow_private_addresses=True)


async def received(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(HANG_S):
        while len(receiver.received) < count:
            await asyncio.sleep(0.02)


async def test_a_webhook_from_its_making_to_its_end(db: Database, database_url: str, tmp_path: Path) -> None:
    server = Server(services_for(db, database_url, settings_for(tmp_path, webhooks=OPEN)))
    cat = await server.person("cat")
    stop = asyncio.Event()
    async with running_receiver() as receiver, cat.client as client:
        receiver.will(answer(500), answer(200))
        made = await client.post("/api/webhooks", json={"url": receiver.url(), **WANTED})
        assert made.status_code == 201
        webhook = made.json()["webhook"]
        assert (webhook["enabled"], webhook["disabledReason"], webhook["failingSince"]) == (True, None, None)
        verifier = Webhook(webhook["secret"])
        path = f"/api/webhooks/{webhook['id']}"
        assert (await client.get(f"{path}/secret")).json() == {"secret": webhook["secret"]}
        for listing in (await client.get("/api/webhooks"), await client.get(path)):
            assert webhook["secret"] not in listing.text

        running = asyncio.create_task(work(server.services, webhooks.WORK, lambda: None, stop))
        tried = await client.post(f"{path}/test")
        assert tried.status_code == 202
        await received(receiver, 1)
        async with db.transaction() as tx:
            await publish(tx, cat.user.id, "batch.completed", {"batch": {"id": "b1"}})
        await received(receiver, 2)
        told = verifier.verify(receiver.received[1].body, receiver.received[1].headers)
        assert told["data"] == {"batch": {"id": "b1"}}

        async with asyncio.timeout(HANG_S):
            while (await client.get(f"{path}/deliveries?status=pending")).json()["deliveries"]:
                await asyncio.sleep(0.05)
        done, failed = (await client.get(f"{path}/deliveries")).json()["deliveries"]
        assert (done["type"], done["attempts"], done["lastStatus"]) == ("batch.completed", 1, 200)
        assert done["messageId"] == receiver.received[1].headers["webhook-id"]
        assert (failed["type"], failed["status"], failed["lastStatus"]) == ("webhook.test", "failed", 500)
        assert (done["lastReason"], failed["lastReason"]) == (None, "refused")
        again = await client.post(f"/api/webhooks/deliveries/{done['id']}/redeliver")
        assert again.status_code == 202
        await received(receiver, 3)
        assert receiver.received[2].headers["webhook-id"] == done["messageId"]
        stop.set()
        await asyncio.wait_for(running, HANG_S)

        replaced = (await client.post(f"{path}/secret")).json()["secret"]
        assert replaced != webhook["secret"]
        off = await client.put(path, json={"enabled": False, "events": ["batch.cancelled"]})
        assert off.json()["webhook"]["disabledReason"] == "owner"
        assert (await client.post(f"{path}/test")).json()["error"]["code"] == "WEBHOOK_DISABLED"
        assert (await client.put(path, json={"enabled": True})).json()["webhook"]["enabled"] is True
        assert (await client.delete(path)).status_code == 200
        assert (await client.get(path)).status_code == 404
    assert query(database_url, "SELECT count(*) FROM webhook_deliveries") == [(0,)]
    assert query(database_url, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == [(0,)]


async def test_what_is_refused_says_why(server: Server) -> None:
    cat = await server.person("cat")
    async with cat.client as client:
        for url in ("http://example.com/", "https://127.0.0.1/", "https://[fd00::1]/"):
            refused = await client.post("/api/webhooks", json={"url": url, **WANTED})
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "SOURCE_REFUSED")
        for body in (
            {"url": "https://example.com/", "events": []},
            {"url": "https://example.com/", "events": ["nothing"]},
            {"url": "https://example.com/\n", "events": ["batch.completed"]},
            {"url": "https://example.com/", "events": ["batch.completed"], "secret": "mine"},
        ):
            assert (await client.post("/api/webhooks", json=body)).status_code in {400, 422}
        most = server.services.settings.webhooks.max_endpoints
        made = [
            await client.post("/api/webhooks", json={"url": "https://example.com/", **WANTED})
            for _ in range(most + 1)
        ]
        assert [each.status_code for each in made] == [201] * most + [409]
        assert made[-1].json()["error"]["code"] == "TOO_MANY_WEBHOOKS"


async def test_an_account_takes_its_webhooks_with_it(server: Server, database_url: str) -> None:
    cat = await server.person("cat")
    async with cat.client as client:
        await client.post("/api/webhooks", json={"url": "https://example.com/hook", **WANTED})
        exported = (await client.get("/api/auth/export")).json()
    (webhook,) = exported["export"]["webhooks"]
    assert webhook["url"] == "https://example.com/hook"
    services = server.services
    await delete_account(
        services.db, cat.user.id, hooks=services.hooks, now=services.clock(), actor_id=cat.user.id
    )
    assert query(database_url, "SELECT count(*) FROM webhook_endpoints") == [(0,)]
