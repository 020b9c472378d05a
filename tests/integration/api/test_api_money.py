"""Credits by an administrator: once for each key, whatever happens on the way."""

import asyncio
from uuid import uuid4

from support.api import Server

PATH = "/api/admin/credits"


async def test_twenty_twins_move_the_money_once_and_get_equal_answers(server: Server) -> None:
    admin, ada = await server.person("root", admin=True), await server.person("ada")
    body = {"userId": str(ada.user.id), "amount": 500, "note": "Thanks"}
    async with admin.client as client:
        answers = await asyncio.gather(
            *(client.post(PATH, json=body, headers={"Idempotency-Key": "grant-1"}) for _ in range(20))
        )
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        other = await client.post(PATH, json={**body, "amount": 5}, headers={"Idempotency-Key": "grant-1"})
        assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    async with ada.client as client:
        assert (await client.get("/api/credits/balance")).json()["balance"] == 600


async def test_taking_needs_a_reason_and_never_more_than_is_there(server: Server) -> None:
    admin, ada = await server.person("root", admin=True), await server.person("ada")
    async with admin.client as client:

        async def post(key: str, **body: object) -> tuple[int, str]:
            given = {"userId": str(ada.user.id), **body}
            answer = await client.post(PATH, json=given, headers={"Idempotency-Key": key})
            return answer.status_code, answer.json().get("error", {}).get("code", "")

        assert await post("a", amount=0) == (400, "INVALID_INPUT")
        assert await post("b", amount=-10) == (400, "INVALID_INPUT")
        assert await post("c", amount=-1000, note="Wrong") == (402, "INSUFFICIENT_CREDITS")
        assert await post("c", amount=-10, note="Wrong") == (201, "")  # what failed left no key behind
        assert await post("d", amount=1, userId=str(uuid4())) == (404, "NOT_FOUND")
        missing = await client.post(PATH, json={"userId": str(ada.user.id), "amount": 1})
        assert (missing.status_code, missing.json()["error"]["code"]) == (422, "MISSING_REQUIRED_FIELD")
    async with ada.client as client:
        assert (await client.get("/api/credits/balance")).json()["balance"] == 90


async def test_people_and_numbers(server: Server) -> None:
    admin, _ = await server.person("root", admin=True), await server.person("ada")
    async with admin.client as client:
        found = (await client.get("/api/admin/users", params={"search": "ADA"})).json()
        assert [user["email"] for user in found["users"]] == ["ada@example.com"]
        assert found["pagination"]["total"] == 1
        stats = (await client.get("/api/admin/stats", params={"period": "7d"})).json()["stats"]
        assert stats["accounts"] == {"total": 2, "registered": 2}
        assert stats["credits"] == {"given": 200, "spent": 0, "held": 0}
        assert stats["removals"] == {"byStatus": {}, "byTier": {}}
        assert (await client.get("/api/admin/stats", params={"period": "soon"})).status_code == 422
