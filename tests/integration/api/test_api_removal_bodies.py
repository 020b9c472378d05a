"""One picture over HTTP as JSON, as fields in a line, and as a file named in either way."""

import asyncio
import base64
import errno
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from tempfile import SpooledTemporaryFile

import pytest
from httpx import AsyncClient
from starlette.requests import Request

from lumiku.api import intake, parts
from lumiku.api.asked import Fields
from support.api import Server
from support.removal_api import API, completed_job, picture, stored_keys

PATH = f"{API}/remove"


@pytest.fixture
async def ada(server: Server) -> AsyncIterator[AsyncClient]:
    async with (await server.person("ada")).client as client:
        yield client


async def test_json_and_lines_of_fields(server: Server, ada: AsyncClient) -> None:
    encoded = base64.b64encode(picture()).decode()
    bodies = (
        {"image": encoded, "filename": "cat.png"},
        {"imageBase64": f"data:image/png;base64,{encoded}"},
    )
    for body in bodies:
        answer = await ada.post(PATH, params={"wait": 0}, json={**body, "tier": "basic"})
        assert answer.status_code == 202, answer.text
        assert answer.json()["job"]["metadata"]["width"] == 40
    answer = await ada.post(PATH, data={"image": encoded, "wait": "0", "maskOnly": "true"})
    assert answer.status_code == 202
    assert answer.json()["job"]["options"] == {"mask_only": True}


async def test_a_body_of_json_waits_for_room_before_it_is_read(
    server: Server, ada: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, read, waits = server.app.state.parts.intake._room, [], asyncio.Event()
    taken, parse = room.taken, intake.parse_fields

    def watched(size_bytes: int) -> AbstractAsyncContextManager[None]:
        waits.set()
        return taken(size_bytes)

    def parsed(request: Request, body: bytes) -> Fields:
        read.append(len(body))
        return parse(request, body)

    monkeypatch.setattr(room, "taken", watched)
    monkeypatch.setattr(intake, "parse_fields", parsed)
    encoded = base64.b64encode(picture()).decode()
    content = json.dumps({"image": encoded, "tier": "basic", "wait": 0}) + " " * 5_000_000
    async with taken(1):
        kind = {"Content-Type": "application/json"}
        asking = asyncio.create_task(ada.post(PATH, content=content, headers=kind))
        await waits.wait()
        assert (read, asking.done()) == ([], False)
    assert (await asking).status_code == 202
    assert read == [len(content)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("filename*=UTF-8''%E7%8C%AB%20a.png", "猫 a.png"),
        ("FileName*=utf-8'en'cat.png", "cat.png"),
        ("filename*=iso-8859-1''%FCber.png", "über.png"),
        ("filename*=UTF-8''..%2Fcat%00.png", "cat.png"),
        ("filename*=cat.png", "cat.png"),
        ('filename="a %22cat%22%0D%0A 100%25.png"', "a _cat_ 100%25.png"),  # as browsers write it
        ("filename*=", ""),
        ("filename=\"plain.png\"; filename*=UTF-8''other.png", "plain.png"),
        ("filename*=UTF-8''other.png; filename=\"plain.png\"", "plain.png"),
    ],
)
async def test_a_file_may_be_named_the_extended_way(ada: AsyncClient, said: str, name: str) -> None:
    head = f'--x\r\nContent-Disposition: form-data; name="image"; {said}\r\n\r\n'.encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    body = head + picture() + b"\r\n--x--\r\n"
    answer = await ada.post(PATH, params={"wait": 0}, content=body, headers=kind)
    assert answer.status_code == 202, answer.text
    assert answer.json()["job"]["originalName"] == name


async def test_a_name_that_only_looks_like_a_files_is_a_fields(ada: AsyncClient) -> None:
    head = b"--x\r\nContent-Disposition: form-data; name=\"image; filename*=UTF-8''a.png\"\r\n\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await ada.post(PATH, content=head + picture() + b"\r\n--x--\r\n", headers=kind)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "INVALID_INPUT")


class FullDisk(SpooledTemporaryFile[bytes]):
    """A file of a disk that takes nothing more."""

    def write(self, data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_disk_is_an_outage_and_nobodys_fault(
    server: Server, ada: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, files = await completed_job(server, ada), {"image": ("cat.png", picture(), "image/png")}
    declared = {"files": [{"name": "cat.png"}], "tier": "basic"}
    batch_id = (await ada.post(f"{API}/batch/uploads", json=declared)).json()["batch"]["id"]
    encoded = base64.b64encode(picture()).decode()
    before = await stored_keys(server.services.storage)
    asks = (
        partial(ada.post, PATH, files=files),
        partial(ada.post, PATH, json={"image": encoded}),
        partial(ada.post, f"{API}/batch", files={"images": files["image"]}),
        partial(ada.put, f"{API}/batch/{batch_id}/items/0", content=picture()),
        partial(ada.put, f"{API}/jobs/{job['id']}/matte", content=picture()),
        partial(ada.post, f"{API}/jobs/{job['id']}/compose", json={}),
    )
    with monkeypatch.context() as full:
        full.setattr(parts, "SpooledTemporaryFile", FullDisk)
        for number, ask in enumerate(asks):
            answer = await ask()
            assert (number, answer.status_code, answer.headers.get("retry-after")) == (number, 503, "5")
    assert await stored_keys(server.services.storage) == before
    assert (await ada.post(PATH, params={"wait": 0}, files=files)).status_code == 202


async def test_a_form_may_hold_as_many_addresses_as_a_batch(ada: AsyncClient) -> None:
    form = [("tier", "basic"), *(("imageUrls", f"ftp://example.org/{number}") for number in range(500))]
    answer = await ada.post(f"{API}/batch", files=[(name, (None, value)) for name, value in form])
    assert len(answer.json()["error"]["details"]["items"]) == 500
    answer = await ada.post(f"{API}/batch", files=[("imageUrls", (None, "x" * 60_000))] * 150)
    assert "longer than 8388608 bytes together" in answer.json()["error"]["message"]
    answer = await ada.post(f"{API}/batch", files=[("imageUrls", (None, "x"))] * 1001)
    assert "more than 1000 fields" in answer.json()["error"]["message"]
