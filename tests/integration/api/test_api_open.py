"""Open mode over HTTP: no accounts, no credits, and refusals like any other answer."""

import json
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient

from lumiku.core.db import Database
from lumiku.core.settings import LogSettings, ServerSettings
from support.api import Server, services_for, settings_for
from support.logs import logged


@pytest.fixture
def local(db: Database, database_url: str, tmp_path: Path) -> AsyncClient:
    settings = settings_for(tmp_path, server=ServerSettings(data=tmp_path, open=True))
    transport = ASGITransport(Server(services_for(db, database_url, settings)).app)
    return AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def test_routes_of_accounts_and_credits_are_refused(local: AsyncClient) -> None:
    person = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
    for method, path in (
        ("POST", "/api/auth/register"),
        ("POST", "/api/auth/login"),
        ("POST", "/api/auth/setup"),
        ("GET", "/api/auth/profile"),
        ("GET", "/api/keys"),
        ("GET", "/api/credits/balance"),
        ("GET", "/api/credits/history"),
        ("GET", "/api/admin/users"),
        ("POST", "/api/admin/credits"),
    ):
        answer = await local.request(method, path, json=person if method == "POST" else None)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN"), path
        assert "without accounts and credits" in answer.json()["error"]["message"]
    assert (await local.get("/api/webhooks")).status_code == 200
    assert (await local.get("/api/removals/none")).status_code == 404


async def test_other_sites_are_refused_in_the_envelope(local: AsyncClient) -> None:
    with logged(LogSettings(format="json")) as written:
        answer = await local.post(
            "/api/webhooks",
            json={},
            headers={"Origin": "http://127.0.0.1:3000", "X-Request-Id": "my-own-request"},
        )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["requestId"]) == (403, "FORBIDDEN", "my-own-request")
    assert answer.headers["x-request-id"] == "my-own-request"
    assert answer.headers["x-frame-options"] == "DENY"
    (line,) = [json.loads(text) for text in written.getvalue().splitlines()]
    assert (line["message"], line["status"], line["code"]) == ("request", 403, "FORBIDDEN")
    assert line["request_id"] == "my-own-request"
