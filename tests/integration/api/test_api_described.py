"""The API is as its description says: schemathesis against the running server, short, on every commit."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from lumiku.api.access import public
from lumiku.api.app import assemble
from lumiku.api.route import guarded_routes, new_router
from lumiku.api.routes.web import PAGES
from lumiku.core.settings import HttpSettings
from lumiku.health.check import Checks
from lumiku.health.database import database_check
from lumiku.health.schema import schema_check
from support.api import Server
from support.http_server import listening

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
)
EXAMPLES = os.environ.get("LUMIKU_TEST_EXAMPLES", "8")


async def examine(server: Server, folder: Path, *options: str) -> tuple[int, str]:
    """Run schemathesis; gives its exit code and what it said."""
    database = server.services.db
    server.app.state.checks = Checks([database_check(database), schema_check(database)])
    server.app.state.parts.closing.set()  # nobody works here, so nothing is worth waiting for
    async with listening(server.app) as port:
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"),
            "run",
            f"http://127.0.0.1:{port}/api/openapi.json",
            "--phases=examples,coverage,fuzzing",
            f"--checks={','.join(CHECKS)}",
            f"--max-examples={EXAMPLES}",
            "--seed=1",
            "--continue-on-failure",
            "--request-timeout=60",
            "--suppress-health-check=all",
            "--warnings=off",
            "--no-color",
            *options,
            cwd=folder,
            env={**os.environ, "NO_PROXY": "*", "no_proxy": "*"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.long
@pytest.mark.timeout(1200)  # a request for each of many cases of each route
async def test_no_5xx_and_nothing_undocumented(server: Server, tmp_path: Path) -> None:
    admin = await server.person("root", admin=True)
    code, said = await examine(
        server,
        tmp_path,
        f"--header=Authorization:Bearer {admin.token}",
        "--exclude-path=/api/auth/logout",  # it would make nobody of the administrator
        # Its other methods are those of /batch/{batch_id}, which says that "uploads" is no id.
        "--exclude-path=/api/background-remover/batch/uploads",
    )
    assert code == 0, said[-20_000:]


async def test_a_lie_in_the_description_is_found(server: Server, tmp_path: Path) -> None:
    router = new_router("lying")

    @router.get("/api/lie", dependencies=[public], response_model=dict[str, int])
    async def lie() -> Any:
        from starlette.responses import JSONResponse

        return JSONResponse({"count": "many"}, 203)

    server.app.include_router(router)
    code, said = await examine(server, tmp_path, "--include-path=/api/lie")
    assert code == 1
    assert "203" in said, said


def test_every_route_says_who_may_call_it_and_how_it_fails() -> None:
    app = assemble(HttpSettings())
    described: dict[str, Any] = app.openapi()
    pages = {route.path for route in guarded_routes(app) if not route.include_in_schema}
    assert pages == {*PAGES, "/assets/{name}"}  # for people; all else is described
    for route in guarded_routes(app):
        if route.path in pages:
            continue
        for method in route.methods or ():
            operation = described["paths"][route.path][method.lower()]
            answers = operation["responses"]
            assert operation["summary"], route.path
            assert operation["description"], route.path
            assert "500" in answers
            refuses_strangers = {} not in operation.get("security", [{}])  # {}: nobody at all may call it
            assert ("401" in answers) == (refuses_strangers or "login" in route.path), route.path
            if route.limit is not None:
                assert {"429", "503"} <= set(answers), route.path
            for status, answer in answers.items():
                content = answer.get("content", {}).get("application/json", {})
                if int(status) >= 400:
                    assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
                    assert content["example"]["error"]["code"]


def test_the_description_refers_to_nothing_that_is_missing() -> None:
    text = json.dumps(assemble(HttpSettings()).openapi())
    described = json.loads(text)
    referred = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert referred <= set(described["components"]["schemas"])
    assert "ValidationError" not in described["components"]["schemas"]
