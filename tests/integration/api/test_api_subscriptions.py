"""Plans and subscriptions over HTTP: unpaid gives nothing, others' are not seen, quote and charge are one."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from lumiku.payments.model import Proof
from lumiku.payments.read import find_invoice
from lumiku.payments.settle import settle
from lumiku.subscriptions.read import see
from support.api import Person, Server
from support.removal_api import API, Worker, batch, picture, remove

SUBSCRIPTION = f"{API}/subscription"


async def pay(server: Server, payment: dict[str, object]) -> None:
    """What a verified payment does."""
    services = server.services
    proof = Proof("manual", str(uuid4()), int(str(payment["amount"])))
    async with services.db.transaction() as tx:
        await settle(tx, UUID(str(payment["id"])), proof, fulfil=services.fulfilment, now=services.clock())


async def credits_of(client: AsyncClient) -> tuple[int, int]:
    told = (await client.get("/api/credits/balance")).json()
    return told["balance"], told["held"]


async def subscribed(server: Server, person: Person, plan: str = "starter") -> None:
    async with person.client as client:
        made = await client.post(SUBSCRIPTION, json={"plan": plan})
    await pay(server, made.json()["payment"])


async def test_nobody_gets_a_plan_unpaid(server: Server) -> None:
    ada = await server.person("ada")
    async with ada.client as client:
        assert (await client.get(SUBSCRIPTION)).json() == {"subscription": None}
        assert (await client.get(f"{API}/stats")).json()["hasSubscription"] is False
        for body in ({"plan": "pro", "price": 1}, {"plan": "pro", "amount": 1}, {"plan": 7}, {}):
            assert (await client.post(SUBSCRIPTION, json=body)).status_code == 422
        assert (await client.post(SUBSCRIPTION, json={"plan": "gold"})).status_code == 400
        made = await client.post(SUBSCRIPTION, json={"plan": "pro"})
        assert made.status_code == 201
        payment = made.json()["payment"]
        assert (payment["amount"], payment["currency"], payment["status"]) == (299_000, "IDR", "pending")
        assert made.json()["subscription"]["status"] == "pending_payment"
        again = await client.post(SUBSCRIPTION, json={"plan": "pro"})
        assert again.json()["payment"]["id"] == payment["id"]
        for path in ("reactivate", "plan"):
            refused = await client.post(f"{SUBSCRIPTION}/{path}", json={"plan": "starter"})
            assert refused.status_code == 409
        strict = await remove(client, payment="subscription")
        assert (strict.status_code, strict.json()["error"]["code"]) == (403, "TIER_NOT_ALLOWED")
        assert (await client.get(SUBSCRIPTION)).json()["subscription"]["quota"] is None
        await pay(server, payment)
        told = (await client.get(SUBSCRIPTION)).json()["subscription"]
        assert (told["status"], told["plan"], told["usable"]) == ("active", "pro", True)
        quota = told["quota"]
        assert (quota["limit"], quota["remaining"], quota["premiumRemaining"]) == (200, 200, 50)
        stats = (await client.get(f"{API}/stats")).json()
        assert (stats["hasSubscription"], stats["plan"], stats["quota"]) == (True, "pro", quota)
        happened = (await client.get(f"{SUBSCRIPTION}/events")).json()
        assert [each["event"] for each in happened["events"]] == ["pay", "subscribe"]
        assert happened["events"][0]["paymentId"] == payment["id"]


async def test_anothers_subscription_is_not_seen_and_stays_as_it_is(server: Server) -> None:
    ada, eve = await server.person("ada"), await server.person("eve")
    await subscribed(server, ada)
    async with eve.client as client:
        assert (await client.get(SUBSCRIPTION)).json() == {"subscription": None}
        assert (await client.get(f"{SUBSCRIPTION}/events")).json()["events"] == []
        assert (await client.delete(SUBSCRIPTION)).status_code == 404
        for act in ("grant", "revoke", "suspend", "resume"):
            body = {"plan": "pro", "reason": "x"} if act == "grant" else {"reason": "x"}
            path = f"/api/admin/subscriptions/{ada.user.id}/{act}"
            assert (await client.post(path, json=body, headers={"Idempotency-Key": act})).status_code == 403
        assert (await remove(client, payment="subscription")).status_code == 403
    async with ada.client as client:
        assert (await client.get(SUBSCRIPTION)).json()["subscription"]["status"] == "active"


async def test_quote_charge_and_ledger_are_one(server: Server) -> None:
    today = server.services.clock()
    server = Server(replace(server.services, clock=lambda: today))  # midnight would bring another quota
    ada = await server.person("ada")
    await subscribed(server, ada)
    async with ada.client as client:
        first = await batch(client, *[picture(number) for number in range(12)], payment="subscription")
        assert first.json()["pricing"]["finalCredits"] == 0
        asked = {"imageCount": 45, "tier": "basic", "payment": "auto"}
        quoted = (await client.post(f"{API}/pricing/calculate", json=asked)).json()["pricing"]
        assert (quoted["quotaImages"], quoted["creditImages"], quoted["discountPercent"]) == (38, 7, 5)
        assert (quoted["baseCredits"], quoted["discountCredits"], quoted["finalCredits"]) == (21, 1, 20)
        async with server.client() as nobody:
            plain = (await nobody.post(f"{API}/pricing/calculate", json=asked)).json()["pricing"]
            assert (plain["quotaImages"], plain["finalCredits"]) == (0, 129)
            refused = await nobody.post(f"{API}/pricing/calculate", json={**asked, "payment": "subscription"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "TIER_NOT_ALLOWED")
        declared = {"files": [{"name": f"{number}.png"} for number in range(45)], "tier": "basic"}
        made = await client.post(f"{API}/batch/uploads", json=declared)
        assert made.json()["pricing"] == quoted
        address = made.headers["location"]
        for number in range(45):
            await client.put(f"{address}/items/{number}", content=picture(number))
        started = await client.post(f"{address}/start")
        assert started.json()["pricing"] == quoted
        assert await credits_of(client) == (100, 20)
        over = await remove(client, payment="subscription")
        assert (over.status_code, over.json()["error"]["code"]) == (429, "QUOTA_EXCEEDED")
        assert over.json()["error"]["details"]["resetsAt"]
        assert int(over.headers["retry-after"]) > 0
        await Worker(server).work()
        assert await credits_of(client) == (80, 0)
        jobs = (await client.get(f"{API}/jobs", params={"limit": 100})).json()["jobs"]
        assert sum(job["creditsUsed"] for job in jobs) == 20
        assert sum(job["pricingType"] == "subscription" for job in jobs) == 50


@pytest.mark.parametrize("payment", ["cash", "AUTO", "0"])
async def test_an_unknown_way_to_pay_is_refused(server: Server, payment: str) -> None:
    ada = await server.person("ada")
    async with ada.client as client:
        for answer in (
            await remove(client, payment=payment),
            await batch(client, picture(), payment=payment),
            await client.post(
                f"{API}/pricing/calculate", json={"imageCount": 1, "tier": "basic", "payment": payment}
            ),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_INPUT")
        nothing = {"imageCount": 1, "tier": "basic", "payment": None}
        assert (await client.post(f"{API}/pricing/calculate", json=nothing)).status_code == 400
        assert (await client.get("/api/credits/balance")).json()["held"] == 0


async def test_cancelling_going_on_and_changing_the_plan(server: Server) -> None:
    ada = await server.person("ada")
    await subscribed(server, ada)
    async with ada.client as client:
        gone = await client.request("DELETE", SUBSCRIPTION, json={"reason": "Too dear"})
        told = gone.json()["subscription"]
        assert (told["status"], told["usable"], told["cancelReason"]) == ("cancelled", True, "Too dear")
        assert (await client.delete(SUBSCRIPTION)).json()["subscription"] == told
        back = (await client.post(f"{SUBSCRIPTION}/reactivate")).json()["subscription"]
        assert (back["status"], back["cancelledAt"]) == ("active", None)
        shown = back["upgrades"]["pro"]
        dearer = await client.post(f"{SUBSCRIPTION}/plan", json={"plan": "pro"})
        assert dearer.status_code == 200
        assert dearer.json()["subscription"]["plan"] == "starter"
        assert 199_000 < dearer.json()["payment"]["amount"] <= shown <= 200_000
        await pay(server, dearer.json()["payment"])
        cheaper = (await client.post(f"{SUBSCRIPTION}/plan", json={"plan": "starter"})).json()
        assert cheaper["subscription"]["upgrades"] == {}
        assert (cheaper["subscription"]["plan"], cheaper["subscription"]["nextPlan"]) == ("pro", "starter")
        assert cheaper["payment"] is None


async def test_twins_with_one_key_get_one_answer(server: Server) -> None:
    ada = await server.person("ada")
    async with ada.client as client:
        key = {"Idempotency-Key": "mine"}
        answers = await asyncio.gather(
            *(client.post(SUBSCRIPTION, json={"plan": "pro"}, headers=key) for _ in range(5))
        )
        assert len({answer.content for answer in answers}) == 1
        other = await client.post(SUBSCRIPTION, json={"plan": "starter"}, headers=key)
        assert other.json()["error"]["code"] == "IDEMPOTENCY_CONFLICT"


async def test_administrators_give_and_suspend_with_a_reason(server: Server) -> None:
    root, ada = await server.person("root", admin=True), await server.person("ada")
    path = f"/api/admin/subscriptions/{ada.user.id}"
    async with root.client as client:
        assert (await client.get(path)).status_code == 404
        key = {"Idempotency-Key": "prize"}
        wanted = {"plan": "pro", "months": 2, "reason": "Prize"}
        assert (await client.post(f"{path}/grant", json=wanted)).status_code == 422
        assert (await client.post(f"{path}/suspend", json={"reason": "x"})).status_code == 404
        made = [await client.post(f"{path}/grant", json=wanted, headers=key) for _ in range(2)]
        assert [each.status_code for each in made] == [201, 201]
        told = made[1].json()["subscription"]
        assert (told["status"], told["plan"]) == ("active", "pro")
        empty = await client.post(f"{path}/suspend", json={"reason": " "})
        assert empty.status_code == 400
        stopped = (await client.post(f"{path}/suspend", json={"reason": "Chargeback"})).json()
        assert (stopped["subscription"]["suspended"], stopped["subscription"]["usable"]) == (True, False)
        nobody = await client.post(
            f"/api/admin/subscriptions/{uuid4()}/grant", json=wanted, headers={"Idempotency-Key": "other"}
        )
        assert nobody.status_code == 404
        assert told["givenMonths"] == 2
        taken = {"Idempotency-Key": "taken"}
        gone = [
            await client.post(f"{path}/revoke", json={"reason": "Mistake"}, headers=taken) for _ in range(2)
        ]
        assert [each.status_code for each in gone] == [200, 200]
        left = gone[1].json()["subscription"]
        assert (left["status"], left["givenMonths"]) == ("expired", 0)
        more = await client.post(f"{path}/revoke", json={"reason": "x"}, headers={"Idempotency-Key": "again"})
        assert (more.status_code, more.json()["error"]["details"]["status"]) == (409, "expired")
    async with ada.client as client:
        assert (await remove(client, payment="subscription")).status_code == 403
        shown = await client.get(f"{SUBSCRIPTION}/events")
        assert "revoke" in shown.text
        assert str(root.user.id) not in shown.text
        assert "Chargeback" not in shown.text


async def test_administrators_see_everybodys_subscription(server: Server) -> None:
    root, path = await server.person("root", admin=True), "/api/admin/subscriptions"
    people = [await server.person(name) for name in ("ada", "eve", "kim")]
    await subscribed(server, people[0], "pro")
    await subscribed(server, people[1])
    async with people[1].client as client:
        await client.delete(SUBSCRIPTION)
        assert (await client.get(path)).status_code == 403
        own = (await client.get(SUBSCRIPTION)).json()["subscription"]
    async with people[2].client as client:
        await client.post(SUBSCRIPTION, json={"plan": "starter"})
    async with root.client as client:
        told = (await client.get(path)).json()
        assert told["pagination"]["total"] == 3
        seen = [(each["email"], each["plan"], each["status"]) for each in told["subscriptions"]]
        assert seen == [
            ("kim@example.com", "starter", "pending_payment"),
            ("eve@example.com", "starter", "cancelled"),
            ("ada@example.com", "pro", "active"),
        ]
        shown = told["subscriptions"][1]
        assert shown == {**own, "userId": str(people[1].user.id), "email": "eve@example.com"}
        second = (await client.get(path, params={"page": 2, "limit": 2})).json()["subscriptions"]
        assert [each["email"] for each in second] == ["ada@example.com"]


async def test_a_payment_for_a_plan_is_the_same_as_subscribing(server: Server) -> None:
    ada = await server.person("ada")
    async with ada.client as client:
        made = await client.post("/api/payments", json={"plan": "starter"})
        assert (made.status_code, made.json()["payment"]["kind"]) == (201, "plan")
        same = await client.post(SUBSCRIPTION, json={"plan": "starter"})
        assert same.json()["payment"]["id"] == made.json()["payment"]["id"]
        for body in ({}, {"plan": "starter", "packageId": "credits-1500"}):
            assert (await client.post("/api/payments", json=body)).status_code == 422
    async with server.client(await ada.key("credits:write")) as client:
        refused = await client.post("/api/payments", json={"plan": "starter"})
        assert refused.status_code == 403


async def test_it_is_in_the_export_and_ends_with_the_account(server: Server) -> None:
    ada = await server.person("ada")
    await subscribed(server, ada)
    async with ada.client as client:
        renewal = (await client.post(SUBSCRIPTION, json={"plan": "starter"})).json()["payment"]
        told = (await client.get("/api/auth/export")).json()
        assert "subscription" in str(told)
        assert "starter" in str(told)
        body = {"password": ada.password}
        gone = await client.request("DELETE", "/api/auth/account", json=body)
        assert gone.status_code < 300, gone.text
    async with server.services.db.transaction() as tx:
        assert (await find_invoice(tx, UUID(renewal["id"]))).status == "cancelled"
        settings, now = server.services.settings.subscriptions, server.services.clock()
        seen = await see(tx, ada.user.id, settings=settings, now=now)
    assert seen is not None
    assert seen.state == "cancelled"


@pytest.mark.parametrize("by", ["owner", "admin", "suspension"])
async def test_a_plan_whose_first_invoice_is_withdrawn_is_not_waited_for(server: Server, by: str) -> None:
    ada, root = await server.person("ada"), await server.person("root", admin=True)
    async with ada.client as client:
        await client.post("/api/payments", json={"packageId": "credits-1500"})
        payment = (await client.post(SUBSCRIPTION, json={"plan": "starter"})).json()["payment"]
        asked = (await client.get(SUBSCRIPTION)).json()["subscription"]
        assert asked["status"] == "pending_payment"
    whose, path = {
        "owner": (ada, f"/api/payments/{payment['id']}/cancel"),
        "admin": (root, f"/api/admin/payments/{payment['id']}/withdraw"),
        "suspension": (root, f"/api/admin/subscriptions/{ada.user.id}/suspend"),
    }[by]
    async with whose.client as client:
        for _ in range(2):
            answer = await client.post(path, json={"reason": "No"} if by == "suspension" else {})
            assert answer.status_code == 200, answer.text
    async with ada.client as client:
        told = (await client.get(SUBSCRIPTION)).json()["subscription"]
        assert told["status"] == "expired"
        trail = (await client.get(f"{SUBSCRIPTION}/events")).json()["events"]
        assert len(trail) == 2
        waiting = (await client.get("/api/payments", params={"status": "pending"})).json()["payments"]
        assert [each["kind"] for each in waiting] == ["package"]
    await pay(server, payment)  # a transfer that was under way
    async with ada.client as client:
        assert (await client.get(SUBSCRIPTION)).json()["subscription"]["status"] == "active"
        withdrawn = await client.post(f"/api/payments/{payment['id']}/cancel")
        assert withdrawn.json()["error"]["code"] == "INVOICE_NOT_OPEN"


async def test_a_renewal_that_is_withdrawn_leaves_the_plan_alone(server: Server) -> None:
    ada = await server.person("ada")
    await subscribed(server, ada)
    async with ada.client as client:
        renewal = (await client.post(SUBSCRIPTION, json={"plan": "starter"})).json()["payment"]
        await client.post(f"/api/payments/{renewal['id']}/cancel")
        assert (await client.get(SUBSCRIPTION)).json()["subscription"]["status"] == "active"
