"""What starts see to in the database: that there is, or can be, an administrator."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from lumiku.accounts.local_user import ensure_local_user
from lumiku.accounts.setup_admin import admin_setup_link
from lumiku.bootstrap import Services, open_services
from lumiku.settings import Settings

Result = TypeVar("Result")


def setup_link(settings: Settings) -> str | None:
    """A link by which somebody becomes the administrator; None where there is one."""
    token = _with_services(
        settings,
        lambda services: admin_setup_link(
            services.db, settings=settings.accounts, hooks=services.hooks, now=services.clock()
        ),
    )
    return token and f"{settings.server.base_url}/setup#token={token}"


def make_local_user(settings: Settings) -> None:
    """The one person of open mode."""
    _with_services(
        settings,
        lambda services: ensure_local_user(services.db, hooks=services.hooks, now=services.clock()),
    )


def _with_services(settings: Settings, do: Callable[[Services], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with open_services(settings) as services:
            return await do(services)

    return asyncio.run(run())
