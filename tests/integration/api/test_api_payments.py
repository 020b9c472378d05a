"""Payments through the API: by hand, and by a gateway on loopback that behaves and misbehaves."""

import asyncio
import csv
import io
import logging
import re
from uuid import uuid4

import pytest

from support.api import Person, Server
from support.duitku_server import KEY, body
from support.paying import Shop, balance_of

WELCOME = 100


async def _balance(person: Person) -> int:
    async with person.client as client:
        return await balance_of(client)


async def _payment(person: Person, number: str) -> dict[str, object]:
    async with person.client as client:
        found: dict[str, object] = (await client.get(f"/api/payments/{number}")).json()["payment"]
        return found


async def test_packages_are_the_servers(server: Server) -> None:
    async with server.client() as client:
        answer = (await client.get("/api/payments/packages")).json()
    assert [(each["credits"], each["amount"]) for each in answer["packages"]] == [
        (1_500, 100_000),
        (4_000, 250_000),
        (9_000, 500_000),
    ]
    assert answer["gateway"] == "manual"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"packageId": "credits-1500", "amount": 1}, 422, "INVALID_INPUT"),
        ({"packageId": "credits-1500", "credits": 9_000}, 422, "INVALID_INPUT"),
        ({"packageId": "credits-1"}, 400, "UNKNOWN_PACKAGE"),
        ({}, 422, "INVALID_INPUT"),
        ({"packageId": "credits-1500", "plan": "pro"}, 422, "INVALID_INPUT"),
        ({"plan": "gold"}, 400, "INVALID_INPUT"),
    ],
)
async def test_nobody_names_a_price(server: Server, asked: dict[str, object], status: int, code: str) -> None:
    ada = await server.person("ada")
    async with ada.client as client:
        answer = await client.post("/api/payments", json=asked)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert (await client.get("/api/payments")).json()["payments"] == []


async def test_by_hand_from_the_order_to_the_receipt(server: Server) -> None:
    ada, admin = await server.person("ada"), await server.person("root", admin=True)
    async with ada.client as client:
        made = await client.post("/api/payments", json={"packageId": "credits-4000"})
        payment = made.json()["payment"]
        assert made.headers["location"] == f"/api/payments/{payment['id']}"
        assert (payment["status"], payment["amount"], payment["paymentUrl"]) == ("pending", 250_000, None)
        assert await balance_of(client) == WELCOME
    path = f"/api/admin/payments/{payment['id']}"
    async with admin.client as client:
        waiting = (await client.get("/api/admin/payments", params={"status": "pending"})).json()
        assert [each["number"] for each in waiting["payments"]] == [payment["number"]]
        assert (waiting["payments"][0]["email"], waiting["payments"][0]["userId"]) == (
            "ada@example.com",
            str(ada.user.id),
        )
        wrong = await client.post(f"{path}/confirm", json={"amount": 249_999})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "OTHER_AMOUNT")
        for _ in range(2):  # without a key, and yet once
            answer = await client.post(f"{path}/confirm", json={"reference": "bank 1", "amount": 250_000})
            assert (answer.status_code, answer.json()["payment"]["status"]) == (200, "paid")
        other = await client.post(f"{path}/confirm", json={"reference": "bank 2"})
        assert (other.status_code, other.json()["error"]["code"]) == (409, "ALREADY_PAID")
        events = (await client.get(path)).json()["events"]
        assert [event["verdict"] for event in events] == ["created", "paid"]
        assert events[1]["actorId"] == str(admin.user.id)
    async with ada.client as client:
        assert await balance_of(client) == WELCOME + 4_000
        line = (await client.get("/api/credits/history")).json()["entries"][0]
        assert (line["kind"], line["reference"]) == ("purchase", f"payment:{payment['id']}")
        page = await client.get(payment["invoiceUrl"])
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script" not in page.text
        assert payment["number"] in page.text
        assert "Rp 250,000" in page.text


async def test_twins_with_a_key_make_one_invoice_and_one_confirmation(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    payments = await asyncio.gather(*(shop.buy(ada, key="buy-1") for _ in range(5)))
    assert len({str(payment) for payment in payments}) == 1
    assert payments[0]["paymentUrl"].startswith(shop.duitku.url)
    path, key = f"/api/admin/payments/{payments[0]['id']}", {"Idempotency-Key": "c1"}
    async with admin.client as client:
        answers = [await client.post(f"{path}/confirm", json={}, headers=key) for _ in range(2)]
        assert answers[0].content == answers[1].content
        other = await client.post(f"{path}/confirm", json={"note": "Else"}, headers=key)
        assert other.status_code == 409
    assert await _balance(ada) == WELCOME + 1_500


async def test_a_callback_pays_once_however_often_it_comes(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    payment = await shop.buy(ada)
    answers = await asyncio.gather(*(shop.call(payment) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert await _balance(ada) == WELCOME + 1_500
    assert (await _payment(ada, payment["id"]))["status"] == "paid"
    assert (await shop.call(payment, reference="DSANOTHER")).status_code == 200
    assert await _balance(ada) == WELCOME + 1_500


async def test_callbacks_that_are_refused_pay_nothing(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    payment = await shop.buy(ada)
    refused = [
        (await shop.call(payment, signature="0" * 32), 403, "SIGNATURE_INVALID"),
        (await shop.call(payment, amount=1), 400, "OTHER_AMOUNT"),
        (await shop.call(payment, amount=1_000_000), 400, "OTHER_AMOUNT"),
        (await shop.post(body(str(uuid4()), 100_000)), 404, "NOT_FOUND"),
        (await shop.post(body("order-1", 100_000)), 400, "INVALID_INPUT"),
        (await shop.post(b""), 403, "SIGNATURE_INVALID"),
        (await shop.post(b"\xff\x00garbage"), 400, "INVALID_INPUT"),
        (await shop.post(b"amount=" + b"1" * 300_000), 413, "FILE_TOO_LARGE"),
    ]
    for answer, status, code in refused:
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert await _balance(ada) == WELCOME
    admin = await shop.server.person("root", admin=True)
    async with admin.client as client:
        asked = {"attention": True}
        strange = (await client.get("/api/admin/payments", params=asked)).json()["payments"]
        assert [each["id"] for each in strange] == [payment["id"]]
    assert (await shop.call(payment)).status_code == 200
    assert await _balance(ada) == WELCOME + 1_500


async def test_callbacks_out_of_order(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    first, second = await shop.buy(ada), await shop.buy(ada)
    assert (await shop.call(first, result="01")).status_code == 200
    assert (await shop.call(first)).status_code == 200  # paid after all
    assert (await shop.call(second)).status_code == 200
    assert (await shop.call(second, result="01")).status_code == 200  # older than the payment
    assert {(await _payment(ada, each["id"]))["status"] for each in (first, second)} == {"paid"}
    assert await _balance(ada) == WELCOME + 3_000


async def test_a_cancelled_invoice_that_is_paid_all_the_same(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    payment = await shop.buy(ada)
    async with ada.client as client:
        for _ in range(2):
            answer = await client.post(f"/api/payments/{payment['id']}/cancel")
            assert answer.json()["payment"]["status"] == "cancelled"
        closed = await client.post(f"/api/payments/{payment['id']}/pay")
        assert (closed.status_code, closed.json()["error"]["code"]) == (409, "INVOICE_NOT_OPEN")
    assert (await shop.call(payment)).status_code == 200
    assert await _balance(ada) == WELCOME + 1_500


async def test_paid_by_hand_and_by_the_gateway_grants_once_and_shows_it(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    payment = await shop.buy(ada)
    async with admin.client as client:
        await client.post(f"/api/admin/payments/{payment['id']}/confirm", json={})
        assert (await shop.call(payment)).status_code == 200
        seen = (await client.get("/api/admin/payments", params={"attention": True})).json()["payments"]
        assert [each["id"] for each in seen] == [payment["id"]]
    assert await _balance(ada) == WELCOME + 1_500


@pytest.mark.parametrize("patience_s", [0.5])
async def test_a_silent_gateway_is_not_waited_for(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    shop.duitku.trouble = "silent"
    assert (await shop.buy(ada))["paymentUrl"] is None


async def test_a_gateway_that_is_away_leaves_an_invoice_to_pay_later(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    for trouble in ("500", "garbage", "refuses"):
        shop.duitku.trouble = trouble
        payment = await shop.buy(ada, key=trouble)
        assert payment["paymentUrl"] is None
        async with ada.client as client:
            answer = await client.post(f"/api/payments/{payment['id']}/pay")
            assert answer.status_code == 503
            shop.duitku.trouble = ""
            answer = await client.post(f"/api/payments/{payment['id']}/pay")
            url = answer.json()["payment"]["paymentUrl"]
            assert url.startswith(shop.duitku.url)
            assert (await client.post(f"/api/payments/{payment['id']}/pay")).json() == answer.json()
        assert (await shop.buy(ada, key=trouble))["paymentUrl"] == url


async def test_payments_of_others_are_not_there(shop: Shop) -> None:
    ada, eve = await shop.server.person("ada"), await shop.server.person("eve")
    payment = await shop.buy(ada)
    async with eve.client as client:
        for method, what in (("GET", ""), ("GET", "/invoice"), ("POST", "/pay"), ("POST", "/cancel")):
            answer = await client.request(method, f"/api/payments/{payment['id']}{what}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND"), what
        for what in ("confirm", "refund"):
            answer = await client.post(f"/api/admin/payments/{payment['id']}/{what}", json={"reason": "x"})
            assert answer.status_code == 403
        assert (await client.get("/api/payments")).json()["pagination"]["total"] == 0
    assert (await _payment(ada, payment["id"]))["status"] == "pending"


async def test_a_refund_takes_back_what_is_free(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    first, second = await shop.buy(ada), await shop.buy(ada)
    for payment in (first, second):
        await shop.call(payment)
    async with admin.client as client:

        async def refund(payment: dict[str, object], **more: object) -> tuple[int, dict[str, object]]:
            path = f"/api/admin/payments/{payment['id']}/refund"
            answer = await client.post(path, json={"reason": "Bought twice", **more})
            return answer.status_code, answer.json()

        status, told = await refund(first)
        assert (status, told["payment"]["status"]) == (200, "refunded")  # type: ignore[index]
        status, told = await refund(first)  # another's decision: no second transfer of the money
        assert (status, told["error"]["code"]) == (409, "ALREADY_REFUNDED")  # type: ignore[index]
        assert told["error"]["details"] == {"amount": 100_000}  # type: ignore[index]
        assert await _balance(ada) == WELCOME + 1_500
        spent = {"userId": str(ada.user.id), "amount": -1_000, "note": "Spent"}
        await client.post("/api/admin/credits", json=spent, headers={"Idempotency-Key": "s"})
        status, told = await refund(second)
        assert (status, told["error"]["code"]) == (409, "CREDITS_SPENT")  # type: ignore[index]
        shown = (await client.get(f"/api/admin/payments/{second['id']}")).json()
        assert shown["refundable"] == {"amount": 40_000, "credits": 600}
        facts = {"credits": 1_500, "available": 600, "refundable_amount": 40_000}
        assert told["error"]["details"] == facts  # type: ignore[index]
        status, told = await refund(second, partial=True)
        assert status == 200
        shown = told["payment"]
        assert (shown["refundedAmount"], shown["refundedCredits"]) == (40_000, 600)  # type: ignore[index]
        third = await shop.buy(ada)
        assert (await refund(third))[1]["error"]["code"] == "INVOICE_NOT_PAID"  # type: ignore[index]
        assert (await refund(third, reason=" "))[0] == 400
    assert await _balance(ada) == 0
    assert (await shop.call(second)).status_code == 200  # a late duplicate
    assert await _balance(ada) == 0


async def test_a_plan_is_active_only_when_its_payment_was_verified(shop: Shop) -> None:
    ada, path = await shop.server.person("ada"), "/api/background-remover/subscription"
    async with ada.client as client:
        made = [await client.post("/api/payments", json={"plan": "starter"}) for _ in range(2)]
        assert {answer.status_code for answer in made} == {201}, made[0].text
        payment = made[0].json()["payment"]
        assert made[1].json()["payment"]["id"] == payment["id"]  # it waits to be paid already
        assert (payment["kind"], payment["amount"], payment["credits"]) == ("plan", 99_000, 0)
        seen = (await client.get(path)).json()["subscription"]
        assert seen["status"] == "pending_payment"
        assert (await shop.call(payment, amount=1)).status_code == 400
        assert (await client.get(path)).json()["subscription"]["status"] == "pending_payment"
        await asyncio.gather(*(shop.call(payment) for _ in range(4)))
        assert (await client.get(path)).json()["subscription"]["status"] == "active"
        exported = (await client.get("/api/auth/export")).json()
        assert payment["number"] in str(exported)
    key = await ada.key("credits:write")
    async with shop.server.client(key) as client:
        assert (await client.post("/api/payments", json={"plan": "starter"})).status_code == 403


async def test_payments_as_a_table(shop: Shop) -> None:
    ada = await shop.server.person("ada")
    await shop.call(await shop.buy(ada))
    await shop.buy(ada, "credits-9000")
    async with ada.client as client:
        answer = await client.get("/api/payments", params={"format": "csv"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(row["status"], row["amount"]) for row in rows] == [("paid", "100000"), ("pending", "500000")]
        listed = (await client.get("/api/payments", params={"status": "paid"})).json()
        assert [each["amount"] for each in listed["payments"]] == [100_000]


async def test_nothing_of_a_payment_is_in_the_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    from lumiku.core import log
    from lumiku.core.settings import LogSettings

    stream = io.StringIO()
    log.configure(LogSettings(level="debug", format="json"), stream)
    try:
        ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
        payment = await shop.buy(ada)
        await shop.call(payment, signature="1" * 32)
        await shop.call(payment, amount=77_777)
        await shop.call(payment, result="01")
        await shop.call(payment)
        await shop.call(payment)
        shop.duitku.trouble = "garbage"
        await shop.buy(ada)
        shop.duitku.trouble = ""
        async with admin.client as client:
            path = f"/api/admin/payments/{payment['id']}"
            await client.post(f"{path}/confirm", json={"reference": "BANK-4711", "note": "Mrs Ada"})
            await client.post(f"{path}/refund", json={"reason": "REASON-0815"})
        logging.getLogger("control").info("control 12345678901")
    finally:
        logging.getLogger().handlers[:] = []
    told = stream.getvalue()
    assert "invoice paid" in told
    assert "12345678901" in told  # numbers as such do reach the log
    secrets = [KEY, "DS1234PAYMENT", "BANK-4711", "Mrs Ada", "REASON-0815", "ada@example.com", "77777"]
    signature = str(body(payment["id"], payment["amount"])).partition("signature=")[2][:32]
    for hidden in (*secrets, signature, "1" * 32, "/pay/"):
        assert hidden not in told, hidden
    assert not re.search(r"\b100000\b", told)


async def test_the_operators_view(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    for _ in range(2):
        await shop.call(await shop.buy(ada))
    last = await shop.buy(ada, "credits-9000")
    await shop.call(last, amount=5)
    async with admin.client as client:
        listed = (await client.get("/api/admin/payments", params={"status": "paid"})).json()["payments"]
        reason = {"reason": "Bought twice"}
        await client.post(f"/api/admin/payments/{listed[0]['id']}/refund", json=reason)
        told = (await client.get("/api/admin/revenue", params={"period": "7d"})).json()["revenue"]
        metrics = (await client.get("/metrics")).text
    assert (told["revenue"], told["refunded"], told["net"]) == (200_000, 100_000, 100_000)
    assert told["byKind"] == {"package": 200_000}
    assert told["invoices"] == {"paid": 1, "refunded": 1, "pending": 1}
    assert (told["attention"], told["mrr"], told["activeSubscriptions"]) == (1, 0, {})
    flow = told["credits"]
    assert (flow["sold"], flow["takenBack"], flow["used"]) == (3_000, 1_500, 0)
    assert flow["outstanding"] == 2 * WELCOME + 1_500
    assert flow["valueIDR"] == pytest.approx(100_000 / 1_500, abs=1e-3)
    assert flow["liabilityIDR"] == int(flow["outstanding"] * 100_000 / 1_500)
    assert told["tiers"]["basic"]["marginPercent"] is None
    assert f"lumiku_credits_outstanding {flow['outstanding']}.0" in metrics
    assert 'lumiku_invoices{status="pending"} 1.0' in metrics


async def test_a_statement_as_a_table_runs_no_formula(server: Server) -> None:
    ada, admin = await server.person("ada"), await server.person("root", admin=True)
    async with admin.client as client:
        given = {"userId": str(ada.user.id), "amount": 5, "note": "=HYPERLINK(1)"}
        await client.post("/api/admin/credits", json=given, headers={"Idempotency-Key": "s"})
    async with ada.client as client:
        answer = await client.get("/api/credits/statement", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["kind"], row["amount"]) for row in rows] == [("bonus", "100"), ("grant", "5")]
    assert rows[1]["note"] == "'=HYPERLINK(1)"
