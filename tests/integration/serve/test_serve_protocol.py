"""What never becomes a request: it is refused early, in the envelope, with a line in the log, and ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from io import StringIO

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from lumiku.api.client import TrustedProxies
from lumiku.api.middleware import Outermost
from lumiku.core.settings import HttpSettings, LogSettings
from support.http_server import RawAnswer, listening, send_raw
from support.logs import logged

SHORT = HttpSettings(head_timeout_s=0.3, body_timeout_s=0.3)
GET = b"GET /hello HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /hello HTTP/1.1\r\nHost: x\r\n"


async def hello(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ClientDisconnect:
        return PlainTextResponse("gone")


async def slow_events(_request: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"data: x\n\n"
            await asyncio.sleep(0.3)

    return StreamingResponse(events(), media_type="text/event-stream")


async def careless(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


APP = Outermost(
    Starlette(
        routes=[
            Route("/hello", hello, methods=["GET", "POST"]),
            Route("/careless", careless, methods=["POST"]),
            Route("/events", slow_events, methods=["GET"]),
        ]
    ),
    TrustedProxies(()),
)


@pytest.fixture
def log() -> Iterator[StringIO]:
    with logged(LogSettings(format="json")) as written:
        yield written


def check(answer: RawAnswer, status: int, code: str, log: StringIO) -> None:
    """The envelope, our headers, and one line that has the same request id."""
    assert answer.status == status, answer
    error = json.loads(answer.body)["error"]
    assert set(error) == {"code", "message", "details", "requestId"}
    assert (error["code"], error["requestId"]) == (code, answer.headers["x-request-id"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["connection"] == "close"
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["message"] for line in lines} == {"request"}
    assert [(line["request_id"], line["status"], line["code"]) for line in lines] == [
        (error["requestId"], status, code)
    ]


async def rest_of(port: int, *parts: bytes) -> bytes:
    """All that comes after these bytes, to the end of the connection; nothing more is sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(60):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([GET + b"X: ", *[b"a" * 65_536] * 200], id="one without an end"),
        pytest.param([GET + b"X: " + b"a" * 65_536 + b"\r\n\r\n"], id="a long one"),
        pytest.param([GET, *[b"X: y\r\n" * 1000] * 20], id="many"),
        pytest.param([b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"], id="a long address"),
        pytest.param(
            [POST + b"Transfer-Encoding: chunked\r\n\r\n1;", *[b"e" * 65_536] * 20], id="a chunk's extension"
        ),
        pytest.param(
            [POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", *[b"e" * 65_536] * 20], id="a trailer"
        ),
    ],
)
async def test_more_than_headers_may_have(parts: list[bytes], log: StringIO) -> None:
    async with listening(APP) as port:
        check(await send_raw(port, *parts), 431, "INVALID_INPUT", log)
        assert (log.truncate(0), log.seek(0)) == (0, 0)
        fits = await send_raw(port, GET + b"X: " + b"a" * 60_000 + b"\r\n\r\n")
        assert (fits.status, fits.body) == (200, b"0")


async def test_headers_of_one_request_do_not_count_for_the_next() -> None:
    async with listening(APP) as port:
        one = GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n"
        got = await rest_of(port, one * 4 + GET + b"Connection: close\r\n\r\n")
        assert got.count(b"HTTP/1.1 200") == 5


@pytest.mark.parametrize(
    "sent",
    [
        b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
        GET + b"X: a\x01b\r\n\r\n",
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
    ],
)
async def test_what_is_not_http(sent: bytes, log: StringIO) -> None:
    async with listening(APP) as port:
        check(await send_raw(port, sent), 400, "INVALID_INPUT", log)
        assert (await send_raw(port, GET + b"\r\n")).status == 200


async def test_nonsense_behind_a_request_is_not_taken_for_its_answer() -> None:
    async with listening(APP) as port:
        got = await rest_of(port, b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n", b"FOO / HTTP/1.1\r\n\r\n")
        assert b" 400 " not in got


@pytest.mark.parametrize("path", [b"/hello", b"/careless"])
async def test_a_refused_body_has_one_line_in_the_log(path: bytes, log: StringIO) -> None:
    """The request that ran into it: under its own id, with the status that was answered."""
    head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine-12345\r\nContent-Length: 5\r\n\r\n"
    async with listening(APP, SHORT) as port:
        answer = await send_raw(port, head + b"ab")
    check(answer, 408, "INVALID_INPUT", log)
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert (line["request_id"], line["method"]) == ("mine-12345", "POST")


async def drip(port: int, bounds: bytes, seconds: float) -> bytes:
    """A body that always moves, a byte at a time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POST + b"Content-Length: 100000\r\n\r\n")
    answer = asyncio.create_task(reader.read())
    while not answer.done():
        with suppress(ConnectionError):
            writer.write(bounds)
            await writer.drain()
        await asyncio.wait([answer], timeout=seconds)
    writer.close()
    return answer.result()


async def test_a_body_that_only_drips_ends(log: StringIO) -> None:
    async with listening(APP, SHORT) as port:
        assert (await asyncio.wait_for(drip(port, b"x", 0.05), 60)).startswith(b"HTTP/1.1 408")
    quick = SHORT.model_copy(update={"body_min_bytes_s": 1, "body_total_s": 0.5})
    async with listening(APP, quick) as port:  # quick enough, and still not for ever
        assert (await asyncio.wait_for(drip(port, b"x" * 10, 0.05), 60)).startswith(b"HTTP/1.1 408")
    assert [json.loads(line)["status"] for line in log.getvalue().splitlines()] == [408, 408]


async def test_half_a_head_and_half_a_body_end(log: StringIO) -> None:
    async with listening(APP, SHORT) as port:
        check(await send_raw(port, GET), 408, "INVALID_INPUT", log)
        log.truncate(0)
        log.seek(0)
        check(await send_raw(port, POST + b"Content-Length: 5\r\n\r\nab"), 408, "INVALID_INPUT", log)
        assert await rest_of(port) == b""  # nothing sent, nothing said
        kept = await rest_of(port, GET + b"\r\n", GET)
        assert kept.count(b"HTTP/1.1 200") == 1
        assert kept.count(b"HTTP/1.1 408") == 1


async def test_what_moves_is_left_alone() -> None:
    async with listening(APP, SHORT) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(POST + b"Content-Length: 10000\r\nConnection: close\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.1)
            writer.write(b"x" * 1000)
        assert (await asyncio.wait_for(reader.read(), 60)).endswith(b"10000")
        writer.close()
        events = await rest_of(port, b"GET /events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert events.count(b"data: x") == 4
        assert events.endswith(b"0\r\n\r\n")


async def test_an_idle_connection_ends_whatever_blank_lines_come() -> None:
    async with listening(APP, HttpSettings(keep_alive_s=5)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n\r\n\r\n")
        assert b" 200 " in await asyncio.wait_for(reader.read(), 60)
        writer.close()


async def test_one_connection_too_many(log: StringIO) -> None:
    async with listening(APP, HttpSettings(max_connections=1)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET + b"\r\n")
        assert b" 200 " in await reader.readline()
        assert (log.truncate(0), log.seek(0)) == (0, 0)
        surplus = await send_raw(port, GET + b"\r\n")
        check(surplus, 503, "SERVICE_UNAVAILABLE", log)
        assert surplus.headers["retry-after"] == "5"
        writer.close()
