"""What routes are given: the opened services, and who is asking."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from lumiku.accounts.model import Caller
from lumiku.bootstrap import Services


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
