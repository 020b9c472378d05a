"""What a stop makes of open requests: they are answered, event streams end, and nothing hangs."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from lumiku.api.client import TrustedProxies
from lumiku.api.middleware import Outermost
from lumiku.serve.api import DrainingServer
from lumiku.serve.listen import listen


async def slow(_request: Request) -> JSONResponse:
    await asyncio.sleep(0.5)
    return JSONResponse({"done": True})


async def polite(request: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        yield b"data: hello\n\n"
        await request.app.state.closing.wait()
        yield b"event: closing\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def late(_request: Request) -> JSONResponse:
    await asyncio.sleep(60)
    return JSONResponse({"done": True})


async def endless(_request: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        while True:
            yield b"data: hello\n\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(events(), media_type="text/event-stream")


async def drain(path: str) -> tuple[bytes, bool]:
    """What a request to this path got, around a stop; and whether it was cut off."""
    app = Starlette(
        routes=[
            Route("/slow", slow),
            Route("/late", late),
            Route("/polite", polite),
            Route("/endless", endless),
        ]
    )
    app.state.closing = asyncio.Event()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ready = asyncio.Event()
    config = uvicorn.Config(
        Outermost(app, TrustedProxies(())),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = DrainingServer(config, ready.set, app.state.closing)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await ready.wait()
    got, cut = b"", False
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:

        async def ask() -> None:
            nonlocal got, cut
            try:
                async with client.stream("GET", path) as answer:
                    async for part in answer.aiter_bytes():
                        got += part
            except httpx.HTTPError:
                cut = True

        asking = asyncio.create_task(ask())
        while not server.server_state.tasks:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        server.stop()
        await asyncio.wait_for(serving, 30)
        await asyncio.wait_for(asking, 30)
    return got, cut


async def test_a_running_request_is_answered() -> None:
    assert await drain("/slow") == (b'{"done":true}', False)


async def test_an_event_stream_is_told_and_ends() -> None:
    assert await drain("/polite") == (b"data: hello\n\nevent: closing\n\n", False)


async def test_one_that_takes_too_long_is_told_to_come_again() -> None:
    got, cut = await drain("/late")
    assert (json.loads(got)["error"]["code"], cut) == ("SERVICE_UNAVAILABLE", False)


async def test_one_that_does_not_listen_is_cut_off() -> None:
    got, cut = await drain("/endless")
    assert got.startswith(b"data: hello")
    assert cut
