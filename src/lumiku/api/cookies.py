"""The browser's session: one cookie that scripts cannot read, one that our page reads to prove it is ours."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.context import context_of

SESSION_COOKIE: Final = "lumiku_session"
CSRF_COOKIE: Final = "lumiku_csrf"
CSRF_HEADER: Final = "x-csrf-token"
# Whose page it is that asks: the cookie may be of somebody who has logged in in another tab since.
ACCOUNT_HEADER: Final = "x-lumiku-account"


def session_cookie(request: Request) -> str | None:
    """The session's token, as the browser sends it."""
    return request.cookies.get(SESSION_COOKIE)


def set_session(request: Request, response: Response, *, token: str, csrf_token: str, ttl_s: int) -> None:
    """Log a browser in. The cookies are for HTTPS alone where the request came by it."""
    secure = context_of(request.scope).secure
    for name, value, hidden in ((SESSION_COOKIE, token, True), (CSRF_COOKIE, csrf_token, False)):
        response.set_cookie(
            name, value, max_age=ttl_s, path="/", secure=secure, httponly=hidden, samesite="lax"
        )


def forget_session(request: Request, response: Response) -> None:
    """Log a browser out."""
    secure = context_of(request.scope).secure
    for name, hidden in ((SESSION_COOKIE, True), (CSRF_COOKIE, False)):
        response.delete_cookie(name, path="/", secure=secure, httponly=hidden, samesite="lax")
