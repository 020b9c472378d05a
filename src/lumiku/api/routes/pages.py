"""The pages that mailed and printed links lead to; what they do is done by the routes of accounts."""

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from starlette.responses import HTMLResponse

from lumiku.api.access import public
from lumiku.api.route import new_router

router = new_router("pages")

_EMAIL: Final = (
    '<label>E-mail address<input name="email" type="email" autocomplete="username" required maxlength="254">'
    "</label>"
)
_CREDENTIAL: Final = (
    '<label>New password<input name="password" type="password" autocomplete="new-password" required '
    'maxlength="1024"></label>'
)


@dataclass(frozen=True)
class _Page:
    title: str
    lead: str
    action: str
    fields: str
    button: str
    done: str
    linked: str = "yes"


_TEMPLATE: Final = (files("lumiku.api") / "pages" / "link.html").read_text("utf-8")


def _render(page: _Page) -> HTMLResponse:
    """The page, which may run its own script and style and nothing else."""
    html = _TEMPLATE
    for name, value in vars(page).items():
        html = html.replace("{" + name + "}", value)
    policy = (
        f"default-src 'none'; connect-src 'self'; script-src {_hash_of(html, 'script')}; "
        f"style-src {_hash_of(html, 'style')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _hash_of(html: str, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", html, re.S)
    assert found is not None  # noqa: S101  the template is ours
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    return f"'sha256-{digest}'"


@router.get("/setup", dependencies=[public], include_in_schema=False)
async def setup_page() -> HTMLResponse:
    """Where the link of the first start leads."""
    return _render(
        _Page(
            title="Set up Lumiku",
            lead="There is no administrator yet. Whoever fills this in becomes one; the link works once.",
            action="/api/auth/setup",
            fields=_EMAIL + _CREDENTIAL,
            button="Become the administrator",
            done="Done. You are the administrator and can log in now.",
        )
    )


@router.get("/reset-password", dependencies=[public], include_in_schema=False)
async def reset_page() -> HTMLResponse:
    """Where the mailed link leads."""
    return _render(
        _Page(
            title="Choose a new password",
            lead="Afterwards you are logged out everywhere; the link works once.",
            action="/api/auth/password/reset",
            fields=_CREDENTIAL,
            button="Change the password",
            done="Done. You can log in with the new password.",
        )
    )


@router.get("/forgot-password", dependencies=[public], include_in_schema=False)
async def forgot_page() -> HTMLResponse:
    """Where a mail leads whose reader may have forgotten a password."""
    return _render(
        _Page(
            title="Forgotten password",
            lead="We send a link to the address, if there is an account with it.",
            action="/api/auth/password/forgot",
            fields=_EMAIL,
            button="Send the link",
            done="If there is an account with this address, a mail is on its way.",
            linked="no",
        )
    )
