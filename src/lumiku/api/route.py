"""The one class of route: access and rate are checked first, and only then is a body read."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from lumiku.api.access import Access
from lumiku.api.deps import services_of
from lumiku.api.limits import Limited
from lumiku.api.open_mode import refuse_accounts


class Route(APIRoute):
    """A route with exactly one access rule and at most one rate limit among its dependencies."""

    access: Access
    limit: Limited | None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, behind the checks."""
        handle = super().get_route_handler()
        access, limit = self.access, self.limit = rules_of(self)

        async def guarded(request: Request) -> Response:
            if services_of(request).settings.server.open:
                refuse_accounts(self.path)
            request.state.caller = await access.admit(request)
            if limit is not None:
                await limit.take(request)
            return await handle(request)

        return guarded


def rules_of(route: APIRoute) -> tuple[Access, Limited | None]:
    """What a route declares.

    Raises:
        TypeError: it does not say who may call it, or says so twice.
    """
    marks = [dependency.dependency for dependency in route.dependencies if isinstance(dependency, Dependency)]
    accesses = [mark for mark in marks if isinstance(mark, Access)]
    limits = [mark for mark in marks if isinstance(mark, Limited)]
    if len(accesses) != 1 or len(limits) > 1:
        raise TypeError(f"{route.path} must declare who may call it, once, and at most one rate limit")
    return accesses[0], limits[0] if limits else None


def new_router(tag: str) -> APIRouter:
    """A router whose routes are all guarded."""
    return APIRouter(route_class=Route, tags=[tag])


def guarded_routes(app: FastAPI) -> Iterable[Route]:
    """Every route of the app.

    Raises:
        TypeError: there is one of another kind, which nothing would guard.
    """
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, Route):
            raise TypeError(f"{getattr(route, 'path', route)} is not guarded")
        yield route
