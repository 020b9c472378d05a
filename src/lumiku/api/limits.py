"""How often a route may be called, by account, or by address where nobody is logged in."""

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import Request

from lumiku.api.client import limit_subject
from lumiku.api.context import context_of
from lumiku.api.deps import services_of
from lumiku.core.errors import TooManyRequests
from lumiku.core.ratelimit import RateLimit, take
from lumiku.core.settings import Rate

Kind = Literal["single", "batch", "upload", "status", "subscription", "login", "callback"]


@dataclass(frozen=True)
class Limited:
    """A route's rate limit. The route class enforces it; as a dependency it is a mark.

    Attributes:
        kind: which of the settings' rates.
        bucket: routes that share a bucket are counted together.
    """

    kind: Kind
    bucket: str

    async def __call__(self) -> None:
        """Nothing is left to do once the request is here."""

    async def take(self, request: Request) -> None:
        """Count this request, and tell the caller what is left, whatever the answer will be.

        Raises:
            TooManyRequests: nothing is left.
        """
        services, context = services_of(request), context_of(request.scope)
        rate: Rate = getattr(services.settings.http, f"{self.kind}_rate")
        rule = RateLimit(self.bucket, rate.requests, rate.period_s, rate.burst)
        subject = str(context.account) if context.account else limit_subject(context.address)
        decision = await take(services.db, rule, subject)
        context.headers += [
            (b"x-ratelimit-limit", str(decision.limit).encode()),
            (b"x-ratelimit-remaining", str(decision.remaining).encode()),
            (b"x-ratelimit-reset", str(decision.reset_s).encode()),
        ]
        if not decision.allowed:
            raise TooManyRequests("too many requests; wait a little", decision.retry_after_s)


def limited(kind: Kind, bucket: str | None = None) -> Dependency:
    """At most so many requests, as the settings say for this kind."""
    mark: Dependency = Depends(Limited(kind, bucket or kind))
    return mark


STATUS: Final = limited("status")
