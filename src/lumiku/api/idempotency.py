"""Money routes done once: the `Idempotency-Key` header, and the answer that is given again."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse

from lumiku.api.deps import services_of
from lumiku.core.db import DatabaseUnavailable, OutcomeUnknown
from lumiku.core.errors import NotFound
from lumiku.core.idempotency import Answer, Replayable, earlier, once

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]+$",
        description="Chosen by the caller, new for each new request. The same key and body again gives the "
        "stored answer, for a day; another body is a 409.",
        examples=["5f0c3a9e-grant-1"],
    ),
]
OptionalKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x20-\x7e]+$",
        description="Chosen by the caller, new for each new request. The same key and body again is done and "
        "charged once, for a day; another body is a 409.",
        examples=["5f0c3a9e-cat-1"],
    ),
]
REPLAYED: Final = "Idempotency-Replayed"


def fingerprint(body: BaseModel) -> bytes:
    """Stands for what a body says; spaces and the order of its fields do not matter."""
    return hashlib.sha256(body.model_dump_json(by_alias=True).encode()).digest()


async def answer_once(
    request: Request,
    *,
    key: str,
    request_hash: bytes,
    run: Callable[[AsyncConnection], Awaitable[Answer]],
) -> JSONResponse:
    """Do `run` in one transaction with the key, or give the answer that it had.

    Raises:
        IdempotencyConflict: the key was used for another request, or that one still runs.
    """
    return answered(await do_once(request, key=key, request_hash=request_hash, run=run))


async def do_once(
    request: Request,
    *,
    key: str | None,
    request_hash: bytes,
    run: Callable[[AsyncConnection], Awaitable[Answer]],
    look: Callable[[AsyncConnection, Answer], Awaitable[object]] | None = None,
) -> Replayable:
    """Do `run` in one transaction, with the key if there is one; or find the answer that it had.

    Where the connection is lost during COMMIT, it is looked up whether it was done: under the key, or by
    `look`, which raises NotFound where what the answer tells of is not there.

    Raises:
        IdempotencyConflict: the key was used for another request, or that one still runs.
        OutcomeUnknown: the database is away, or has not done it so far.
    """
    services, told = services_of(request), None
    try:
        if key is not None:
            asked = {**_scope(request), "key": key}
            return await once(services.db, **asked, request_hash=request_hash, run=run, now=services.clock())
        async with services.db.transaction() as tx:
            told = await run(tx)
    except OutcomeUnknown as lost:
        try:
            if key is not None:
                told = await done_before(request, key=key, request_hash=request_hash)
            elif told is not None and look is not None:
                async with services.db.transaction() as tx:
                    await look(tx, told)
            else:
                told = None
        except (DatabaseUnavailable, NotFound):
            raise lost from None
        if told is None:
            raise
    return Replayable(told, replayed=False)


def answered(done: Replayable) -> JSONResponse:
    """The stored answer as it is sent; a replay says so."""
    headers = dict(done.answer.headers)
    if done.replayed:
        headers[REPLAYED] = "true"
    return JSONResponse(done.answer.body, done.answer.status, headers)


async def done_before(request: Request, *, key: str | None, request_hash: bytes) -> Answer | None:
    """The answer that the key has, if it has one, before anything is prepared for `do_once`.

    Raises:
        IdempotencyConflict: the key was used for another request.
    """
    services = services_of(request)
    if key is None:
        return None
    return await earlier(
        services.db, **_scope(request), key=key, request_hash=request_hash, now=services.clock()
    )


def _scope(request: Request) -> dict[str, str]:
    """Whose key it is, and for which route."""
    path = request.scope["route"].path
    return {"account": str(request.state.caller.user_id), "route": f"{request.method} {path}"}
