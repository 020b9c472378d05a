"""Requests that nobody sends by accident: each gets a 4xx in the envelope, and the server goes on."""

import json
from collections.abc import AsyncIterator

import pytest

from support.api import Person, Server
from support.http_server import RawAnswer, listening, send_raw

LOGIN = "/api/auth/login"
DEEP = b"[" * 100_000
MISFITS = {
    "not json": b"{",
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "deep": DEEP,
    "deep and closed": b'{"email":' + DEEP + b"]" * 100_000 + b"}",
    "wrong types": b'{"email": 1, "password": []}',
    "unknown field": b'{"email": "a@example.com", "password": "x", "admin": true}',
    "a field twice": b'{"email": "a@example.com", "email": [], "password": "x"}',
    "nul": json.dumps({"email": "a\0@example.com", "password": "x"}).encode(),
    "half a character": b'{"email": "\\ud800@example.com", "password": "x"}',
    "half a character as a name": b'{"\\ud800": 1}',
    "half a password": b'{"email": "a@example.com", "password": "\\udfff"}',
    "invalid utf-8": b'{"email": "\xff\xfe@example.com", "password": "x"}',
    "utf-16": json.dumps({"email": "a"}).encode("utf-16"),
    "a number without end": b'{"email": ' + b"9" * 10_000 + b', "password": "x"}',
    "not a number": b'{"email": NaN, "password": Infinity}',
    "a long address": json.dumps({"email": "a" * 5000 + "@example.com", "password": "x"}).encode(),
    "a long password": json.dumps({"email": "a@example.com", "password": "x" * 5000}).encode(),
}


def error_of(answer: RawAnswer) -> str:
    """The code in the envelope."""
    assert answer.headers["content-type"] == "application/json", answer
    error = json.loads(answer.body)["error"]
    assert set(error) == {"code", "message", "details", "requestId"}
    assert error["requestId"] == answer.headers["x-request-id"]
    return str(error["code"])


@pytest.fixture
async def port(server: Server) -> AsyncIterator[int]:
    async with listening(server.app) as port:
        yield port
        alive = await send_raw(port, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert alive.status == 200


@pytest.fixture
async def ada(server: Server) -> Person:
    return await server.person("ada")


def post(body: bytes, *headers: bytes, path: str = LOGIN, kind: bytes = b"application/json") -> bytes:
    lines = [
        f"POST {path} HTTP/1.1".encode(),
        b"Host: x",
        b"Content-Type: " + kind,
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def test_bodies_that_do_not_fit(port: int) -> None:
    for name, body in MISFITS.items():
        answer = await send_raw(port, post(body))
        assert answer.status in {400, 401, 422}, f"{name}: {answer}"
        assert error_of(answer) in {"INVALID_INPUT", "MISSING_REQUIRED_FIELD", "UNAUTHORIZED"}, name
        assert b"example.com" not in answer.body, name  # what was sent is not sent back


async def test_kinds_of_body_that_are_not_read(port: int) -> None:
    fine = b'{"email": "a@example.com", "password": "x"}'
    for kind in (
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data",
        b";;;",
        b"\xff",
    ):
        answer = await send_raw(port, post(fine, kind=kind))
        assert (answer.status, error_of(answer)) == (422, "INVALID_INPUT"), kind


async def test_bodies_over_the_limit_are_not_taken_in(port: int, server: Server) -> None:
    most = server.services.settings.http.max_body_bytes
    declared = await send_raw(port, post(b" " * (most + 1)))
    assert (declared.status, error_of(declared)) == (413, "FILE_TOO_LARGE")
    lied = post(b"").replace(b"Content-Length: 0", b"Content-Length: 999999999999")
    assert error_of(await send_raw(port, lied)) == "FILE_TOO_LARGE"  # before a byte of it has come
    head = post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    streamed = await send_raw(port, head, *[piece] * (most // 0x10000 + 2))
    assert (streamed.status, error_of(streamed)) == (413, "FILE_TOO_LARGE")
    fits = await send_raw(port, post(b" " * most))
    assert fits.status in {400, 422}


async def test_queries_and_paths(port: int, ada: Person) -> None:
    for target in (
        b"/api/credits/history?page=0",
        b"/api/credits/history?page=-1",
        b"/api/credits/history?page=99999999999999999999",
        b"/api/credits/history?page=1.5",
        b"/api/credits/history?page=%00",
        b"/api/credits/history?page=%ff",
        b"/api/credits/history?limit=101",
        b"/api/credits/history?limit=" + b"9" * 5000,
        b"/api/credits/statement?from=yesterday",
        b"/api/credits/statement?from=2026-01-01",
        b"/api/credits/statement?from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z",
        b"/api/credits/statement?to=0001-01-01T00:00:00Z",
        b"/api/credits/statement?from=0001-01-01T00:00:00%2B23:59",
        b"/api/credits/statement?to=9999-12-31T23:59:59-23:59",
    ):
        answer = await send_raw(port, _get(target, b"Authorization: Bearer " + ada.token.encode()))
        assert answer.status in {200, 400, 422}, f"{target!r}: {answer}"
        if answer.status != 200:
            assert error_of(answer) == "INVALID_INPUT"
    for target in (
        b"/api/%ff",
        b"/%00",
        b"/../../etc/passwd",
        b"//",
        b"/api/keys/",
        b"/api/keys/%2e%2e",
        b"/x" * 4000,
    ):
        answer = await send_raw(port, _get(target))
        assert (answer.status, error_of(answer)) in {(404, "NOT_FOUND"), (405, "METHOD_NOT_ALLOWED")}, target


async def test_headers(port: int, ada: Person) -> None:
    bearer = b"Authorization: Bearer " + ada.token.encode()
    for headers in (
        [bearer, bearer],
        [b"Authorization: Bearer"],
        [b"Authorization: Basic YTpi"],
        [b"Authorization: Bearer \xff\xfe"],
        [b"Authorization: Bearer lmk_" + b"A" * 20_000],
        [b"Authorization: Bearer eyJhbGciOiJub25lIn0.e30."],
        [b"Cookie: lumiku_session=\xff; lumiku_session=x"],
        [b"Cookie: " + b"a=b; " * 2000],
    ):
        answer = await send_raw(port, _get(b"/api/auth/profile", *headers))
        assert (answer.status, error_of(answer)[-5:]) in {(401, "RIZED"), (401, "TOKEN")}, headers
    for given in (b"short", b"x" * 65, b"has space", b"\xff" * 10, b"semi;colon;x", b"good-enough-1"):
        answer = await send_raw(port, _get(b"/nope", b"X-Request-Id: " + given))
        assert (answer.headers["x-request-id"] == "good-enough-1") == (given == b"good-enough-1")
    twice = await send_raw(port, _get(b"/nope", b"X-Request-Id: first-one-1", b"X-Request-Id: second-one"))
    assert twice.headers["x-request-id"] not in {"first-one-1", "second-one"}


async def test_idempotency_keys(port: int, server: Server) -> None:
    admin = await server.person("root", admin=True)
    body = json.dumps({"userId": str(admin.user.id), "amount": 1}).encode()
    for key in (b"", b" ", b"\xff", b"k" * 256, b"tab\tkey"):
        answer = await send_raw(
            port,
            post(
                body,
                b"Authorization: Bearer " + admin.token.encode(),
                b"Idempotency-Key: " + key,
                path="/api/admin/credits",
            ),
        )
        assert answer.status in {400, 422}, f"{key!r}: {answer}"


async def test_methods(port: int) -> None:
    for method in (b"DELETE", b"PATCH", b"TRACE", b"OPTIONS", b"PROPFIND"):
        answer = await send_raw(port, method + b" /api/auth/login HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (answer.status, error_of(answer)) == (405, "METHOD_NOT_ALLOWED"), method
        assert answer.headers["allow"] == "post", answer
    head = await send_raw(port, b"HEAD /health/live HTTP/1.1\r\nHost: x\r\n\r\n".replace(b"HEAD", b"GET"))
    assert head.status == 200


def _get(target: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"GET " + target + b" HTTP/1.1", b"Host: x", *headers]) + b"\r\n\r\n"
