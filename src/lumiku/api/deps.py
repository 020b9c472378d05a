"""What routes are given: the opened services, and who is asking."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from lumiku.accounts.model import Caller
from lumiku.api.browser_failures import BrowserFailures
from lumiku.api.composing import Composing
from lumiku.api.events import EventHub
from lumiku.api.feeds import Feeds
from lumiku.api.heap import Heap
from lumiku.api.intake import Intake
from lumiku.api.web_files import WebFiles
from lumiku.bootstrap import Services


def services_of(request: Request) -> Services:
    """The services that the app was made with."""
    services: Services = request.app.state.services
    return services


@dataclass(frozen=True)
class Parts:
    """What routes of removals share within this process.

    Attributes:
        events: word of changed rows.
        feeds: of batches that somebody listens to.
        intake: of pictures.
        composing: whose picture is composed next.
        heap: has room for them.
        closing: set when this process is to stop; whatever is endless ends then.
        web: the web app's files.
        browser_failures: what browsers say of it that goes into the log.
    """

    events: EventHub
    feeds: Feeds
    intake: Intake
    composing: Composing
    heap: Heap
    closing: asyncio.Event
    web: WebFiles
    browser_failures: BrowserFailures


def parts_of(request: Request) -> Parts:
    """Those of the app."""
    parts: Parts = request.app.state.parts
    return parts


async def _parts(request: Request) -> Parts:
    return parts_of(request)


async def _services(request: Request) -> Services:
    return services_of(request)


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def _visitor(request: Request) -> Caller | None:
    caller: Caller | None = request.state.caller
    return caller


Shared = Annotated[Parts, Depends(_parts)]
Given = Annotated[Services, Depends(_services)]
CurrentCaller = Annotated[Caller, Depends(_caller)]
Visitor = Annotated[Caller | None, Depends(_visitor)]
