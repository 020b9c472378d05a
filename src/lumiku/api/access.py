"""Who may call a route: it says `public`, `user(scope)`, `session`, `admin`, or what else stands below."""

import hmac
from dataclasses import dataclass
from typing import Final, Literal

from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import Request

from lumiku.accounts.errors import AnotherAccount, NotAllowed
from lumiku.accounts.identify import identify
from lumiku.accounts.local_user import ensure_local_user
from lumiku.accounts.model import SCOPES, Caller
from lumiku.api.context import context_of
from lumiku.api.cookies import ACCOUNT_HEADER, CSRF_HEADER, session_cookie
from lumiku.api.deps import services_of
from lumiku.bootstrap import Services
from lumiku.core.errors import Forbidden, Unauthorized

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Access:
    """One route's rule: the route class enforces it before the body is read; as a dependency it is a mark.

    Attributes:
        who: public (anybody, not even looked at), visitor (anybody; known where `user` would let them in),
            user (a session, or a key with the scope), session (a login and no key), admin (an
            administrator's session, or key with the scope `admin`), operator (as admin, or the metrics token
            of the settings), link (as user, or whoever brings a signature, which the route checks).
        scope: what an API key needs.
    """

    who: Literal["public", "visitor", "user", "session", "admin", "operator", "link"]
    scope: str | None = None

    async def __call__(self) -> None:
        """Nothing is left to do once the request is here."""

    async def admit(self, request: Request) -> Caller | None:
        """Who is asking; none on public routes, for the metrics token and for signed links.

        Raises:
            Unauthorized: we do not know who asks, or it is not whom they say.
            Forbidden: we do, and they may not; or a browser's request without its CSRF token.
            DatabaseUnavailable: nobody can tell now.
        """
        if self.who == "public" or (self.who == "operator" and _has_metrics_token(request)):
            return None
        if self.who == "link" and "signature" in request.query_params:
            return None
        if self.who == "visitor":
            return await self._known(request)
        return await self._identify(request)

    async def _known(self, request: Request) -> Caller | None:
        """Who is asking, where that is known and allowed; never refuses."""
        if not (
            "authorization" in request.headers
            or session_cookie(request) is not None
            or services_of(request).settings.server.open
        ):
            return None
        try:
            return await Access("user", self.scope)._identify(request, changes=False)
        except (Unauthorized, Forbidden):
            return None

    async def _identify(self, request: Request, *, changes: bool = True) -> Caller:
        services = services_of(request)
        if services.settings.server.open:
            caller = await _local_caller(request, services)
            context_of(request.scope).account = caller.user_id
            return caller
        authorization = request.headers.getlist("authorization")
        if len(authorization) > 1:
            raise Unauthorized("more than one Authorization header")
        caller = await identify(
            services.db,
            services.secrets,
            authorization=authorization[0] if authorization else None,
            cookie=session_cookie(request),
            now=services.clock(),
        )
        context_of(request.scope).account = caller.user_id
        if request.headers.get(ACCOUNT_HEADER, str(caller.user_id)) != str(caller.user_id):
            raise AnotherAccount("this session is of another account than the request is for")
        if changes and request.method not in _SAFE_METHODS:
            caller.check_csrf(request.headers.get(CSRF_HEADER))
        self._check(caller)
        return caller

    def _check(self, caller: Caller) -> None:
        if self.who in {"admin", "operator"}:
            if caller.role != "admin":
                raise NotAllowed("only an administrator may do that")
            caller.require("admin")
        elif self.who == "session":
            caller.require_session()
        elif self.scope is not None:
            caller.require(self.scope)


async def _local_caller(request: Request, services: Services) -> Caller:
    """The one person of an open server, who may do everything; remembered, since the row never changes."""
    caller: Caller | None = getattr(request.app.state, "local_caller", None)
    if caller is None:
        user_id = await ensure_local_user(services.db, hooks=services.hooks, now=services.clock())
        caller = Caller(user_id, role="admin", kind="session", scopes=frozenset(SCOPES))
        request.app.state.local_caller = caller
    return caller


def _has_metrics_token(request: Request) -> bool:
    token = services_of(request).settings.http.metrics_token
    given = request.headers.get("authorization", "")
    return token is not None and hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), b"Bearer " + token.get_secret_value().encode()
    )


public: Final[Dependency] = Depends(Access("public"))
session: Final[Dependency] = Depends(Access("session"))
admin: Final[Dependency] = Depends(Access("admin", "admin"))
operator: Final[Dependency] = Depends(Access("operator", "admin"))


def user(scope: str) -> Dependency:
    """A logged-in person, or an API key with this scope."""
    mark: Dependency = Depends(Access("user", scope))
    return mark


def visitor(scope: str) -> Dependency:
    """Anybody; the route knows who they are where a session, or a key with this scope, comes along."""
    mark: Dependency = Depends(Access("visitor", scope))
    return mark


def link(scope: str) -> Dependency:
    """As `user`, or whoever has a signed link: the route itself checks the signature where nobody asks."""
    mark: Dependency = Depends(Access("link", scope))
    return mark
