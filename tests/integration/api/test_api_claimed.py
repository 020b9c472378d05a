"""Callbacks are claims: Duitku is asked before anything is delivered, and what is strange is seen to."""

from datetime import timedelta

import pytest

from lumiku.core.db import Database
from lumiku.payments.follow_up import ask_gateways
from support.api import Person
from support.paying import Shop, balance_of

WELCOME = 100


async def _balance(person: Person) -> int:
    async with person.client as client:
        return await balance_of(client)


async def _payment(person: Person, number: str) -> dict[str, object]:
    async with person.client as client:
        found: dict[str, object] = (await client.get(f"/api/payments/{number}")).json()["payment"]
        return found


async def test_a_failed_callback_that_somebody_made_a_paid_one(shop: Shop, db: Database) -> None:
    """Its signature is genuine, for it does not cover the result; Duitku itself is asked."""
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    for standing in ("01", "02"):
        payment = await shop.buy(ada)
        shop.duitku.standing[payment["id"]] = standing
        for _ in range(2):
            assert (await shop.forge(payment)).status_code == 200
        assert (await _payment(ada, payment["id"]))["status"] == "pending"
        assert await _balance(ada) == WELCOME
        async with admin.client as client:
            told = (await client.get(f"/api/admin/payments/{payment['id']}")).json()["events"]
        expected = ["created", "opened", "claimed", *(["failed"] if standing == "02" else [])]
        assert [event["verdict"] for event in told] == expected
    async with admin.client as client:  # one that was paid by hand: no surplus that nobody has
        await client.post(f"/api/admin/payments/{payment['id']}/confirm", json={})
        await shop.forge(payment)
        seen = (await client.get("/api/admin/payments", params={"attention": True})).json()["payments"]
        assert seen == []


@pytest.mark.parametrize("trouble", ["500", "refuses", "garbage"])
async def test_what_cannot_be_checked_is_asked_about_by_the_schedule(
    shop: Shop, db: Database, trouble: str
) -> None:
    ada, services = await shop.server.person("ada"), shop.server.services
    shop.duitku.trouble = trouble  # also when the page was asked for: it was made, and we never heard
    payment = await shop.buy(ada)
    assert (await shop.call(payment)).status_code == 200
    assert await _balance(ada) == WELCOME
    shop.duitku.trouble = ""
    for seconds, settled in ((30, 0), (90, 1)):
        later = services.clock() + timedelta(seconds=seconds)
        assert await ask_gateways(db, services.gateways, services.fulfilment, later) == settled
    assert await _balance(ada) == WELCOME + 1_500


async def test_a_second_payment_that_cannot_be_checked_is_to_come_again(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    payment = await shop.buy(ada)
    async with admin.client as client:
        await client.post(f"/api/admin/payments/{payment['id']}/confirm", json={})
        shop.duitku.trouble = "500"
        assert (await shop.call(payment)).status_code == 503
        shop.duitku.trouble = ""
        assert (await shop.call(payment)).status_code == 200
        seen = (await client.get("/api/admin/payments", params={"attention": True})).json()["payments"]
        assert [each["id"] for each in seen] == [payment["id"]]


async def test_what_somebody_has_handled_needs_no_attention(shop: Shop) -> None:
    ada, admin = await shop.server.person("ada"), await shop.server.person("root", admin=True)
    payment, other = await shop.buy(ada), await shop.buy(ada)
    for each in (payment, other):
        await shop.call(each, amount=5)
    path, asked = f"/api/admin/payments/{payment['id']}/handled", {"attention": True}
    async with admin.client as client:

        async def seen() -> tuple[set[str], int]:
            listed = (await client.get("/api/admin/payments", params=asked)).json()["payments"]
            told = (await client.get("/api/admin/revenue")).json()["revenue"]
            return {each["id"] for each in listed}, told["attention"]

        assert await seen() == ({payment["id"], other["id"]}, 2)
        assert (await client.post(path, json={"note": " "})).status_code == 400
        for _ in range(2):
            answer = await client.post(path, json={"note": "Sent back"})
            verdicts = [event["verdict"] for event in answer.json()["events"]]
            assert verdicts == ["created", "opened", "claimed", "other_amount", "handled"]
        assert answer.json()["payment"]["status"] == "pending"
        assert await seen() == ({other["id"]}, 1)
        await shop.call(payment, amount=6)  # something else
        assert await seen() == ({payment["id"], other["id"]}, 2)
