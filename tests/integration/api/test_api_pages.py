"""The pages behind mailed and printed links: there, self-contained, and bound to their own script."""

import base64
import hashlib
import re

import pytest

from lumiku.api.route import guarded_routes
from support.api import Server


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/setup", "/api/auth/setup"),
        ("/reset-password", "/api/auth/password/reset"),
        ("/forgot-password", "/api/auth/password/forgot"),
    ],
)
async def test_a_link_leads_to_a_page_that_runs_only_its_own_script(
    server: Server, path: str, action: str
) -> None:
    async with server.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert f'data-action="{action}"' in answer.text
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"<(script|style)>.*?</\1>", "", answer.text, flags=re.S))
    assert not re.search(r"(src|href)=", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for element in ("script", "style"):
        inline = re.search(rf"<{element}>(.*?)</{element}>", answer.text, re.S)
        assert inline is not None
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert ("POST", action) in {
        (method, route.path) for route in guarded_routes(server.app) for method in route.methods
    }
