"""What routes are given: the opened services, the caller, and what was put in front of them."""

from typing import Annotated, Protocol

from fastapi import Depends
from starlette.requests import Request

from lumiku.accounts.model import Caller
from lumiku.core.clock import Clock
from lumiku.core.db import Database
from lumiku.core.secrets import Secrets
from lumiku.settings import Settings


class Services(Protocol):
    """What `bootstrap.open_services` opens."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def db(self) -> Database: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def secrets(self) -> Secrets: ...  # noqa: D102


def services_of(request: Request) -> Services:
    """The services that the app was made with."""
    services: Services = request.app.state.services
    return services


async def _services(request: Request) -> Services:
    return services_of(request)


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


Given = Annotated[Services, Depends(_services)]
CurrentCaller = Annotated[Caller, Depends(_caller)]
