"""PostgreSQL stops and comes back: 503 meanwhile, never 401, never zeros; then all is as before."""

import asyncio
import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumiku.core.db import Database
from lumiku.core.settings import DatabaseSettings
from support import database
from support.api import Server, services_for, settings_for
from support.people import PASSWORD


class Stoppable:
    """A PostgreSQL of this test alone, driven by pg_ctl."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        nobody = pwd.getpwnam("nobody")
        self._user = (
            {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )

    def _control(self, *arguments: str) -> None:
        subprocess.run(
            [database.BIN / "pg_ctl", "-D", f"{self.folder}/data", "-w", "-t", "120", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            **self._user,
        )

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off"
        self._control("start", "-l", "/dev/null", "-o", options)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Stoppable]:
    with database.running_server() as folder:
        database.create_template(folder)
        stoppable = Stoppable(folder)
        yield stoppable
        stoppable.stop()


async def test_an_outage_is_a_503_and_ends_by_itself(postgres: Stoppable, tmp_path: Path) -> None:
    url = database.url_of(postgres.folder, database.clone(postgres.folder), "app")
    db = Database(url, DatabaseSettings(pool_timeout_s=30))
    server = Server(services_for(db, url, settings_for(tmp_path)))
    admin = await server.person("root", admin=True)
    key = await admin.key("credits:read")
    grant = {"userId": str(admin.user.id), "amount": 5}
    login = {"email": "root@example.com", "password": PASSWORD}
    asked = [
        ("GET", "/api/credits/balance", None),
        ("GET", "/api/auth/profile", None),
        ("GET", "/api/admin/stats", None),
        ("POST", "/api/admin/credits", grant),
        ("POST", "/api/auth/login", login),
        ("POST", "/api/auth/register", {**login, "email": "new@example.com"}),
        ("GET", "/health/ready", None),
        ("GET", "/health", None),
    ]
    async with admin.client as client, server.client(key) as program:
        client.headers["Idempotency-Key"] = "grant-1"
        before = await client.get("/api/credits/balance")
        assert before.status_code == 200
        postgres.stop()
        for _ in range(2):
            for method, path, body in asked:
                answer = await client.request(method, path, json=body)
                assert answer.status_code == 503, f"{path}: {answer.text}"
                assert answer.json()["error"]["code"] == "SERVICE_UNAVAILABLE"
                assert answer.headers["retry-after"]
            assert (await program.get("/api/credits/balance")).status_code == 503
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/api/background-remover/pricing")).status_code == 200
        nobody = await server.client().get("/api/credits/balance")
        assert nobody.status_code == 401  # who shows nothing is nobody, whatever the database says
        postgres.start()
        after = await asyncio.gather(*(client.get("/api/credits/balance") for _ in range(20)))
        assert {(answer.status_code, answer.text) for answer in after} == {(200, before.text)}
        assert (await client.post("/api/admin/credits", json=grant)).status_code == 201
        assert (await program.get("/api/credits/balance")).json()["balance"] == before.json()["balance"] + 5
    await db.close()


async def test_readiness_names_what_is_missing(db: Database, owner_url: str, tmp_path: Path) -> None:
    import psycopg

    from lumiku.health.check import Checks
    from lumiku.health.schema import schema_check

    assert [finding.status for finding in await Checks([schema_check(db)]).findings()] == ["ok"]
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE users DROP COLUMN language")
        connection.execute("DROP TABLE background_remover_subscription_usage CASCADE")
    server = Server(services_for(db, owner_url, settings_for(tmp_path)))
    server.app.state.checks = Checks([schema_check(db)])
    async with server.client() as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "MIGRATION_PENDING")
    assert "background_remover_subscription_usage" in answer.json()["error"]["message"]
    assert "users.language" in answer.json()["error"]["message"]
    (told,) = answer.json()["error"]["details"]["checks"]
    assert told["reason"] == "SCHEMA_DIFFERS"
    assert {"column users.language", "table background_remover_subscription_usage"} <= set(
        told["facts"]["named"]
    )
