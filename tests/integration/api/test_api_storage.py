"""Stored files over HTTP: links and owners, parts, what has not changed, names, and tricks with paths."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from lumiku.removals.tables import background_removal_jobs as jobs
from lumiku.storage.keys import new_key
from lumiku.storage.signing import PREFIX, sign_url
from support.api import Server
from support.http_server import listening, send_raw
from support.removal_api import completed_batch, completed_job, stored_keys


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


@pytest.fixture
async def link(server: Server, ada: AsyncClient) -> str:
    """Of a result."""
    url: str = (await completed_job(server, ada))["processedUrl"]
    return url


async def test_a_link_works_for_anybody_and_only_as_it_is(server: Server, link: str) -> None:
    async with server.client() as nobody:
        whole = await nobody.get(link)
        assert whole.status_code == 200
        assert whole.headers["cross-origin-resource-policy"] == "cross-origin"
        assert whole.headers["x-content-type-options"] == "nosniff"
        parts = urlsplit(link)
        query = dict(parse_qsl(parts.query))
        changes = (
            {"filename": "other.png"},
            {"expires": str(int(query["expires"]) + 3600)},
            {"signature": query["signature"][:-1] + ("A" if query["signature"][-1] != "A" else "B")},
            {"signature": ""},
            {"signature": "é"},
        )
        for change in changes:
            answer = await nobody.get(f"{parts.path}?{urlencode({**query, **change})}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")
        assert (await nobody.get(parts.path)).status_code == 401
        past = server.services.clock() - timedelta(days=3)
        key = parts.path.removeprefix(PREFIX)
        old = sign_url(server.services.secrets, key, "a.png", now=past, lifetime_s=300)
        answer = await nobody.get(old)
        assert (answer.status_code, answer.json()["error"]["code"]) == (410, "LINK_EXPIRED")
        answer = await nobody.get(link, params={"download": "true", **query})
        assert answer.headers["content-disposition"] == 'attachment; filename="removed-cat.png"'


async def test_the_owner_s_files_have_the_names_that_links_have(server: Server, ada: AsyncClient) -> None:
    job = await completed_job(server, ada)
    async with server.client() as nobody:
        for link, name in (
            ("originalUrl", "cat.png"),
            ("processedUrl", "removed-cat.png"),
            ("thumbnailUrl", "cat-thumbnail.webp"),
        ):
            for reader, where in ((nobody, job[link]), (ada, urlsplit(job[link]).path)):
                told = (await reader.get(where)).headers["content-disposition"]
                assert told == f'inline; filename="{name}"'


async def test_the_owner_needs_no_link_and_others_find_nothing(
    server: Server, ada: AsyncClient, link: str
) -> None:
    path = urlsplit(link).path
    whole = await ada.get(path)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
    for person in (await server.person("bob"), await server.person("root", admin=True)):
        async with person.client as client:
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "FILE_MISSING")


async def test_parts(server: Server, ada: AsyncClient, link: str) -> None:
    whole = await ada.get(link)
    size, tag, body = len(whole.content), whole.headers["etag"], whole.content
    assert whole.headers["accept-ranges"] == "bytes"

    async def part(value: str, **headers: str) -> tuple[int, bytes, str | None]:
        answer = await ada.get(link, headers={"Range": value, **headers})
        return answer.status_code, answer.content, answer.headers.get("content-range")

    assert await part("bytes=0-9") == (206, body[:10], f"bytes 0-9/{size}")
    assert await part("bytes=10-") == (206, body[10:], f"bytes 10-{size - 1}/{size}")
    assert await part("bytes=-7") == (206, body[-7:], f"bytes {size - 7}-{size - 1}/{size}")
    assert await part(f"bytes=-{size + 5}") == (206, body, f"bytes 0-{size - 1}/{size}")
    assert await part(f"bytes=5-{size * 10}") == (206, body[5:], f"bytes 5-{size - 1}/{size}")
    assert await part("BYTES=0-0") == (206, body[:1], f"bytes 0-0/{size}")
    for refused in (f"bytes={size}-", "bytes=-0", "bytes=0-1,3-4", "bytes=0-1, 3-4"):
        status, content, told = await part(refused)
        assert (status, told) == (416, f"bytes */{size}"), refused
        assert b"RANGE_NOT_SATISFIABLE" in content
    for ignored in (
        "bytes=5-4",
        "bytes=-",
        "bytes=a-b",
        "lines=1-2",
        "bytes=1",
        "bytes=" + "9" * 30 + "-",
        "",
    ):
        assert (await part(ignored))[0] == 200, ignored
    assert (await part("bytes=0-9", **{"If-Range": tag}))[0] == 206
    assert (await part("bytes=0-9", **{"If-Range": whole.headers["last-modified"]}))[0] == 206
    assert (await part("bytes=0-9", **{"If-Range": '"other"'}))[0] == 200
    assert (await part("bytes=0-9", **{"If-Range": f"W/{tag}"}))[0] == 200


async def test_a_part_of_another_file_is_refused(ada: AsyncClient, link: str) -> None:
    whole = await ada.get(link)
    tag, day = whole.headers["etag"], whole.headers["last-modified"]
    for meant in ({"If-Match": f'"x", {tag}'}, {"If-Match": "*"}, {"If-Unmodified-Since": day}):
        answer = await ada.get(link, headers={"Range": "bytes=0-9", **meant})
        assert (answer.status_code, answer.content) == (206, whole.content[:10]), meant
    before = "Sun, 06 Nov 1994 08:49:37 GMT"
    for other in ({"If-Match": '"x"'}, {"If-Match": f"W/{tag}"}, {"If-Unmodified-Since": before}):
        answer = await ada.get(link, headers={"Range": "bytes=0-9", **other})
        assert (answer.status_code, answer.json()["error"]["code"]) == (412, "PRECONDITION_FAILED"), other


async def test_what_has_not_changed_is_not_sent_again(ada: AsyncClient, link: str) -> None:
    whole = await ada.get(link)
    tag = whole.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = await ada.get(link, headers={"If-None-Match": known, "Range": "bytes=0-1"})
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == whole.headers["cache-control"]
    assert (await ada.get(link, headers={"If-None-Match": '"x"'})).status_code == 200
    dated = {"If-Modified-Since": whole.headers["last-modified"]}
    assert (await ada.get(link, headers=dated)).status_code == 304
    assert (await ada.get(link, headers={**dated, "If-None-Match": '"x"'})).status_code == 200
    for nonsense in (
        "yesterday",
        "Mon, 99 Jan 2026 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT",
        f"Mon, 01 Jan 2026 00:00:00 +{'9' * 22}",
    ):
        assert (await ada.get(link, headers={"If-Modified-Since": nonsense})).status_code == 200


async def test_head_has_the_headers_and_nothing_else(server: Server, ada: AsyncClient, link: str) -> None:
    whole = await ada.get(link)
    async with listening(server.app) as port, AsyncClient(base_url=f"http://127.0.0.1:{port}") as nobody:
        head = await nobody.head(link)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "content-disposition", "accept-ranges"):
            assert head.headers[name] == whole.headers[name]
        part = await nobody.head(link, headers={"Range": "bytes=0-4"})
        assert (part.status_code, part.headers["content-length"]) == (200, whole.headers["content-length"])


TRICKS = [
    "outputs/../uploads/x",
    "outputs/%2e%2e/%2e%2e/secrets.json",
    "outputs/..%2f..%2fsecrets.json/a/b",
    "outputs/2026/11/24/..%2f..%2f..%2f..%2f..%2fsecrets.json",
    "outputs/2026/11/24/%00.png",
    "outputs/2026/11/24/{name}%00.png",
    "outputs/2026/11/24/{name}.png%00",
    "outputs/2026/11/24/{name}.png/",
    "outputs//2026/11/24/{name}.png",
    "outputs/2026/11/24/%2e%2e",
    "outputs/2026/11/24/{name}.png%0a",
    "outputs/2026/11/24/C:%5cwindows%5csystem.ini",
    "outputs/2026/11/24/%c0%ae%c0%ae%c0%af",
    "outputs/2026/11/24/%252e%252e%252fsecrets.json",
    "outputs/2026/13/41/{name}.png",
    "outputs/2026/11/24/" + "a" * 5000 + ".png",
    "mattes/2026/11/24/{name}.png",
    "probes/2026/11/24/{name}.png",
    "..%2f..%2fsecrets/2026/11/24/{name}.png",
    "zips/2026/11/24/{name}.zip",
    "zips/2026/11/24/{name}.png",
]


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_trick_leads_anywhere(server: Server, ada: AsyncClient, trick: str) -> None:
    path = PREFIX + trick.replace("{name}", "A" * 43)
    token = ada.headers["authorization"]
    async with listening(server.app) as port:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n"
        answer = await send_raw(port, request.encode())
    assert answer.status == 404, answer
    assert answer.headers["content-type"] == "application/json"
    assert b'"error"' in answer.body
    assert b"secrets" not in answer.body


async def test_a_link_in_the_folder_is_not_followed_out_of_it(
    server: Server, ada: AsyncClient, link: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not tell")
    place = server.services.settings.server.data / "storage" / urlsplit(link).path.removeprefix(PREFIX)
    assert (await ada.get(link)).status_code == 200
    place.unlink()  # of a file that a job names
    place.symlink_to(secret)
    async with server.client() as nobody:
        for reader in (ada, nobody):
            answer = await reader.get(link)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "FILE_MISSING")


async def test_missing_and_expired_are_told_apart(server: Server, ada: AsyncClient, link: str) -> None:
    key = urlsplit(link).path.removeprefix(PREFIX)
    await server.services.storage.delete([key])
    answer = await ada.get(link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "FILE_MISSING")
    assert answer.headers["content-type"] == "application/json"
    async with server.services.db.transaction() as tx:
        await tx.execute(update(jobs).values(status="expired"))
    answer = await ada.get(link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "FILE_EXPIRED")
    never = new_key("outputs", "png", server.services.clock())
    answer = await ada.get(PREFIX + never)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "FILE_MISSING")


async def test_every_kind_is_served_but_the_matte(server: Server, ada: AsyncClient) -> None:
    await completed_batch(server, ada)
    for key in await stored_keys(server.services.storage):
        status = (await ada.get(PREFIX + key)).status_code
        assert status == (404 if key.startswith("mattes") else 200), key
