"""One person as administrators see them, the address they are given, and the link's administrator."""

from uuid import UUID, uuid4

from httpx import AsyncClient

from lumiku.accounts.setup_admin import admin_setup_link
from support.api import Server


async def _person(client: AsyncClient, number: UUID) -> dict[str, object]:
    answer = await client.get(f"/api/admin/users/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_a_person_with_all_that_is_theirs(server: Server) -> None:
    root, ada = await server.person("root", admin=True), await server.person("ada")
    async with root.client as client:
        before = await _person(client, ada.user.id)
        assert (before["subscription"], before["pictures"]) == (None, 0)
        given = {"userId": str(ada.user.id), "amount": 50, "note": "Thanks"}
        await client.post("/api/admin/credits", json=given, headers={"Idempotency-Key": "a"})
        plan = {"plan": "pro", "months": 2, "reason": "Prize"}
        path = f"/api/admin/subscriptions/{ada.user.id}/grant"
        await client.post(path, json=plan, headers={"Idempotency-Key": "b"})
        after = await _person(client, ada.user.id)
        assert after["credits"] == {"balance": 150, "held": 0, "available": 150}
        assert [line["note"] for line in after["entries"]][:1] == ["Thanks"]  # type: ignore[attr-defined]
        assert after["subscription"]["plan"] == "pro"  # type: ignore[index]
        assert (await client.get(f"/api/admin/users/{uuid4()}")).status_code == 404


async def test_the_links_administrator_has_no_address_until_they_are_given_one(server: Server) -> None:
    services = server.services
    settings, now = services.settings.accounts, services.clock()
    link = await admin_setup_link(services.db, settings=settings, hooks=services.hooks, now=now)
    assert link is not None
    async with server.client() as stranger:
        assert (await stranger.get("/api/auth/setup")).json() == {"open": True}
    root = await server.person("root", admin=True)
    async with root.client as client:
        assert (await client.get("/api/auth/setup")).json() == {"open": False}
        listed = (await client.get("/api/admin/users")).json()["users"]
        assert [each["hasAddress"] for each in listed] == [True, False]
        path = f"/api/admin/users/{listed[1]['id']}/address"
        for wrong, status in (
            ("x@setup.invalid", 400),
            ("nothing", 400),
            ("ROOT@example.com", 409),
            ("", 422),
        ):
            assert (await client.post(path, json={"email": wrong})).status_code == status, wrong
        for _ in range(2):  # again changes nothing
            given = (await client.post(path, json={"email": "dewi@example.com"})).json()["user"]
            assert (given["email"], given["hasAddress"]) == ("dewi@example.com", True)
        setup = {"token": link, "email": "eve@example.com", "password": "correct horse battery"}
        assert (await client.post("/api/auth/setup", json=setup)).status_code == 400  # the link has ended


async def test_numbers_are_of_whole_days_that_the_chart_shows_too(server: Server) -> None:
    root = await server.person("root", admin=True)
    async with root.client as client:
        days = (await client.get("/api/admin/days", params={"days": 7})).json()["days"]
        for path, name in (("stats", "stats"), ("revenue", "revenue")):
            told = (await client.get(f"/api/admin/{path}", params={"period": "7d"})).json()[name]
            assert told["since"] == f"{days[0]['day']}T00:00:00Z"
