"""An exception that carries a secret, a path and SQL: none of it in an answer, the secret in no log."""

from collections.abc import Iterator
from io import StringIO

import pytest
from fastapi import HTTPException
from starlette.responses import StreamingResponse

from lumiku.api.access import public
from lumiku.api.route import new_router
from lumiku.core.db import DatabaseUnavailable
from lumiku.core.errors import InternalError, Unavailable
from lumiku.core.settings import LogSettings
from support.api import Server
from support.logs import logged

SECRET = "hunter2-swordfish"
CARRIED = (SECRET, "/srv/lumiku/private.key", "SELECT password_hash FROM users")
TEXT = " ".join(CARRIED)


class OddlyCoded(Unavailable):
    code = "SECRET_CODE"


def _chained() -> None:
    try:
        raise ValueError(TEXT)
    except ValueError as error:
        raise DatabaseUnavailable(TEXT, where=TEXT) from error


def _raise(error: BaseException) -> None:
    raise error


def _answer_that_does_not_fit() -> object:
    return {"count": TEXT}


FAILURES = {
    "plain": lambda: _raise(RuntimeError(TEXT)),
    "group": lambda: _raise(ExceptionGroup(TEXT, [ValueError(TEXT)])),
    "ours": lambda: _raise(InternalError(TEXT, query=TEXT)),
    "outage": lambda: _raise(Unavailable(TEXT, query=TEXT)),
    "odd-code": lambda: _raise(OddlyCoded(TEXT)),
    "chained": _chained,
    "framework": lambda: _raise(HTTPException(500, TEXT)),
    "framework-503": lambda: _raise(HTTPException(503, {"reason": TEXT})),
    "misfit": _answer_that_does_not_fit,
}


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What the log gets, in both of its forms."""
    with logged(LogSettings(level="debug", format=request.param)) as stream:
        yield stream


@pytest.fixture
def failing(server: Server) -> Server:
    router = new_router("failing")

    @router.get("/fail/{how}", dependencies=[public])
    async def fail(how: str) -> dict[str, int]:
        return FAILURES[how]()

    @router.get("/fail-late", dependencies=[public], response_model=None)
    async def fail_late() -> StreamingResponse:
        async def body() -> object:
            yield b"begun"
            raise RuntimeError(TEXT)

        return StreamingResponse(body(), media_type="text/plain")

    server.app.include_router(router)
    return server


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("how", FAILURES)
async def test_nothing_gets_out(failing: Server, how: str, debug: bool, written: StringIO) -> None:
    failing.app.debug = debug
    async with failing.client(Accept="text/html") as client:
        answer = await client.get(f"/fail/{how}")
    error = answer.json()["error"]
    assert answer.status_code in {500, 503}
    assert error["code"] == {500: "INTERNAL_ERROR", 503: "SERVICE_UNAVAILABLE"}[answer.status_code]
    assert error["details"] == {}
    assert error["requestId"] == answer.headers["x-request-id"]
    said = answer.text + str(answer.headers)
    assert not [part for part in (*CARRIED, "Traceback", "RuntimeError") if part in said]
    assert SECRET not in written.getvalue()
    assert error["requestId"] in written.getvalue()
    assert how.startswith("framework") or "failure" in written.getvalue()


async def test_an_answer_that_breaks_off_is_not_ended(failing: Server, written: StringIO) -> None:
    sent = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/fail-late",
        "raw_path": b"/fail-late",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "client": ("192.0.2.1", 1),
        "server": ("lumiku.test", 80),
        "root_path": "",
        "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }
    await failing.app(scope, receive, send)
    assert [message.get("body") for message in sent[1:]] == [b"begun"]
    assert SECRET not in written.getvalue()
    assert "failure" in written.getvalue()


def test_the_check_can_fail() -> None:
    assert [part for part in CARRIED if part in f"leaked: {TEXT}"] == list(CARRIED)
