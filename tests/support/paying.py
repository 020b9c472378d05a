"""A server that is paid by Duitku on loopback."""

from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient, Response

from support.api import Person, Server
from support.duitku_server import Duitku, body

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALLBACK = "/api/payments/duitku/callback"


@dataclass
class Shop:
    """Both sides.

    Attributes:
        duitku: the gateway.
        server: ours.
    """

    duitku: Duitku
    server: Server

    async def buy(
        self, person: Person, package: str = "credits-1500", key: str | None = None
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        async with person.client as client:
            answer = await client.post("/api/payments", json={"packageId": package}, headers=headers)
        assert answer.status_code == 201, answer.text
        payment: dict[str, Any] = answer.json()["payment"]
        return payment

    async def call(self, payment: dict[str, Any], amount: int | None = None, **changes: str) -> Response:
        """Somebody has paid, or tried to, and Duitku calls back."""
        paid = payment["amount"] if amount is None else amount
        if changes.get("result", "00") == "00" and "signature" not in changes:
            self.duitku.pays(payment["id"], paid)
        return await self.forge(payment, paid, **changes)

    async def forge(self, payment: dict[str, Any], amount: int | None = None, **changes: str) -> Response:
        """A callback of which Duitku knows nothing; signed, where `changes` do not say otherwise."""
        content = body(payment["id"], payment["amount"] if amount is None else amount, **changes)
        return await self.post(content)

    async def post(self, content: bytes) -> Response:
        async with self.server.client() as client:
            return await client.post(CALLBACK, content=content, headers=FORM)


async def balance_of(client: AsyncClient) -> int:
    balance: int = (await client.get("/api/credits/balance")).json()["balance"]
    return balance
