"""The web app's page and assets, what it needs to begin, and its word of what went wrong in a browser."""

from typing import Annotated, Final

import structlog
from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from lumiku.accounts.profile import read_profile
from lumiku.api.access import Access, public
from lumiku.api.browser_failures import cleaned
from lumiku.api.context import context_of
from lumiku.api.cookies import session_cookie
from lumiku.api.deps import Given, Shared
from lumiku.api.language import language_of
from lumiku.api.limits import limited
from lumiku.api.openapi import VERSION
from lumiku.api.route import new_router
from lumiku.api.schemas.accounts import DoneAnswer, UserBody
from lumiku.api.schemas.web import BrowserFailure, LimitsBody, StartAnswer
from lumiku.core.errors import Forbidden, Unauthorized

router = new_router("web")
pages = new_router("pages")

_ALONE: Final = ("/login", "/register", "/confirm", "/setup", "/reset-password", "/forgot-password")
_FIRST: Final = ("/apps", "/account", "/admin")
# Each is the same page: frontend/src/app/routes.tsx has the screens, and takes a slash at the end as nothing.
# Mails and the first start print some.
PAGES: Final = (
    "/",
    *_ALONE,
    *(f"{each}/" for each in _ALONE),
    *_FIRST,
    *(f"{each}/{{rest:path}}" for each in _FIRST),
)
# Those with a page of their own: frontend/build/pages.ts.
SCREENS: Final = {
    "login": "/login",
    "register": "/register",
    "account": "/account",
    "admin": "/admin",
    **{tab: f"/apps/background-remover/{tab}" for tab in ("single", "batch", "jobs", "subscription")},
}
_SOMEBODY: Final = Access("user", "account:read")

log = structlog.get_logger("lumiku.web")


async def read_page(request: Request, shared: Shared, services: Given) -> Response:
    """The web app; its start is there before any script for whoever is not logged in."""
    path = request.url.path
    stranger = session_cookie(request) is None and not services.settings.server.open
    if path == "/":
        name = "start" if stranger else "home"
    else:
        known = (each for each, start in SCREENS.items() if f"{path}/".startswith(f"{start}/"))
        name = next(known, "index")
    return shared.web.screen(name, language_of(request), request)


for _path in PAGES:
    pages.get(_path, dependencies=[public], include_in_schema=False, name=f"page {_path}")(read_page)


@pages.get("/assets/{name}", dependencies=[public], include_in_schema=False)
async def read_asset(
    name: Annotated[str, Path(max_length=200)], request: Request, shared: Shared
) -> Response:
    """A part of the web app; its name changes with what it holds, so it is kept for ever."""
    return shared.web.asset(name, request)


@router.get("/api/web/start", dependencies=[public, limited("status", "web")])
async def read_start(request: Request, services: Given) -> StartAnswer:
    """Who is logged in, if anybody, and what this server allows: no refusal, whoever asks."""
    settings = services.settings
    user = None
    if not settings.server.open:
        try:
            caller = await _SOMEBODY.admit(request)
        except (Unauthorized, Forbidden):  # nobody we know, or a key that may not read who it is of
            caller = None
        if caller is not None:
            user = UserBody.model_validate(await read_profile(services.db, caller.user_id))
    return StartAnswer(
        version=VERSION,
        open=settings.server.open,
        registration_open=settings.accounts.registration_open and not settings.server.open,
        mail=settings.mail.host is not None,
        welcome_credits=settings.credits.welcome_bonus,
        user=user,
        limits=LimitsBody(
            max_bytes=settings.removals.max_bytes,
            max_pixels=settings.removals.max_pixels,
            max_batch_images=settings.pricing.max_images,
            max_batch_bytes=settings.removals.max_batch_bytes,
        ),
    )


@router.post("/api/web/failures", dependencies=[public, limited("status", "failures")], status_code=202)
async def report_failure(
    failure: BrowserFailure, request: Request, shared: Shared, services: Given
) -> DoneAnswer:
    """Log the kind, the place and the words of an error in a browser; the same again only now and then."""
    said = cleaned(failure.said)
    key = (failure.kind, failure.build, failure.frames[0] if failure.frames else said)
    noted = shared.browser_failures.note(key, failure.count, services.clock())
    if noted is not None:
        log.warning(  # anybody can send one: nobody is to be woken
            "browser failure",
            request_id=context_of(request.scope).id,
            **failure.model_dump(exclude={"count", "said"}),
            said=said,
            count=noted.count,
            left_out=noted.left_out,
        )
    return DoneAnswer()
