"""Everybody who may knock at a route: nobody, people, administrators, and keys with one scope each."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import uuid4

from lumiku.accounts.model import SCOPES, USER_SCOPES
from lumiku.accounts.sessions import Client, start_session
from lumiku.api.route import Route
from support.api import Person, Server

Rule = str  # public, session, admin, operator, or the scope that a key needs


@dataclass(frozen=True)
class Caller:
    """How somebody proves who they are."""

    name: str
    person: Person | None
    scope: str | None = None  # of a key; None is a session
    keys: list[str] = field(default_factory=list)

    async def token(self) -> str | None:
        """A proof; a fresh session each time, for some routes end the one that they are called with."""
        if self.person is None:
            return None
        if self.scope is not None:
            if not self.keys:
                self.keys.append(await self.person.key(self.scope))
            return self.keys[0]
        services = self.person.server.services
        async with services.db.transaction() as tx:
            begun = await start_session(
                tx,
                self.person.user,
                "bearer",
                Client(),
                secrets=services.secrets,
                settings=services.settings.accounts,
                now=services.clock(),
            )
        return begun.token

    def expected(self, rule: Rule) -> str:
        """401, 403, or in: past the guard, whatever is behind it."""
        if rule == "public":
            return "in"
        if self.person is None:
            return "401"
        administrator = self.person.user.role == "admin" and self.scope in {None, "admin"}
        allowed = {
            "session": self.scope is None,
            "admin": administrator,
            "operator": administrator,
        }.get(rule, self.scope in {None, rule})
        return "in" if allowed else "403"


async def everybody(server: Server) -> list[Caller]:
    user, admin = await server.person("user"), await server.person("root", admin=True)
    keys = [Caller(f"user's key for {scope}", user, scope) for scope in sorted(USER_SCOPES)]
    admins_keys = [Caller(f"admin's key for {scope}", admin, scope) for scope in sorted(SCOPES)]
    return [Caller("anonymous", None), Caller("user", user), Caller("admin", admin), *keys, *admins_keys]


async def violations(
    server: Server, routes: list[tuple[str, Route]], rules: dict[str, Rule]
) -> AsyncIterator[str]:
    """Each caller at each route that is let in or kept out against its rule."""
    callers = await everybody(server)
    for name, route in routes:
        if name not in rules:
            yield f"{name} has no rule"
            continue
        method, path = name.split(" ")
        for parameter in route.param_convertors:
            path = path.replace(f"{{{parameter}}}", str(uuid4()))
        for caller in callers:
            async with server.client(await caller.token()) as client:
                status = (await client.request(method, path)).status_code
            got = str(status) if status in {401, 403} else "in"
            if got != caller.expected(rules[name]):
                yield f"{name}: {caller.name} got {status}, not {caller.expected(rules[name])}"
            if status >= 500 and path not in {"/health", "/health/ready"}:
                yield f"{name}: {caller.name} got {status}"
            # Past the guard of something that nobody has; a body that is missing is noticed before that.
            anybodys = rules[name] == "public"
            if got == "in" and not anybodys and route.param_convertors and status not in {404, 422}:
                yield f"{name}: {caller.name} got {status} for what is not there"
