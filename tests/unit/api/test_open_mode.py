"""Open mode: refused where others could reach it, and deaf to other sites' pages."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from lumiku.api.context import RequestContext, attach
from lumiku.api.open_mode import LocalPagesOnly, NoAccountsHere, refuse_accounts
from lumiku.core.settings import ServerSettings


async def status(
    settings: ServerSettings, method: str = "GET", *, secure: bool = False, **headers: str
) -> int:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "headers": raw}
    attach(scope, RequestContext(id="a-request", address="127.0.0.1", secure=secure))
    await LocalPagesOnly(app, settings)(scope, receive, send)
    return int(sent[0]["status"])


LOCAL = ServerSettings(open=True)
PUBLIC = ServerSettings(open=True, host="0.0.0.0", force_open=True, public_url="https://cut.home.example")


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {"host": "127.0.0.1:8000"}, 200),
        ("GET", {"host": "localhost"}, 200),
        ("GET", {"host": "[::1]:8000"}, 200),
        ("POST", {"host": "localhost:8000"}, 200),
        ("POST", {"host": "localhost:8000", "origin": "http://localhost:8000"}, 200),
        ("POST", {"host": "localhost:8000", "sec_fetch_site": "same-origin"}, 200),
        ("GET", {"host": "evil.example"}, 403),
        ("GET", {"host": "127.0.0.1.evil.example"}, 403),
        ("GET", {}, 403),
        ("GET", {"host": "[::1"}, 403),
        ("POST", {"host": "localhost", "origin": "https://evil.example"}, 403),
        ("POST", {"host": "localhost", "origin": "null"}, 403),
        ("POST", {"host": "localhost:8000", "origin": "http://localhost:3000"}, 403),
        ("POST", {"host": "localhost:8000", "origin": "https://localhost:8000"}, 403),
        ("POST", {"host": "localhost:8000", "origin": "http://127.0.0.1:8000"}, 403),
        ("POST", {"host": "localhost:80", "origin": "http://localhost"}, 200),
        ("POST", {"host": "localhost:x", "origin": "http://localhost:x"}, 403),
        ("POST", {"host": "localhost:8000", "sec_fetch_site": "same-site"}, 403),
        ("DELETE", {"host": "localhost", "sec_fetch_site": "cross-site"}, 403),
    ],
)
async def test_on_this_machine(method: str, headers: dict[str, str], expected: int) -> None:
    assert await status(LOCAL, method, **headers) == expected


async def test_when_forced_any_name_serves_but_only_its_own_pages() -> None:
    assert await status(PUBLIC, host="192.168.1.4:8000") == 200
    assert await status(PUBLIC, "POST", host="192.168.1.4", origin="http://192.168.1.4") == 200
    assert await status(PUBLIC, "POST", host="10.0.0.1", origin="https://cut.home.example") == 200
    assert await status(PUBLIC, "POST", host="192.168.1.4", origin="https://evil.example") == 403


async def test_behind_a_proxy_with_https() -> None:
    headers = {"host": "cut.home.example", "origin": "https://cut.home.example"}
    assert await status(PUBLIC, "POST", secure=True, **headers) == 200
    other_port = {**headers, "origin": "https://cut.home.example:8443"}
    assert await status(PUBLIC, "POST", secure=True, **other_port) == 403


def test_accounts_and_credits_are_shut() -> None:
    for path in ("/api/auth/register", "/api/keys", "/api/keys/{key_id}", "/api/credits/balance"):
        with pytest.raises(NoAccountsHere, match="without accounts and credits"):
            refuse_accounts(path)
    for path in ("/api/removals", "/health/live", "/api/pricing/quote", "/api/admin/stats"):
        refuse_accounts(path)
