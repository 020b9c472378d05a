"""What is written about a request: a line, a metric, headers; nothing of the person or what they asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from lumiku.core.db import Database
from lumiku.core.settings import HttpSettings, LogSettings, Rate
from support.api import UNLIMITED, Server, services_for, settings_for
from support.logs import logged
from support.people import PASSWORD


async def test_one_line_a_request_without_anything_personal(server: Server) -> None:
    ada = await server.person("ada")
    key = await ada.key("credits:read")
    with logged(LogSettings(format="json")) as written:
        async with server.client(key) as client:
            await client.get("/api/credits/history?page=2&q=private-question")
            await client.post("/api/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
            await client.get("/private-address/of-somebody")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    requests = [line for line in lines if line["message"] == "request"]
    shown = [(line["method"], line["route"], line["status"]) for line in requests]
    assert shown == [
        ("GET", "/api/credits/history", 200),
        ("POST", "/api/auth/login", 200),
        ("GET", "unmatched", 404),
    ]
    assert [line["account"] for line in requests] == [str(ada.user.id), str(ada.user.id), None]
    assert all(line["request_id"] and line["ms"] >= 0 for line in requests)
    hidden = (key, "private", "ada@example.com", PASSWORD, "192.0.2.1", "page=2")
    assert [part for part in hidden if part in written.getvalue()] == []


async def test_rates_are_told_and_enforced(db: Database, database_url: str, tmp_path: Path) -> None:
    few = UNLIMITED.model_copy(
        update={
            "status_rate": Rate(requests=60, period_s=3600, burst=2),
            "login_rate": Rate(requests=5, period_s=900, burst=5),
        }
    )
    server = Server(services_for(db, database_url, settings_for(tmp_path, http=few)))
    ada, bob = await server.person("ada"), await server.person("bob")
    async with ada.client as client:
        left = []
        for _ in range(3):
            answer = await client.get("/api/credits/balance")
            left.append((answer.status_code, answer.headers["x-ratelimit-remaining"]))
        assert left == [(200, "1"), (200, "0"), (429, "0")]
        assert answer.json()["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert answer.headers["x-ratelimit-limit"] == "60"
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert int(answer.headers["x-ratelimit-reset"]) > 60
    async with bob.client as client:  # counted by account, not by address
        assert (await client.get("/api/credits/balance")).status_code == 200
    async with server.client() as stranger:
        wrong = {"email": "nobody@example.com", "password": "wrong password"}
        tried = [(await stranger.post("/api/auth/login", json=wrong)).status_code for _ in range(6)]
        assert tried == [401] * 5 + [429]
        assert (await stranger.get("/api/background-remover/pricing")).status_code == 200


async def test_strangers_behind_a_proxy_are_counted_by_their_own_address(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, http=HttpSettings())
    trusting = settings.model_copy(
        update={"server": settings.server.model_copy(update={"trusted_proxies": ("192.0.2.1",)})}
    )
    wrong = {"email": "nobody@example.com", "password": "wrong password"}

    async def statuses(server: Server) -> set[int]:
        found = set()
        for number in range(7):
            async with server.client(**{"X-Forwarded-For": f"203.0.113.{number}"}) as client:
                found.add((await client.post("/api/auth/login", json=wrong)).status_code)
        return found

    assert await statuses(Server(services_for(db, database_url, trusting))) <= {401, 429}
    spoofing = await statuses(Server(services_for(db, database_url, settings)))
    assert 429 in spoofing


@pytest.mark.parametrize("path", ["/health/live", "/nope", "/api/auth/profile"])
async def test_headers_of_every_answer(server: Server, path: str) -> None:
    async with server.client() as client:
        answer = await client.get(path)
        preflight = await client.options(
            path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    for one in (answer, preflight):
        assert not [name for name in one.headers if name.startswith("access-control")]


async def test_cors_for_named_origins_alone(db: Database, database_url: str, tmp_path: Path) -> None:
    allowed = UNLIMITED.model_copy(update={"cors_origins": ("https://shop.example",)})
    server = Server(services_for(db, database_url, settings_for(tmp_path, http=allowed)))
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with server.client() as client:
        mine = await client.options("/api/auth/login", headers={"Origin": "https://shop.example", **ask})
        assert mine.headers["access-control-allow-origin"] == "https://shop.example"
        assert "access-control-allow-credentials" not in mine.headers
        other = await client.options("/api/auth/login", headers={"Origin": "https://evil.example", **ask})
        assert (other.status_code, other.json()["error"]["code"]) == (400, "INVALID_INPUT")
        assert "access-control-allow-origin" not in other.headers


async def test_metrics_by_token_or_administrator(db: Database, database_url: str, tmp_path: Path) -> None:
    with_token = UNLIMITED.model_copy(update={"metrics_token": SecretStr("scrape-me")})
    server = Server(services_for(db, database_url, settings_for(tmp_path, http=with_token)))
    async with server.client("scrape-me") as client:
        await client.get("/secret-path/nobody-has")
        shown = await client.get("/metrics")
        assert shown.status_code == 200
        assert shown.headers["content-type"].startswith("text/plain")
        counted = 'lumiku_http_requests_total{method="GET",route="unmatched",status="404"}'
        assert counted in shown.text
        assert "secret-path" not in shown.text
    async with server.client("scrape-mf") as client:
        assert (await client.get("/metrics")).status_code == 401


def test_processes_share_their_numbers_and_start_from_none(tmp_path: Path) -> None:
    from lumiku.core.metrics import fresh_folder

    folder = tmp_path / "metrics"
    count = "from lumiku.core.metrics import count_request as c; c('GET', '/x', 200, 0.01)"
    show = "from lumiku.core.metrics import exposition; print(exposition().decode())"

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    environment = fresh_folder(folder)
    for _ in range(3):
        run(count)
    assert 'lumiku_http_requests_total{method="GET",route="/x",status="200"} 3.0' in run(show)
    environment = fresh_folder(folder)
    assert "3.0" not in run(show)


def test_the_app_loads_no_inference_runtime() -> None:
    code = (
        "import sys, lumiku.api.app as a; from lumiku.core.settings import HttpSettings;"
        "a.assemble(HttpSettings()).openapi();"
        "print([m for m in ('openvino', 'onnxruntime') if m in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert loaded.stdout.strip() == "[]"
    control = subprocess.run(
        [sys.executable, "-c", f"import onnxruntime; {code}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert control.stdout.strip() == "['onnxruntime']"
