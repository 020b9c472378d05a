"""Who gets in where: every route against every kind of caller, and things of other people."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from fastapi import APIRouter
from httpx import Response

from lumiku.api.access import public, user
from lumiku.api.app import Application, assemble
from lumiku.api.route import Route, guarded_routes, new_router
from lumiku.api.routes.web import PAGES
from lumiku.core.settings import HttpSettings
from lumiku.storage.signing import PREFIX
from support.api import Person, Server
from support.callers import violations
from support.removal_api import API, remove

# Said here a second time, so that a route with the wrong mark is found. A new route needs a line.
RULES = {
    "GET /health": "public",
    "GET /health/live": "public",
    "GET /health/ready": "public",
    "GET /metrics": "operator",
    "GET /api/openapi.json": "public",
    "GET /api/web/start": "public",
    "POST /api/web/failures": "public",
    "GET /assets/{name}": "public",
    **{f"GET {path}": "public" for path in PAGES},
    "POST /api/auth/register": "public",
    "POST /api/auth/login": "public",
    "POST /api/auth/confirm": "public",
    "POST /api/auth/email": "session",
    "GET /api/auth/setup": "public",
    "POST /api/auth/setup": "public",
    "POST /api/auth/password/forgot": "public",
    "POST /api/auth/password/reset": "public",
    "POST /api/auth/logout": "session",
    "POST /api/auth/password": "session",
    "GET /api/auth/profile": "account:read",
    "PUT /api/auth/profile": "account:write",
    "GET /api/auth/sessions": "session",
    "DELETE /api/auth/sessions": "session",
    "DELETE /api/auth/sessions/{session_id}": "session",
    "GET /api/auth/export": "session",
    "DELETE /api/auth/account": "session",
    "GET /api/keys": "session",
    "POST /api/keys": "session",
    "DELETE /api/keys/{key_id}": "session",
    "GET /api/background-remover/pricing": "public",
    "POST /api/background-remover/pricing/calculate": "public",
    "GET /api/background-remover/plans": "public",
    "GET /api/background-remover/subscription": "subscription:read",
    "POST /api/background-remover/subscription": "subscription:write",
    "POST /api/background-remover/subscription/plan": "subscription:write",
    "DELETE /api/background-remover/subscription": "subscription:write",
    "POST /api/background-remover/subscription/reactivate": "subscription:write",
    "GET /api/background-remover/subscription/events": "subscription:read",
    "GET /api/credits/balance": "credits:read",
    "GET /api/credits/history": "credits:read",
    "GET /api/credits/statement": "credits:read",
    "GET /api/payments/packages": "public",
    "POST /api/payments": "credits:write",
    "GET /api/payments": "credits:read",
    "GET /api/payments/{payment_id}": "credits:read",
    "GET /api/payments/{payment_id}/invoice": "credits:read",
    "POST /api/payments/{payment_id}/pay": "credits:write",
    "POST /api/payments/{payment_id}/cancel": "credits:write",
    "POST /api/payments/duitku/callback": "public",
    "GET /api/webhooks": "webhooks:read",
    "POST /api/webhooks": "webhooks:write",
    "GET /api/webhooks/{webhook_id}": "webhooks:read",
    "PUT /api/webhooks/{webhook_id}": "webhooks:write",
    "DELETE /api/webhooks/{webhook_id}": "webhooks:write",
    "GET /api/webhooks/{webhook_id}/secret": "webhooks:write",
    "POST /api/webhooks/{webhook_id}/secret": "webhooks:write",
    "POST /api/webhooks/{webhook_id}/test": "webhooks:write",
    "GET /api/webhooks/{webhook_id}/deliveries": "webhooks:read",
    "POST /api/webhooks/deliveries/{delivery_id}/redeliver": "webhooks:write",
    "POST /api/background-remover/remove": "removals:write",
    "POST /api/background-remover/batch": "removals:write",
    "POST /api/background-remover/batch/uploads": "removals:write",
    "PUT /api/background-remover/batch/{batch_id}/items/{position}": "removals:write",
    "POST /api/background-remover/batch/{batch_id}/start": "removals:write",
    "GET /api/background-remover/events": "removals:read",
    "POST /api/background-remover/batch/{batch_id}/retry": "removals:write",
    "GET /api/background-remover/batches": "removals:read",
    "GET /api/background-remover/batch/{batch_id}": "removals:read",
    "DELETE /api/background-remover/batch/{batch_id}": "removals:write",
    "GET /api/background-remover/batch/{batch_id}/events": "removals:read",
    "GET /api/background-remover/batch/{batch_id}/download": "removals:read",
    "GET /api/background-remover/jobs": "removals:read",
    "GET /api/background-remover/jobs/{job_id}": "removals:read",
    "DELETE /api/background-remover/jobs/{job_id}": "removals:write",
    "POST /api/background-remover/jobs/{job_id}/cancel": "removals:write",
    "POST /api/background-remover/jobs/{job_id}/retry": "removals:write",
    "POST /api/background-remover/jobs/{job_id}/compose": "removals:read",
    "POST /api/background-remover/jobs/{job_id}/share": "removals:write",
    "DELETE /api/background-remover/jobs/{job_id}/share": "removals:write",
    "PUT /api/background-remover/jobs/{job_id}/matte": "removals:write",
    "DELETE /api/background-remover/jobs/{job_id}/matte": "removals:write",
    "GET /api/background-remover/stats": "removals:read",
    "GET /storage/background-remover/{kind}/{year}/{month}/{day}/{name}": "removals:read",
    "GET /shared/{year}/{month}/{day}/{name}": "public",
    "GET /api/apps": "account:read",
    "GET /api/admin/users": "admin",
    "GET /api/admin/users/{user_id}": "admin",
    "POST /api/admin/users/{user_id}/address": "admin",
    "POST /api/admin/users/{user_id}/suspend": "admin",
    "POST /api/admin/users/{user_id}/restore": "admin",
    "POST /api/admin/credits": "admin",
    "GET /api/admin/stats": "admin",
    "GET /api/admin/subscriptions": "admin",
    "GET /api/admin/subscriptions/{user_id}": "admin",
    "POST /api/admin/subscriptions/{user_id}/grant": "admin",
    "POST /api/admin/subscriptions/{user_id}/revoke": "admin",
    "POST /api/admin/subscriptions/{user_id}/suspend": "admin",
    "POST /api/admin/subscriptions/{user_id}/resume": "admin",
    "GET /api/admin/revenue": "admin",
    "GET /api/admin/attention": "admin",
    "GET /api/admin/running": "admin",
    "GET /api/admin/days": "admin",
    "GET /api/admin/payments": "admin",
    "GET /api/admin/payments/{payment_id}": "admin",
    "POST /api/admin/payments/{payment_id}/confirm": "admin",
    "POST /api/admin/payments/{payment_id}/handled": "admin",
    "POST /api/admin/payments/{payment_id}/withdraw": "admin",
    "POST /api/admin/payments/{payment_id}/refund": "admin",
}


async def _key_of(person: Person) -> str:
    async with person.client as client:
        made = await client.post("/api/keys", json={"name": "mine", "scopes": ["account:read"]})
    return made.json()["key"]["id"]


async def _session_of(person: Person) -> str:
    """Another than that of their client."""
    now = person.server.services.clock()
    return str((await person.server.people.login(person.user.email, now=now)).session_id)


async def _webhook_of(person: Person) -> str:
    async with person.client as client:
        made = await client.post(
            "/api/webhooks", json={"url": "https://example.com/", "events": ["batch.completed"]}
        )
    return made.json()["webhook"]["id"]


async def _delivery_of(person: Person) -> str:
    async with person.client as client:
        made = await client.post(f"/api/webhooks/{await _webhook_of(person)}/test")
    return made.json()["delivery"]["id"]


async def _payment_of(person: Person) -> str:
    async with person.client as client:
        made = await client.post("/api/payments", json={"packageId": "credits-1500"})
    return made.json()["payment"]["id"]


async def _job_of(person: Person) -> str:
    async with person.client as client:
        job = (await remove(client)).json()["job"]
        await client.post(f"{API}/jobs/{job['id']}/cancel")
    return job["id"]


async def _batch_of(person: Person) -> str:
    """One that has ended, so that its events do."""
    declared = {"files": [{"name": "cat.png"}]}
    async with person.client as client:
        made = await client.post(f"{API}/batch/uploads", json=declared)
        await client.delete(made.headers["location"])
    return made.json()["batch"]["id"]


def _part_of_file(place: int) -> Callable[[Person], Awaitable[str]]:
    """A segment of the address of one and the same original."""

    async def find(person: Person) -> str:
        async with person.client as client:
            originals = {"sort": "createdAt", "limit": 1}
            if not (jobs := (await client.get(f"{API}/jobs", params=originals)).json()["jobs"]):
                jobs = [(await remove(client)).json()["job"]]
        return jobs[0]["originalUrl"].partition("?")[0].removeprefix(PREFIX).split("/")[place]

    return find


async def _first(_: Person) -> str:
    return "0"


# How to make the thing that a parameter of a path names. A new parameter needs a line.
THINGS: dict[str, Callable[[Person], Awaitable[str]]] = {
    "key_id": _key_of,
    "session_id": _session_of,
    "webhook_id": _webhook_of,
    "delivery_id": _delivery_of,
    "job_id": _job_of,
    "payment_id": _payment_of,
    "batch_id": _batch_of,
    "position": _first,
    **{name: _part_of_file(place) for place, name in enumerate(("kind", "year", "month", "day", "name"))},
}


def routes_of(app: Application) -> list[tuple[str, Route]]:
    return [(f"{method} {route.path}", route) for route in guarded_routes(app) for method in route.methods]


async def test_everybody_at_every_route(server: Server) -> None:
    server.app.state.parts.closing.set()  # streams end at once
    assert [wrong async for wrong in violations(server, routes_of(server.app), RULES)] == []


def test_every_rule_is_of_a_route(server: Server) -> None:
    assert {name for name, _ in routes_of(server.app)} == set(RULES)


async def test_things_of_others_are_not_there(server: Server) -> None:
    owner, other, admin = (
        await server.person("owner"),
        await server.person("other"),
        await server.person("root", admin=True),
    )
    for name, route in routes_of(server.app):
        if not route.param_convertors or RULES[name] in {"public", "admin"}:  # nobody's own
            continue
        method, path = name.split(" ")
        nothing = path
        for parameter in route.param_convertors:
            thing = await THINGS[parameter](owner)
            path = path.replace(f"{{{parameter}}}", thing)
            nothing = nothing.replace(f"{{{parameter}}}", _never_made(thing))
        for stranger in (other, admin):
            async with stranger.client as client:
                answer = await client.request(method, path)
                assert answer.status_code == 404, f"{name} by a stranger"
                assert _told(answer) == _told(await client.request(method, nothing)), name
        async with owner.client as client:
            assert (await client.request(method, path)).status_code not in {403, 404}, f"{name} by its owner"


def _never_made(thing: str) -> str:
    """An id, or the name of a file, of the same form as this one."""
    if len(thing) == 36:
        return str(uuid4())
    return f"{thing[:-10]}AAAAAA{thing[-4:]}" if len(thing) > 36 else thing


def _told(answer: Response) -> tuple[object, ...]:
    """All of an error but the request's id."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["details"]


async def test_lists_hold_nothing_of_others(server: Server) -> None:
    server.app.state.parts.closing.set()  # streams end at once
    owner, other = await server.person("owner"), await server.person("other")
    things = {await THINGS[name](owner) for name in THINGS if name.endswith("_id")}
    things |= {await THINGS["name"](owner), str(owner.user.id), owner.user.email}
    lists = [
        name.partition(" ")[2]
        for name, route in routes_of(server.app)
        if name.startswith("GET ")
        and not route.param_convertors
        and RULES[name] not in {"public", "operator", "admin"}
    ]
    assert len(lists) > 10

    async def shown_to(person: Person) -> set[str]:
        async with person.client as client:
            bodies = "".join([(await client.get(path)).text for path in lists])
        return {thing for thing in things if thing in bodies}

    assert await shown_to(other) == set()
    assert len(await shown_to(owner)) >= len(things) - 1  # a delivery is in its endpoint's list


async def test_a_wrong_mark_is_found(server: Server) -> None:
    careless = new_router("careless")

    @careless.get("/api/secrets", dependencies=[public])
    async def secrets() -> dict[str, str]:
        return {}

    @careless.get("/api/others", dependencies=[user("credits:read")])
    async def others() -> dict[str, str]:
        return {}

    server.app.include_router(careless)
    routes = [(name, route) for name, route in routes_of(server.app) if name.endswith(("secrets", "others"))]
    rules = {"GET /api/secrets": "account:read"}
    found = [wrong async for wrong in violations(server, routes, rules)]
    assert "GET /api/secrets: anonymous got 200, not 401" in found
    assert "GET /api/others has no rule" in found


def test_a_route_without_a_mark_does_not_start() -> None:
    router = new_router("careless")
    with pytest.raises(TypeError, match="must declare who may call it"):
        router.get("/api/secrets")(_nothing)


def test_a_route_of_another_kind_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded = APIRouter()
    unguarded.get("/api/secrets")(_nothing)
    monkeypatch.setattr("lumiku.api.app._ROUTERS", (unguarded,))
    with pytest.raises(TypeError, match="/api/secrets is not guarded"):
        assemble(HttpSettings())


async def _nothing() -> None:
    """Answers nothing."""
