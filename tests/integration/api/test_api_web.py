"""The web app as it is served: its page at every address of it, assets for ever, a policy, and no more."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from lumiku.api.routes.web import PAGES
from lumiku.api.web_files import WebFiles
from lumiku.core.db import Database
from lumiku.core.settings import LogSettings, ServerSettings
from support.api import Server, services_for, settings_for
from support.logs import logged

OWN = ("start.en.html", "start.id.html", "home.en.html", "home.id.html", "login.en.html", "single.en.html")
SCRIPT = b"console.log('one')"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
FAILURE = {
    "kind": "TypeError",
    "said": "x is not a function",
    "route": "/apps/background-remover/single/:id?",
    "version": "v0.1.0",
    "build": "first-abc.js",
    "count": 1,
    "frames": ["index-abc.js:1:230"],
}


def built(folder: Path) -> WebFiles:
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", *OWN):
        (folder / name).write_text(f"<!doctype html><title>Lumiku</title>{name}")
    script = folder / "assets/index-abc.js"
    script.write_bytes(SCRIPT)
    script.with_name("index-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    return WebFiles(folder)


@pytest.fixture
def web(server: Server, tmp_path: Path) -> Server:
    server.app.state.parts = replace(server.app.state.parts, web=built(tmp_path / "web"))
    return server


async def test_every_address_of_the_app_shows_its_page(web: Server) -> None:
    async with web.client(**BROWSER) as client:
        for path in (*PAGES, "/setup/", "/admin/"):
            answer = await client.get(path.replace("{rest:path}", "deep/link"))
            assert (answer.status_code, answer.headers["content-type"]) == (
                200,
                "text/html; charset=utf-8",
            ), path
            assert answer.headers["cache-control"] == "no-cache"
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
        again = await client.get("/admin", headers={"If-None-Match": f"W/{answer.headers['etag']}"})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get("/login", headers={"If-None-Match": '"another"'})).status_code == 200


async def test_strangers_see_the_start_before_any_script_in_their_language(web: Server) -> None:
    cookie = "lumiku-language=id"
    shown = {
        "start.en.html": (
            {},
            {"Accept-Language": "fr-FR, *;q=0.1"},
            {"Accept-Language": "en-GB,id;q=0.5"},
            {"Accept-Language": "id;q=0.1, en;q=0.9"},
        ),
        "start.id.html": ({"Accept-Language": "fr, id-ID;q=0.8, en;q=0.1"}, {"Cookie": cookie}),
        "home.en.html": ({"Cookie": "lumiku_session=any"},),
        "home.id.html": ({"Cookie": f"lumiku_session=any; {cookie}"},),
    }
    async with web.client(**BROWSER) as client:
        for name, asked in shown.items():
            for headers in asked:
                answer = await client.get("/", headers=headers)
                assert answer.text.endswith(name), headers
                assert "default-src 'none'" in answer.headers["content-security-policy"]
        seen = (await client.get("/")).headers
        assert {"Accept-Language", "Cookie"} <= set(seen["vary"].split(", "))
        # Whoever logged in since is not left with what their browser kept.
        known = {"If-None-Match": seen["etag"], "Cookie": "lumiku_session=any"}
        assert (await client.get("/", headers=known)).status_code == 200


async def test_a_screens_address_shows_the_page_that_asks_for_all_it_needs(web: Server) -> None:
    shown = {
        "/login": "login.en",
        "/apps/background-remover/single": "single.en",
        "/apps/background-remover/single/01a2": "single.en",
        "/apps/background-remover/singles": "index",
        "/apps/background-remover/jobs": "index",  # the build wrote none
        "/login/": "login.en",
        "/forgot-password": "index",
        "/nowhere": "index",
    }
    async with web.client(**BROWSER) as client:
        for path, name in shown.items():
            assert (await client.get(path)).text.endswith(f"{name}.html"), path


async def test_an_asset_is_kept_for_ever_and_comes_compressed_to_those_who_can_read_it(web: Server) -> None:
    async with web.client() as client:
        for accepted, encoding in (("gzip, br", "gzip"), ("gzip;q=0", None), ("identity", None)):
            answer = await client.get("/assets/index-abc.js", headers={"Accept-Encoding": accepted})
            assert answer.content == SCRIPT
            assert answer.headers.get("content-encoding") == encoding, accepted
            assert answer.headers["vary"] == "Accept-Encoding"
            assert "immutable" in answer.headers["cache-control"]
        for missing in ("index-old.js", "..%2Findex.html", "index-abc.js.gz"):
            answer = await client.get(f"/assets/{missing}", headers=BROWSER)
            assert answer.json()["error"]["code"] == "NOT_FOUND", missing


async def test_nobodys_address_is_a_page_for_people_and_json_for_programs(web: Server) -> None:
    async with web.client() as client:
        for path in ("/nowhere", "/api/nowhere", "/storage/nowhere", "/health/nowhere"):
            answer = await client.get(path, headers=BROWSER)
            assert answer.status_code == 404
            assert answer.text.startswith("<!doctype") == (path == "/nowhere"), path
        assert (await client.get("/nowhere")).json()["error"]["code"] == "NOT_FOUND"
        assert (await client.post("/nowhere", headers=BROWSER)).json()["error"]["code"] == "NOT_FOUND"


async def test_a_server_without_the_built_app_says_so(server: Server, tmp_path: Path) -> None:
    server.app.state.parts = replace(server.app.state.parts, web=WebFiles(tmp_path / "none"))
    async with server.client(**BROWSER) as client:
        assert "not built" in (await client.get("/")).json()["error"]["message"]
        assert (await client.get("/nowhere")).json()["error"]["code"] == "NOT_FOUND"


async def test_the_start_tells_who_is_there_and_refuses_nobody(server: Server) -> None:
    ada = await server.person("ada")
    async with server.client() as nobody, ada.client as client, server.client("not a token") as liar:
        told = (await nobody.get("/api/web/start")).json()
        assert (told["user"], told["open"], told["registrationOpen"]) == (None, False, True)
        assert (await client.get("/api/web/start")).json()["user"]["email"] == "ada@example.com"
        assert (await liar.get("/api/web/start")).json()["user"] is None


async def test_the_start_in_open_mode(db: Database, database_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path, server=ServerSettings(data=tmp_path, open=True))
    server = Server(services_for(db, database_url, settings))
    async with server.client() as client:
        told = (await client.get("/api/web/start", headers={"Host": "127.0.0.1"})).json()
    assert (told["user"], told["open"], told["registrationOpen"]) == (None, True, False)


async def test_a_browsers_failure_is_one_line_however_often_it_comes(server: Server) -> None:
    said = "cannot read\n2026 [error] forged of /storage/x.png?filename=a&signature=abc by ada@example.com"
    async with server.client() as client:
        with logged(LogSettings(format="json")) as written:
            for count in (1, 4, 9):
                told = {**FAILURE, "said": said, "frames": [], "count": count}
                assert (await client.post("/api/web/failures", json=told)).status_code == 202
            other = {**FAILURE, "said": "something else", "frames": []}
            assert (await client.post("/api/web/failures", json=other)).status_code == 202
            assert (await client.post("/api/web/failures", json=FAILURE)).status_code == 202
        lines = [json.loads(text) for text in written.getvalue().splitlines()]
        first, again, second, third = (each for each in lines if each["message"] == "browser failure")
        assert first["said"] == "cannot read\\n2026 [error] forged of /storage/*.png?… by …@…"
        assert (first["count"], again["count"], again["left_out"]) == (1, 14, 1)
        assert (second["said"], second["count"]) == ("something else", 1)
        for name in ("kind", "route", "version", "build", "frames"):
            assert third[name] == FAILURE[name]
        for wrong in (
            {"frames": ["ada@example.com"]},
            {"kind": "no such file: cat.jpg"},
            {"route": "/ada@example.com"},
            {"said": "x" * 501},
            {"count": 0},
            {"text": "x"},
        ):
            assert (await client.post("/api/web/failures", json={**FAILURE, **wrong})).status_code == 422
